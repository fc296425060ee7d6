import {
  AtomicInt32,
  checkLinearizable,
  checkSequential,
  explore,
  type Go,
  gosched,
  History,
  type Model,
  Mutex,
  modelOf,
  models,
  type Operation,
  type RegisterInput,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

/** `1:0-5 push a` is client 1 from 0 to 5; `0-? pop` never returned; `0-1 pop = a`, numbers become numbers. */
function history<I>(text: string): Operation<I, never>[] {
  return text.split("; ").map((row, i) => {
    const [, client, from, to, op, rest = "", output] =
      /^(?:(\d+):)?(\d+)-(\d+|\?) (\w+)((?: [\w.]+)*)(?: = (\w+))?$/.exec(row) as RegExpExecArray;
    const words = rest.trim().split(" ").map(wordValue);
    return {
      client: client === undefined ? i : Number(client),
      input: { op, ...named(op as string, words) } as I,
      call: Number(from),
      ...(to !== "?" && { return: Number(to), output: wordValue(output ?? "") as never }),
    };
  });
}

const wordValue = (word: string): unknown =>
  word === ""
    ? undefined
    : /^\d/.test(word)
      ? Number(word)
      : word === "true" || word === "false"
        ? word === "true"
        : word;

function named(op: string, [a, b]: unknown[]): object {
  if (op === "cas") return { from: a, to: b };
  if (/lock/i.test(op)) return { by: a };
  if (/^add$|^addAndGet$/.test(op) && typeof a === "number") return { by: a, value: a };
  return /^(put|append|get|delete)$/.test(op) && b !== undefined
    ? { key: a, value: b }
    : { key: a, value: a };
}

const rows: [model: keyof typeof MODELS, text: string, linear: boolean, sequential: boolean][] = [
  ["register", "0:0-100 write 100; 1:25-75 read = 100; 2:30-60 read = 0", true, true], // [TestRegisterModel]
  ["register", "0:0-100 write 200; 1:10-30 read = 200; 2:40-90 read = 0", false, true], // [TestRegisterModel]
  ["register", "0:0-100 write 100; 1:25-75 read = 100; 2:30-30 read = 0; 3:30-30 read = 0", true, true], // [TestZeroDuration]
  ["register", "0:0-100 write 200; 1:10-10 read = 200; 2:10-10 read = 200; 3:40-90 read = 0", false, true], // [TestZeroDuration]
  ["register", "0:0-1 write 1; 0:2-3 read = 0", false, false],
  ["register", "0:0-1 write 1; 1:1-2 read = 0", true, true], // they touch, so they overlap
  ["register", "0:0-? write 1; 1:10-11 read = 0; 1:12-13 read = 1", true, true],
  ["register", "0:0-? write 1; 1:10-11 read = 1; 1:12-13 read = 0", false, false],
  ["register", "0:0-? read", true, true],
  ["cas", "0:0-1 write 1; 0:2-3 cas 1 2 = true; 0:4-5 cas 1 3 = false; 0:6-7 read = 2", true, true],
  ["cas", "0:0-1 cas 0 1 = true; 1:0-1 cas 0 2 = true", false, false],
  ["cas", "0:0-? cas 0 1; 1:2-3 read = 1", true, true],
  ["counter", "0:0-9 add 1; 1:0-9 add 1; 0:10-11 read = 2", true, true],
  ["counter", "0:0-9 add 1; 1:0-9 add 1; 0:10-11 read = 1", false, true],
  ["counter", "0:0-9 addAndGet 1 = 1; 1:0-9 addAndGet 1 = 1", false, false], // a lost update
  ["set", "0:0-1 add a = true; 0:2-3 add a = false; 0:4-5 delete a = true; 0:6-7 has a = false", true, true],
  ["set", "0:0-1 add a = true; 0:2-3 has b = true", false, false],
  [
    "map",
    "0:0-1 put a 1; 1:2-3 put b 2; 0:4-5 get a = 1; 1:6-7 get b = 2; 0:8-9 delete a = true; 0:10-11 get a",
    true,
    true,
  ],
  ["map", "0:0-1 put a 1; 1:2-3 get a", false, true],
  ["map", "0:0-1 put a 1; 0:2-3 get b; 1:0-1 put b 1; 1:2-3 get a", false, false], // store buffers: each key alone is fine
  ["map", "0:0-1 append a x; 0:2-3 append a y; 0:4-5 get a = xy", true, true],
  ["lock", "0:0-1 lock A; 1:0-5 lock B; 0:2-3 unlock A; 1:6-7 tryLock B = false", true, true],
  ["lock", "0:0-1 lock A; 1:2-3 lock B", false, false],
  ["lock", "0:0-1 lock A; 1:2-3 unlock B", false, false],
  ["lock", "0:0-1 lock A; 1:2-? lock B", true, true], // still waiting
  ["stack", "0:0-1 push a; 0:2-3 push b; 0:4-5 pop = b; 0:6-7 pop = a; 0:8-9 pop", true, true],
  ["stack", "0:0-1 push a; 0:2-3 push b; 0:4-5 pop = a", false, false],
  ["stack", "0:0-2 push a; 1:1-3 push b; 0:4-5 pop = a", true, true],
  ["queue", "0:0-1 push a; 0:2-3 push b; 0:4-5 pop = a; 0:6-7 pop = b", true, true],
  ["queue", "0:0-1 push a; 0:2-3 push b; 0:4-5 pop = b", false, false],
  ["queue", "0:0-1 push a; 0:2-3 pop = a; 0:4-5 pop = a", false, false], // handed out twice
  ["queue", "0:0-1 push a; 0:2-3 pop", false, false], // lost
  ["queue", "0:0-3 push a; 1:1-2 pop", true, true],
  ["queue", "0:0-1 push a; 1:2-3 push b; 0:4-5 pop = b", false, true],
  ["bounded", "0:0-1 push a = true; 0:2-3 push b = false; 0:4-5 pop = a; 0:6-7 push b = true", true, true],
  ["bounded", "0:0-1 push a = true; 0:2-3 push b = true", false, false],
  ["deque", "0:0-1 push a; 0:2-3 push b; 1:4-5 steal = a; 0:6-7 pop = b", true, true],
  ["deque", "0:0-1 push a; 0:2-3 push b; 1:4-5 steal = b", false, false],
];
const MODELS = {
  register: models.register<unknown>(0),
  cas: models.casRegister<unknown>(0),
  counter: models.counter(),
  set: models.set<unknown>(),
  map: models.map<unknown, unknown>(),
  lock: models.lock(),
  stack: models.stack<unknown>(),
  queue: models.queue<unknown>(),
  bounded: models.queue<unknown>({ capacityItems: 1 }),
  deque: models.deque<unknown>(),
};
for (const [name, text, linear, sequential] of rows) {
  test(`${name}: ${text} is ${linear ? "" : "not "}linearizable and ${sequential ? "" : "not "}sequential`, () => {
    const model = MODELS[name] as Model<unknown, unknown, never>;
    expect(checkLinearizable(history(text), model).verdict).toBe(linear ? "ok" : "illegal");
    expect(checkSequential(history(text), model).verdict).toBe(sequential ? "ok" : "illegal");
  });
}

const register = models.register(0);

test("a failure tells the longest orders and who is stuck behind each", () => {
  const answer = checkLinearizable(
    history<RegisterInput<number>>("0-1 write 1; 2-9 write 2; 3-8 read = 1; 10-11 read = 1; 12-13 read = 2"),
    register,
  );
  expect(answer.verdict).toBe("illegal");
  expect(answer.parts[0]?.partials[0]).toEqual({ order: [0, 2, 1], stuck: 3 });
  expect(answer.parts[0]?.order).toEqual([0, 2, 1]);
});

test("a budget of steps ends the search with `unknown`, and so does a deadline", () => {
  const rows = history<RegisterInput<number>>("0-9 write 1; 0-9 write 2; 0-9 write 3; 10-11 read = 9");
  expect(checkLinearizable(rows, register, { maxSteps: 4 })).toMatchObject({ verdict: "unknown", steps: 4 });
  expect(checkLinearizable(rows, register, { isOver: () => true })).toMatchObject({
    verdict: "unknown",
    steps: 0,
  });
  expect(checkSequential(rows, register, { maxSteps: 4 })).toMatchObject({ verdict: "unknown", steps: 4 });
  expect(checkLinearizable(rows, register).verdict).toBe("illegal");
});

test("a key that is too hard does not hide the failure of another", () => {
  const hard = Array.from({ length: 14 }, (_, i) => `0-9 append a ${"x".repeat(i + 1)}`);
  const rows = history<never>([...hard, "10-11 get a = none", "0-1 put b 1", "2-3 get b = 2"].join("; "));
  const answer = checkLinearizable(rows, models.map<string, unknown>() as Model<unknown, never, never>, {
    maxSteps: 50_000,
  });
  expect(answer.parts.map(({ key, verdict }) => [key, verdict])).toEqual([
    ["a", "unknown"],
    ["b", "illegal"],
  ]);
});

test("20,000 operations of 8 clients in one part: at most 16 questions an operation", () => {
  const rows: Operation<RegisterInput<number>, number | undefined>[] = [];
  for (let i = 0, value = 0; i < 20_000; i++) {
    const isWrite = i % 3 === 0;
    if (isWrite) value = i;
    const input = isWrite ? { op: "write" as const, value } : { op: "read" as const };
    rows.push({ client: i % 8, input, output: value, call: 10 * i, return: 10 * i + 75 });
  }
  const answer = checkLinearizable(rows, register);
  expect(answer.verdict).toBe("ok");
  expect(answer.parts[0]?.order.length).toBe(20_000);
  expect(answer.steps).toBeLessThan(16 * 20_000);
  expect(checkSequential(rows, register).verdict).toBe("ok");
});

test("bad arguments are refused with what was expected", () => {
  const plain: Model<number, string, number> = {
    name: "plain",
    init: () => 0,
    step: () => ({ ok: true, state: 0 }),
  };
  const row = { client: 3, input: "x", call: 7 };
  expect(() => checkLinearizable([row], plain)).toThrow(
    "checkLinearizable: expected model `plain` to have `pending`, because operation 0 never returned",
  );
  expect(() => checkLinearizable([{ ...row, return: 5 }], plain)).toThrow(
    "checkLinearizable: expected `return` of operation 0 to be a number >= its `call` 7, got 5",
  );
  expect(() => checkLinearizable([{ ...row, call: Number.NaN }], plain)).toThrow(
    "checkLinearizable: expected `call` of operation 0 to be a number, got NaN",
  );
  expect(() => checkLinearizable([], plain, { maxSteps: -1 })).toThrow(
    "checkLinearizable: expected `maxSteps` to be a number >= 0, got -1",
  );
  const twice = [0, 1].map((call) => ({ ...row, output: 1, call, return: 9 }));
  expect(() => checkSequential(twice, plain)).toThrow(
    "checkSequential: expected client 3 to have one operation at a time, got 0 and 1",
  );
  expect(() => new History().end(3, 0)).toThrow(
    "History.end: expected `operation` to be one that began and has not ended, got 3",
  );
});

test("a model of objects with `equal` and without `hash` gives the same answers", () => {
  const pair = modelOf<readonly [number], RegisterInput<number>, number | undefined>({
    name: "boxed register",
    init: () => [0],
    apply: (state, input) => (input.op === "read" ? { state, output: state[0] } : { state: [input.value] }),
    equal: (a, b) => a[0] === b[0],
  });
  for (const [name, text, linear] of rows) {
    if (name === "register")
      expect(checkLinearizable(history(text), pair).verdict).toBe(linear ? "ok" : "illegal");
  }
});

/** Two goroutines count through `add`; what they saw goes to the checker. */
const counting = (add: (state: { n: AtomicInt32; mu: Mutex }) => Go<number>) =>
  explore(
    {
      setup: () => ({ n: new AtomicInt32(), mu: new Mutex() }),
      *main(state): Go<string> {
        const seen = new History<{ op: "addAndGet"; by: number }, number>();
        const wg = new WaitGroup();
        for (const client of [1, 2])
          wg.go(function* () {
            yield* seen.call(client, { op: "addAndGet", by: 1 }, add(state));
          });
        yield* wg.wait();
        return checkLinearizable(seen.operations, models.counter()).verdict;
      },
    },
    { schedules: 200, stopAt: "never" },
  );

test("goroutines: a lost update is found in some schedule, and never behind a mutex", async () => {
  const torn = await counting(function* ({ n }) {
    const old = yield* n.load();
    yield* gosched();
    yield* n.store(old + 1);
    return old + 1;
  });
  expect(torn.outcomes.map((o) => o.result).sort()).toEqual(["illegal", "ok"]);
  const locked = await counting(function* ({ n, mu }) {
    yield* mu.lock();
    const next = (yield* n.load()) + 1;
    yield* n.store(next);
    yield* mu.unlock();
    return next;
  });
  expect(locked.outcomes.map((o) => o.result)).toEqual(["ok"]);
});

test("logs of threads are joined by their times, in any order", () => {
  const logs = [
    new History<RegisterInput<number>, number | undefined>(),
    new History<RegisterInput<number>, number | undefined>(),
  ] as const;
  logs[0].end(logs[0].begin(0, { op: "write", value: 1 }, 100), undefined, 200);
  logs[1].end(logs[1].begin(1, { op: "read" }, 300), 0, 400);
  const joined = [...logs[1].operations, ...logs[0].operations];
  expect(checkLinearizable(joined, register).verdict).toBe("illegal");
  expect(checkSequential(joined, register).verdict).toBe("ok");
});
