import { readFileSync } from "node:fs";
import {
  checkLinearizable,
  type Edn,
  models,
  readJepsen,
  readKeyValueLog,
  readRegisterLog,
} from "happens-before";
import { expect, test } from "vitest";
import { readEdn } from "../../lib/linear/index.js";

const log = (name: string) => readFileSync(new URL(`logs/${name}`, import.meta.url), "utf8");

const etcd: [name: string, verdict: string][] = [
  ["000", "illegal"], // [TestEtcdJepsen000]
  ["005", "ok"], // [TestEtcdJepsen005]
  ["007", "ok"], // [TestEtcdJepsen007]
];
for (const [name, verdict] of etcd) {
  test(`etcd's log ${name} is ${verdict}, as Porcupine says [TestEtcdJepsen${name}]`, () => {
    const history = readRegisterLog(log(`etcd_${name}.log`));
    expect(history.length).toBeGreaterThan(50);
    expect(checkLinearizable(history, models.casRegister<Edn>(null)).verdict).toBe(verdict);
  });
}

for (const [name, verdict] of [
  ["c10-ok", "ok"], // [TestKv10ClientsOk]
  ["c10-bad", "illegal"], // [TestKv10ClientsBad]
]) {
  test(`the key-value log ${name} of ten clients is ${verdict}`, () => {
    const history = readKeyValueLog(log(`${name}.txt`));
    expect(history.length).toBeGreaterThan(300);
    const answer = checkLinearizable(history, models.map<Edn, Edn>(""));
    expect(answer.verdict).toBe(verdict);
    expect(answer.parts.length).toBeGreaterThan(5);
  });
}

test("a vector of maps with tags, nemesis and times reads as well; an unfinished operation is pending", () => {
  const history = readJepsen(`[#jepsen.history.Op{:process 0, :type :invoke, :f :write, :value 3, :time 12}
    {:process :nemesis, :type :info, :f :start, :value nil} ; a comment
    {:process 1, :type :invoke, :f :read, :value nil}
    {:process 1, :type :ok, :f :read, :value 3}
    {:process 0, :type :info, :f :write, :value 3}]`);
  expect(history).toEqual([
    { client: 0, input: { f: "write", value: 3 }, call: 0 },
    { client: 1, input: { f: "read", value: null }, output: { type: "ok", value: 3 }, call: 1, return: 2 },
  ]);
});

test("a write that failed did not take effect, a cas that failed saw another value", () => {
  const text = (seen: number) => `
    INFO  jepsen.util - 0  :invoke  :write  1
    INFO  jepsen.util - 0  :ok  :write  1
    an unrelated line
    INFO  jepsen.util - 1  :invoke  :write  2
    INFO  jepsen.util - 1  :fail  :write  2
    INFO  jepsen.util - 0  :invoke  :cas  [${seen} 5]
    INFO  jepsen.util - 0  :fail  :cas  [${seen} 5]`;
  const verdict = (seen: number) =>
    checkLinearizable(readRegisterLog(text(seen)), models.casRegister<Edn>(null)).verdict;
  expect([verdict(2), verdict(1)]).toEqual(["ok", "illegal"]);
});

test("a log that does not fit together is refused with the place", () => {
  const invoke = "{:process 3, :type :invoke, :f :read, :value nil}";
  const ok = "{:process 3, :type :ok, :f :read, :value nil}";
  expect(() => readJepsen(invoke + invoke)).toThrow(
    "readJepsen: expected process 3 to end an operation before event 1",
  );
  expect(() => readJepsen(ok)).toThrow("readJepsen: expected process 3 to begin an operation before event 0");
  expect(() => readRegisterLog(invoke.replace(":read", ":append"))).toThrow(
    "readRegisterLog: expected :read, :write or :cas, got :append",
  );
  expect(() => readKeyValueLog(invoke)).toThrow("readKeyValueLog: expected :get, :put or :append, got :read");
});

test("EDN: numbers, strings, sets, lists, maps and what is wrong", () => {
  expect(readEdn('1 -2.5 3N "a\\"b\\n" #{:x} (true nil) {:a [1, 2]}')).toEqual([
    1,
    -2.5,
    3,
    'a"b\n',
    ["x"],
    [true, null],
    { a: [1, 2] },
  ]);
  expect(() => readEdn("[1")).toThrow("EDN: expected `]`, got the end of the text");
  expect(() => readEdn("[1}")).toThrow("EDN: expected a value, got `}`");
  expect(() => readEdn("{:a}")).toThrow("EDN: expected a value for every key of a map");
});
