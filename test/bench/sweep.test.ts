// Sweeps: what is measured, on real threads and briefly; what is concluded, on rows that are written down here.

import { afterEach, expect, test, vi } from "vitest";
import {
  type SweepResult,
  scenario,
  sweep,
  sweepBest,
  sweepKnee,
  sweepPoints,
} from "../../lib/bench/index.js";
import { Counter } from "../../lib/threads/index.js";

const VALUES = [0, 0.25, 0.5, 0.75, 1];

/** A sweep of five values whose rounds have `rates(value)` operations per second, each a little different. */
function recorded(
  curves: Record<string, (value: number, round: number) => number>,
  more: Partial<SweepResult> = {},
): SweepResult {
  const rows = Object.entries(curves).flatMap(([variant, rate]) =>
    VALUES.flatMap((value) =>
      [1, 2, 3, 4, 5].map((round) => ({
        value,
        variant,
        role: "reader",
        round,
        threads: 2,
        opsPerSecond: rate(value, round) * (1 + round / 1000),
        p50Ns: 1e9 / rate(value, round),
        p99Ns: 3e9 / rate(value, round),
        jain: 1,
      })),
    ),
  );
  return {
    kind: "sweep",
    name: "read ratio",
    values: VALUES,
    variants: Object.keys(curves),
    rows,
    parameters: {},
    noise: { spread: 0.02, longestGapMs: 1, isNoisy: false, note: "" },
    environment: {
      cores: 2,
      cpu: "x",
      node: "v20.0.0",
      flags: [],
      platform: "linux x64",
      atIso: "",
      mode: "quick",
    },
    ...more,
  };
}

afterEach(() => vi.unstubAllEnvs());

test("every value, variant and round is a row, measured on as many threads as the value says", async () => {
  vi.stubEnv("HB_MODE", "quick"); // the smoke size has one round
  const result = await sweep(
    "threads",
    [1, 2],
    (threads) => ({
      atomic: scenario({
        share: () => [new Int32Array(new SharedArrayBuffer(4))],
        roles: { adder: { threads, op: (_t, cell) => void Atomics.add(cell, 0, 1) } },
      }),
      counter: scenario({
        share: () => [new Counter()],
        roles: { adder: { threads, op: (_t, counter) => counter.add() } },
      }),
    }),
    { ops: 200, durationMs: 60_000, warmupMs: 5, rounds: 3, progress: "none" },
  );
  const seen = result.rows.map(({ value, variant, round, threads }) => [value, variant, round, threads]);
  const wanted = [1, 2].flatMap((value) =>
    ["atomic", "counter"].flatMap((variant) => [1, 2, 3].map((round) => [value, variant, round, value])),
  );
  expect(seen).toEqual(wanted);
  expect(result.rows.every(({ opsPerSecond }) => opsPerSecond > 0)).toBe(true);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  expect(sweepPoints(result, "counter").map(({ value, rounds }) => [value, rounds])).toEqual([
    [1, 3],
    [2, 3],
  ]);
});

test("a point is the median of its rounds, inside its interval", () => {
  const [point] = sweepPoints(recorded({ a: () => 1000 }), "a");
  expect(point?.median).toBeCloseTo(1003);
  expect(point?.low).toBeLessThanOrEqual(1003);
  expect(point?.high).toBeGreaterThanOrEqual(1003);
  expect(point?.rounds).toBe(5);
});

test("a round in which nothing was done is a sample, not an error", () => {
  const [point] = sweepPoints(recorded({ a: (_, round) => (round < 3 ? 0 : 1000) }), "a");
  expect(point?.low).toBe(0);
  expect(point?.median).toBeGreaterThan(1000);
});

test("the knee is where the curve bends, and single rounds say how sure that is", () => {
  const bent = (value: number): number => (value <= 0.75 ? 1000 : 9000);
  expect(sweepKnee(recorded({ a: bent }), "a")).toMatchObject({ value: 0.75, low: 0.75, high: 0.75 });
  const wandering = recorded({ a: (value, round) => (value <= (round === 2 ? 0.5 : 0.75) ? 1000 : 9000) });
  expect(sweepKnee(wandering, "a")).toMatchObject({ value: 0.75, low: 0.5, high: 0.75 });
});

test("a straight line and a flat one have no knee", () => {
  expect(sweepKnee(recorded({ a: (value) => 1000 + 4000 * value }), "a")).toBeUndefined();
  expect(sweepKnee(recorded({ a: (_, round) => 1000 + round }), "a")).toBeUndefined();
});

test("who is best changes along the range; what is too near to tell has no best", () => {
  const crossing = { a: (value: number) => 1000 + 2000 * value, b: () => 2000 };
  expect(sweepBest(recorded(crossing)).map(({ best }) => best)).toEqual(["b", "b", undefined, "a", "a"]);
  const noise = { spread: 0.6, longestGapMs: 90, isNoisy: true, note: "busy" };
  expect(sweepBest(recorded(crossing, { noise })).map(({ best }) => best)).toEqual([
    "b",
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("for times less is better", () => {
  const result = recorded({ a: () => 2000, b: () => 1000 });
  expect(sweepBest(result, { metric: "p99Ns" })[0]?.best).toBe("a");
});

test("wrong words are told", async () => {
  const none = () => ({}) as never;
  await expect(sweep("threads", [1], none)).rejects.toThrow(
    "sweep: expected `values` to be two or more different numbers, got 1",
  );
  await expect(sweep("threads", [1, 1], none)).rejects.toThrow("got 1, 1");
  const scenario = { share: () => [], roles: { r: { threads: 1, op: () => {} } } };
  await expect(
    sweep("threads", [1, 2], (n) => (n === 1 ? { a: scenario, b: scenario } : { a: scenario }) as never),
  ).rejects.toThrow("sweep: at 2: expected the variants a, b as at 1, got a");
  expect(() => sweepPoints(recorded({ a: () => 1 }), "c")).toThrow(
    'sweepPoints: expected a variant of a, got "c"',
  );
  expect(() => sweepPoints(recorded({ a: () => 1 }), "a", { role: "raeder" })).toThrow(
    'sweepPoints: expected `role` to be one of reader, got "raeder"',
  );
});
