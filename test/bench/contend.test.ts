import { type Comparison, contend, type Progress, scenario } from "happens-before/bench";
import { Mutex } from "happens-before/threads";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { installInterruptWord } from "../../lib/op/index.js";

// Sizes are given here in full: the size of the run around these tests is not theirs.
beforeEach(() => {
  vi.stubEnv("HB_MODE", "quick");
});

const QUIET = { progress: "none", warmupMs: 0 } as const;

afterEach(() => vi.unstubAllEnvs());

const counterCells: Int32Array[] = [];

/** Two threads that count under a lock; every cell that was shared is kept for the test to look at. */
function counting(threads: number) {
  return scenario({
    share: () => {
      const cell = new Int32Array(new SharedArrayBuffer(4));
      counterCells.push(cell);
      return [new Mutex(), cell];
    },
    roles: {
      adder: {
        threads,
        op(_t, mu, cell) {
          mu.lock();
          cell[0]!++;
          mu.unlock();
        },
      },
    },
  });
}

function roleOf(result: Comparison, variant: string, role: string) {
  const found = result.variants.find((each) => each.name === variant)?.roles[role];
  if (found === undefined) throw new Error(`no role ${role} of ${variant}`);
  return found;
}

test("contend: every operation that is reported was done, and none more", async () => {
  counterCells.length = 0;
  const result = await contend({ mutex: counting(2) }, { ...QUIET, durationMs: 30, rounds: 3 });
  const { rounds } = result.variants[0]!;
  expect(rounds.map((round) => round.roles["adder"]!.ops)).toEqual(counterCells.map((cell) => cell[0]));
  const adder = roleOf(result, "mutex", "adder");
  expect(adder.ops).toBe(counterCells.reduce((sum, cell) => sum + cell[0]!, 0));
  expect(adder.opsPerThread.reduce((sum, ops) => sum + ops, 0)).toBe(adder.ops);
  expect(adder.corrected.count).toBe(adder.ops);
  expect(adder.overTime.reduce((sum, slice) => sum + slice.ops, 0)).toBe(adder.ops);
  expect(adder.ops).toBeGreaterThan(100);
});

test("contend: each round gets fresh shared state, and variants take turns at being first", async () => {
  const order: string[] = [];
  const named = (name: string) =>
    scenario({
      share: () => {
        order.push(name);
        return [];
      },
      roles: { only: { threads: 1, op() {} } },
    });
  await contend({ a: named("a"), b: named("b") }, { ...QUIET, durationMs: 2, rounds: 3 });
  expect(order.join("")).toBe("abbaab");
});

test("contend: an open loop does exactly the operations that were due, on every thread", async () => {
  const shape = scenario({ share: () => [], roles: { order: { threads: 2, rateHz: 500, op() {} } } });
  const result = await contend({ shape }, { ...QUIET, durationMs: 100, rounds: 2 });
  const order = roleOf(result, "shape", "order");
  expect(order.opsPerThread).toEqual([100, 100]);
  expect([order.rateHz, order.jain, order.unserved]).toEqual([500, 1, undefined]);
});

test("contend: a lock held for 200 ms is felt by all who were due, and a stop-watch around the call hides it", async () => {
  const held = scenario({
    share: () => [new Mutex()],
    roles: {
      order: {
        threads: 1,
        rateHz: 1000,
        op(_t, mu) {
          mu.lock();
          mu.unlock();
        },
      },
      reload: {
        threads: 1,
        rateHz: 1 / 0.6, // due once, at 300 ms
        op(_t, mu) {
          mu.lock();
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
          mu.unlock();
        },
      },
    },
  });
  const result = await contend({ held }, { ...QUIET, durationMs: 600, rounds: 1 });
  const order = roleOf(result, "held", "order");
  expect(order.ops).toBe(600);
  // A third of all arrivals met the held lock. The stop-watch saw one call of 200 ms.
  expect(order.corrected.p90Ns).toBeGreaterThan(30e6);
  expect(order.uncorrected.maxNs).toBeGreaterThan(90e6);
  expect(order.corrected.p90Ns).toBeGreaterThan(order.uncorrected.p90Ns);
  const [span] = roleOf(result, "held", "reload").spans ?? [];
  expect(span).toMatchObject({ thread: 0, round: 1 });
  expect(span!.startMs).toBeGreaterThanOrEqual(300);
  expect(span!.endMs - span!.startMs).toBeGreaterThanOrEqual(199);
});

test("contend: a round ends when one thread has done the operations asked for", async () => {
  const result = await contend({ mutex: counting(2) }, { ...QUIET, ops: 50, durationMs: 20_000, rounds: 1 });
  expect(Math.max(...roleOf(result, "mutex", "adder").opsPerThread)).toBe(50);
});

test("contend: an unfair structure shows in Jain's index", async () => {
  const unfair = scenario({
    share: () => [],
    roles: {
      taker: {
        threads: 2,
        op(t) {
          if (t.id === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
        },
      },
    },
  });
  const result = await contend({ unfair }, { ...QUIET, durationMs: 60, rounds: 1 });
  expect(roleOf(result, "unfair", "taker").jain).toBeLessThan(0.6);
});

test("contend: a comparison says where and how it was measured, and survives JSON", async () => {
  const result = await contend(
    { a: counting(1), b: counting(1) },
    { ...QUIET, ops: 500, durationMs: 20_000, rounds: 3 },
  );
  expect(result.kind).toBe("contend");
  expect(result.parameters).toMatchObject({ baseline: "a", rounds: 3, ops: 500, threads: 1 });
  expect(result.environment).toMatchObject({ node: process.version, mode: "quick" });
  expect(result.ratios.map(({ a, b, role, metric }) => [a, b, role, metric])).toEqual(
    ["ops", "corrected p50", "corrected p99", "uncorrected p50", "uncorrected p99"].map((metric) => [
      "b",
      "a",
      "adder",
      metric,
    ]),
  );
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});

test("contend: more threads than cores are allowed, and labelled", async () => {
  const result = await contend({ crowd: counting(8) }, { ...QUIET, durationMs: 20, rounds: 1 });
  expect(roleOf(result, "crowd", "adder").opsPerThread).toHaveLength(8);
  expect(result.parameters["threadsPerCore"]).toMatch(
    /^(8 threads on \d+ cores: they take turns|at most one)$/,
  );
});

test("contend: in smoke mode it is one short round, and nobody wins", async () => {
  vi.stubEnv("HB_MODE", "smoke");
  const result = await contend({ a: counting(1), b: counting(1) }, { durationMs: 60_000, rounds: 20 });
  expect(result.parameters["rounds"]).toBe(1);
  expect(new Set(result.ratios.map((ratio) => ratio.decision))).toEqual(new Set(["too noisy to tell"]));
});

test("contend: tells its progress", async () => {
  const seen: Progress[] = [];
  await contend(
    { a: counting(1), b: counting(1) },
    { durationMs: 2, warmupMs: 0, rounds: 2, progress: (p) => seen.push(p) },
  );
  expect(seen.map(({ done, total, next }) => `${done}/${total} ${next}`)).toEqual([
    "0/4 a, round 1",
    "1/4 b, round 1",
    "2/4 b, round 2",
    "3/4 a, round 2",
  ]);
});

test("contend: an operation that uses a name from outside is refused before anything runs, with role and names", async () => {
  const price = 3;
  let isShared = false;
  const free = scenario({
    share: () => {
      isShared = true;
      return [];
    },
    roles: { reader: { threads: 1, op: () => void (price + 1) } },
  });
  await expect(contend({ fine: counting(1), free }, QUIET)).rejects.toThrow(
    /^contend: role "reader" of "free": .*do not exist on another thread: price\./,
  );
  expect(isShared).toBe(false);
});

test("contend: the names of its own loop are no names for an operation", async () => {
  const loop = scenario({
    share: () => [],
    // `plans` is a parameter in the text that runs on the thread.
    roles: { reader: { threads: 1, op: new Function("void plans") as () => void } },
  });
  await expect(contend({ loop }, QUIET)).rejects.toThrow("do not exist on another thread: plans.");
});

test("contend: an async operation is refused, because its time would end at its first await", async () => {
  const later = scenario({ share: () => [], roles: { reader: { threads: 1, op: async () => {} } } });
  await expect(contend({ later }, QUIET)).rejects.toThrow(
    'contend: role "reader" of "later": expected an ordinary function, got an async function',
  );
});

test("contend: an operation that throws ends the measurement with its error", async () => {
  const broken = scenario({
    share: () => [],
    roles: {
      fine: { threads: 1, op() {} },
      broken: {
        threads: 1,
        op() {
          throw new RangeError("no such article");
        },
      },
    },
  });
  await expect(contend({ broken }, { ...QUIET, durationMs: 20_000 })).rejects.toThrow("no such article");
});

test("contend: threads that wait for each other for ever are ended at the deadline, and the variant is named", async () => {
  const deadlocked = scenario({
    share: () => [new Mutex(), new Mutex()],
    roles: {
      both: {
        threads: 2,
        op(t, a, b) {
          const [first, second] = t.id === 0 ? [a, b] : [b, a];
          first.lock();
          t.barrier(); // both hold one
          second.lock();
        },
      },
    },
  });
  await expect(contend({ deadlocked }, { ...QUIET, deadlineMs: 200 })).rejects.toThrow(
    /^contend: variant "deadlocked": team: the deadline of 200 ms passed/,
  );
});

test("contend: a signal ends it with the signal's reason, even inside an operation that never ends", async () => {
  const endless = scenario({
    share: () => [],
    roles: {
      spinner: {
        threads: 1,
        op: () => {
          for (;;);
        },
      },
    },
  });
  const controller = new AbortController();
  const measured = contend({ endless }, { ...QUIET, signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 50);
  await expect(measured).rejects.toThrow("enough");
});

test("contend: a signal that has already fired starts nothing", async () => {
  await expect(
    contend({ a: counting(1) }, { ...QUIET, signal: AbortSignal.abort(new Error("never")) }),
  ).rejects.toThrow("never");
});

test("contend: the stop button of a notebook ends it", async () => {
  const word = new Int32Array(new SharedArrayBuffer(4));
  installInterruptWord(word);
  try {
    const measured = contend({ a: counting(2) }, { ...QUIET, durationMs: 20_000 });
    setTimeout(() => Atomics.store(word, 0, 1), 50);
    await expect(measured).rejects.toMatchObject({ name: "InterruptError", message: "interrupted" });
  } finally {
    Atomics.store(word, 0, 0);
  }
});

const fine = { threads: 1, op() {} };
test.each<[string, Parameters<typeof contend>[0], string]>([
  ["no variant", {}, "contend: expected at least one variant, got none"],
  [
    "no share",
    { a: { roles: { r: fine } } as never },
    'contend: variant "a": expected `share` to be a function, got undefined',
  ],
  ["no roles", { a: { share: () => [], roles: {} } }, 'contend: variant "a" has no roles'],
  [
    "no op",
    { a: { share: () => [], roles: { r: { threads: 1 } as never } } },
    'contend: role "r" of "a": expected `op` to be a function, got undefined',
  ],
  [
    "no thread",
    { a: { share: () => [], roles: { r: { ...fine, threads: 0 } } } },
    'contend: role "r" of "a": expected `threads` to be an integer >= 1, got 0',
  ],
  [
    "rate below zero",
    { a: { share: () => [], roles: { r: { ...fine, rateHz: -5 } } } },
    'contend: role "r" of "a": expected `rateHz` to be a number > 0, got -5',
  ],
  [
    "think time below zero",
    { a: { share: () => [], roles: { r: { ...fine, thinkNs: -5 } } } },
    'contend: role "r" of "a": expected `thinkNs` to be a number >= 0, got -5',
  ],
  [
    "rate and think time",
    { a: { share: () => [], roles: { r: { ...fine, thinkNs: 5, rateHz: 5 } } } },
    'contend: role "r" of "a": `rateHz` (arrivals at a fixed rate) and `thinkNs` (pause after each operation) exclude each other',
  ],
  [
    "share that returns no array",
    { a: { share: (() => 5) as never, roles: { r: fine } } },
    'contend: variant "a": expected `share` to return an array, got number',
  ],
])("contend: %s is refused", async (_name, variants, text) => {
  await expect(contend(variants, QUIET)).rejects.toThrow(text);
});

test("contend: an unknown baseline is refused with the names there are", async () => {
  await expect(contend({ a: counting(1), b: counting(1) }, { baseline: "c" })).rejects.toThrow(
    'contend: baseline "c" is not one of the variants a, b',
  );
});
