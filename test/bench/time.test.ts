import { time } from "happens-before/bench";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { installInterruptWord } from "../../lib/op/index.js";

// Sizes are given here in full: the size of the run around these tests is not theirs.
beforeEach(() => {
  vi.stubEnv("HB_MODE", "quick");
});

const QUIET = { progress: "none", durationMs: 5 } as const;

afterEach(() => vi.unstubAllEnvs());

test("time: compares each variant with the first, in ns for one call", async () => {
  const result = await time({ one: () => 1, two: () => new Array(100).fill(0) }, { ...QUIET, rounds: 3 });
  expect(result.kind).toBe("time");
  expect(result.variants.map((variant) => [variant.name, variant.rounds.length])).toEqual([
    ["one", 3],
    ["two", 3],
  ]);
  expect(result.ratios.map(({ a, b, role, metric }) => [a, b, role, metric])).toEqual([
    ["two", "one", "call", "time"],
  ]);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});

test("time: a short function is called many times for one sample, a long one once", async () => {
  const wait = new Int32Array(new SharedArrayBuffer(4));
  const result = await time(
    { short: () => 1, long: () => Atomics.wait(wait, 0, 0, 1) },
    { ...QUIET, rounds: 1 },
  );
  expect(result.parameters["calls per sample of short"]).toBeGreaterThan(8);
  expect(result.parameters["calls per sample of long"]).toBe(1);
  const long = result.variants[1]?.roles["call"];
  expect(long?.uncorrected.minNs).toBeGreaterThanOrEqual(1e6 * 0.99);
});

test("time: an async function is awaited", async () => {
  let ended = 0;
  let begun = 0;
  const result = await time(
    {
      later: async () => {
        expect(begun++).toBe(ended);
        await new Promise((resolve) => setImmediate(resolve));
        ended++;
      },
    },
    { ...QUIET, rounds: 1 },
  );
  expect(ended).toBe(begun);
  expect(result.parameters["calls per sample of later"]).toBe(1);
});

test("time: what a variant throws ends it", async () => {
  let calls = 0;
  const fails = () => {
    if (++calls > 3) throw new Error("broken after three");
  };
  await expect(time({ fails }, QUIET)).rejects.toThrow("broken after three");
});

test("time: in smoke mode it is one short round", async () => {
  vi.stubEnv("HB_MODE", "smoke");
  const result = await time({ one: () => 1 }, { rounds: 50, durationMs: 5000 });
  expect(result.parameters).toMatchObject({ rounds: 1, durationMs: 20 });
});

test("time: a signal and the stop button end it between rounds", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(time({ one: () => 1 }, { ...QUIET, signal })).rejects.toThrow("enough");
  const word = new Int32Array(new SharedArrayBuffer(4));
  installInterruptWord(word);
  word[0] = 1;
  try {
    await expect(time({ one: () => 1 }, QUIET)).rejects.toMatchObject({ name: "InterruptError" });
  } finally {
    word[0] = 0;
  }
});

test.each([
  [{}, {}, "time: expected at least one variant, got none"],
  [{ a: 5 }, {}, 'time: expected variant "a" to be a function, got number'],
  [{ a: () => 1 }, { baseline: "x" }, 'time: baseline "x" is not one of the variants a'],
  [{ a: () => 1 }, { rounds: 0 }, "time: expected `rounds` to be an integer >= 1, got 0"],
  [{ a: () => 1 }, { durationMs: -1 }, "time: expected `durationMs` to be a number > 0, got -1"],
])("time: %o with %o is refused", async (variants, options, text) => {
  await expect(time(variants as Record<string, () => unknown>, options)).rejects.toThrow(text);
});
