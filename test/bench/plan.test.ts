import { afterEach, expect, test, vi } from "vitest";
import { type ContendOptions, sizesOf, threadPlans, turns } from "../../lib/bench/plan.js";
import { scenario } from "../../lib/bench/scenario.js";

afterEach(() => vi.unstubAllEnvs());

function sizesIn(mode: string, options: ContendOptions = {}) {
  vi.stubEnv("HB_MODE", mode);
  return sizesOf(options);
}

test("sizes: smoke is one short round, whatever was asked for", () => {
  expect(sizesIn("smoke", { rounds: 9, durationMs: 10_000, warmupMs: 1000 })).toMatchObject({
    rounds: 1,
    durationMs: 300,
    warmupMs: 50,
  });
  expect(sizesIn("smoke", { durationMs: 30 })).toMatchObject({ durationMs: 30 });
});

test("sizes: quick and full take what was asked for, and differ where nothing was", () => {
  expect(sizesIn("quick", { rounds: 3, durationMs: 2500 })).toMatchObject({ rounds: 3, durationMs: 2500 });
  const [quick, full] = [sizesIn("quick"), sizesIn("full")];
  expect(full.rounds).toBeGreaterThan(quick.rounds);
  expect(full.durationMs).toBeGreaterThan(quick.durationMs);
});

test("sizes: a slice is a hundredth of the round, but not shorter than 5 ms, and there are never more than 400", () => {
  expect(sizesIn("quick", { durationMs: 3000 }).slices).toBe(100);
  expect(sizesIn("quick", { durationMs: 100 }).slices).toBe(20);
  expect(sizesIn("quick", { durationMs: 3000, sliceMs: 50 }).slices).toBe(60);
  expect(sizesIn("quick", { durationMs: 3000, sliceMs: 1 }).slices).toBe(400);
  expect(sizesIn("quick", { durationMs: 3 }).slices).toBe(1);
});

test.each([
  [{ durationMs: 0 }, "contend: expected `durationMs` to be a number > 0, got 0"],
  [{ warmupMs: -1 }, "contend: expected `warmupMs` to be a number >= 0, got -1"],
  [{ rounds: 1.5 }, "contend: expected `rounds` to be an integer >= 1, got 1.5"],
  [{ ops: 0 }, "contend: expected `ops` to be an integer >= 1, got 0"],
  [{ timeEvery: 0 }, "contend: expected `timeEvery` to be an integer >= 1, got 0"],
  [{ sliceMs: Number.NaN }, "contend: expected `sliceMs` to be a number > 0, got NaN"],
])("sizes: %j is refused", (options, text) => {
  expect(() => sizesOf(options)).toThrow(new RangeError(text));
});

test("sizes: an unknown HB_MODE is named", () => {
  expect(() => sizesIn("fast")).toThrow('HB_MODE: expected smoke, quick or full, got "fast"');
});

test("turns: variants alternate and take turns at being first", () => {
  const order = turns(["a", "b"], 3);
  expect(order.map((turn) => turn.name).join("")).toBe("abbaab");
  expect(order.map((turn) => turn.round)).toEqual([1, 1, 2, 2, 3, 3]);
});

test("thread plans: one for each thread, numbered within its role, in the order of the roles", () => {
  const both = scenario({
    share: () => [],
    roles: {
      reader: { threads: 2, rateHz: 1000, op() {} },
      writer: { threads: 1, thinkNs: 500, op() {} },
    },
  });
  const plans = threadPlans(both, sizesIn("quick"), 4);
  expect(plans.map(({ role, index, threads }) => [role, index, threads])).toEqual([
    ["reader", 0, 2],
    ["reader", 1, 2],
    ["writer", 0, 1],
  ]);
  expect(plans.map(({ rateHz, thinkNs }) => [rateHz, thinkNs])).toEqual([
    [1000, 0],
    [1000, 0],
    [0, 500],
  ]);
  expect(plans.every((plan) => plan.spinMs > 0)).toBe(true);
});

test("thread plans: with more threads than cores nobody spins while waiting", () => {
  const crowd = scenario({ share: () => [], roles: { reader: { threads: 3, rateHz: 10, op() {} } } });
  expect(threadPlans(crowd, sizesIn("quick"), 2).map((plan) => plan.spinMs)).toEqual([0, 0, 0]);
});
