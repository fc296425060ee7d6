// The score counts what a check notices; a weak check is found out.
import type { CheckResult, PropertyResult } from "happens-before/check";
import { describe, expect, test } from "vitest";
import { coursePlaces } from "../../lib/grade/index.js";
import { mutantsOf, mutationScore, scoreOf } from "../../lib/mutate/index.js";
import { textOf } from "../exercises/gate.js";

const ID = "00-start-here/wait";
const SOLUTION = textOf("solutions", ID);
const KEYS = mutantsOf(SOLUTION).map(({ key }) => key);

/** A check that finds fault with texts of which `isWrong` says so. */
function checkOf(isWrong: (text: string) => boolean) {
  return async (text: string): Promise<CheckResult> => {
    const isFailed = isWrong(text);
    const property = {
      name: "it works",
      status: isFailed ? "fail" : "pass",
      verdict: isFailed ? "wrong-result" : "ok",
    };
    return {
      id: ID,
      status: isFailed ? "fail" : "pass",
      points: isFailed ? 0 : 2,
      maxPoints: 2,
      properties: [property as PropertyResult],
      notes: [],
      output: "",
      isolation: [],
      elapsedMs: 1,
    };
  };
}

const places = coursePlaces();

test("a check that notices everything has the score 1", async () => {
  const { score, mutants } = await mutationScore(ID, { places, check: checkOf((text) => text !== SOLUTION) });
  expect(score).toBe(1);
  expect(mutants.map(({ key }) => key)).toEqual(KEYS);
  expect(mutants[0]?.why).toBe('wrong-result in "it works"');
});

test("planted: a check that looks at nothing has the score 0, and every mutant is named with its line", async () => {
  const { score, mutants } = await mutationScore(ID, { places, check: checkOf(() => false) });
  expect(score).toBe(0);
  for (const { fate, line, before } of mutants) {
    expect(fate).toBe("alive");
    expect(SOLUTION.split("\n")[line - 1]).toContain(before);
  }
});

test("equivalent mutants do not count; wrong entries of their list are told", async () => {
  const [first = "", second = ""] = KEYS;
  const dead = mutantsOf(SOLUTION).find(({ key }) => key === second)?.text;
  const { score, stale, mutants } = await mutationScore(ID, {
    places,
    check: checkOf((text) => text === dead),
    equivalents: { [first]: "nobody can tell", [second]: "a mistake", "gone: x": "old" },
  });
  expect(mutants[0]?.fate).toBe("equivalent");
  expect(score).toBe(1 / (KEYS.length - 1));
  expect(stale).toEqual([
    `"${second}": the check notices it: wrong-result in "it works"`,
    '"gone: x": no mutant has this key any more',
  ]);
});

test("shards share the mutants out: together all, none twice", async () => {
  const seen: string[] = [];
  for (const k of [1, 2, 3]) {
    const { mutants } = await mutationScore(ID, { places, check: checkOf(() => false), shard: [k, 3] });
    seen.push(...mutants.map(({ key }) => key));
  }
  expect(seen.sort()).toEqual([...KEYS].sort());
});

test("a solution that does not pass is an error", async () => {
  await expect(mutationScore(ID, { places, check: checkOf(() => true) })).rejects.toThrow(
    `${ID}: the solution itself does not pass: wrong-result in "it works"`,
  );
});

/** Answers that a check gives one after the other, the last one again and again; the solution passes. */
function answering(...verdicts: PropertyResult["verdict"][]) {
  const sound = checkOf(() => false);
  const broken = checkOf(() => true);
  const asked: unknown[] = [];
  const check = async (text: string, limits: object): Promise<CheckResult> => {
    if (text === SOLUTION) return sound(text);
    asked.push(limits);
    const verdict = verdicts[Math.min(asked.length, verdicts.length) - 1] ?? "ok";
    const result = await (verdict === "ok" ? sound : broken)(text);
    return { ...result, properties: result.properties.map((property) => ({ ...property, verdict })) };
  };
  return { asked, options: { places, check, shard: [1, KEYS.length] as const } };
}

describe("a busy machine proves nothing", () => {
  test.each([
    ["out of time, and with more time well: alive", ["out-of-time", "ok"], "alive", 2],
    ["out of time, however much there is: dead", ["out-of-time"], "dead", 2],
    ["too noisy: alive", ["too-noisy"], "alive", 1],
    ["too slow: dead", ["too-slow"], "dead", 1],
    ["wrong at once: dead", ["wrong-result"], "dead", 1],
  ] as const)("%s", async (_name, verdicts, fate, times) => {
    const { asked, options } = answering(...verdicts);
    const { mutants } = await mutationScore(ID, options);
    expect(mutants.map((mutant) => mutant.fate)).toEqual([fate]);
    expect(asked).toHaveLength(times);
  });
});

test("with nothing to count the score is 1", () => expect(scoreOf([])).toBe(1));

test("for real: the check of an exercise notices a lock that is dropped", async () => {
  const shard = [1, KEYS.length] as const; // one mutant
  const { mutants } = await mutationScore(ID, { places, shard });
  expect(mutants.map(({ fate }) => fate)).toEqual(["dead"]);
}, 60_000);
