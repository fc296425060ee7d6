import fc from "fast-check";
import { expect, test } from "vitest";
import { Histogram, mergeLatency } from "../../lib/stats/index.js";

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** The value a sorted list has at `percentile`, by the same definition: at or below it lie that many. */
function exact(values: readonly number[], percentile: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)] as number;
}

test("Histogram: an empty one is all zeros", () => {
  expect(new Histogram().toData()).toEqual({
    count: 0,
    minNs: 0,
    maxNs: 0,
    meanNs: 0,
    p50Ns: 0,
    p90Ns: 0,
    p99Ns: 0,
    p999Ns: 0,
    buckets: [],
  });
});

test("Histogram: percentiles are at most 0.1% too high and never too low, from a nanosecond to an hour", () => {
  const latency = fc.double({ min: 1, max: 3.6e12, noNaN: true });
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), (values) => {
      const data = histogramOf(values).toData();
      for (const [p, got] of [
        [50, data.p50Ns],
        [90, data.p90Ns],
        [99, data.p99Ns],
        [99.9, data.p999Ns],
      ] as const) {
        const want = exact(values, p);
        expect(got).toBeGreaterThanOrEqual(want - 0.001); // half a picosecond of rounding, and some
        expect(got).toBeLessThanOrEqual(want * 1.001 + 0.001);
      }
    }),
    { seed: 7, numRuns: 60 },
  );
});

test("Histogram: count, minimum, maximum and mean are exact", () => {
  const data = histogramOf([1_000_000_123, 7, 12.5]).toData();
  expect([data.count, data.minNs, data.maxNs]).toEqual([3, 7, 1_000_000_123]);
  expect(data.meanNs).toBeCloseTo((1_000_000_123 + 7 + 12.5) / 3, 6);
});

test("Histogram: keeps fractions of a nanosecond apart, which a 4 ns operation needs", () => {
  expect(histogramOf([4.2]).toData().p50Ns).toBeCloseTo(4.2, 2);
  expect(histogramOf([4.6]).toData().p50Ns).toBeCloseTo(4.6, 2);
});

test("Histogram: a value beyond its range counts as the longest, and the maximum stays exact", () => {
  const data = histogramOf([9e12]).toData();
  expect([data.count, data.maxNs]).toEqual([1, 9e12]);
  expect(data.p99Ns).toBeGreaterThan(4.4e12);
});

test("Histogram: the buckets ascend, hold every value, and are at most 0.8% wide", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1e10 }), { minLength: 1, maxLength: 500 }), (values) => {
      const { buckets } = histogramOf(values).toData();
      expect(buckets.reduce((sum, [, count]) => sum + count, 0)).toBe(values.length);
      for (const [i, [upper]] of buckets.entries())
        if (i > 0) expect(upper).toBeGreaterThan(buckets[i - 1]![0]);
      for (const value of values) {
        const holder = buckets.find(([upper]) => upper >= value - 0.001);
        expect(holder?.[0]).toBeLessThanOrEqual(value * 1.0081 + 1);
      }
    }),
    { seed: 7, numRuns: 40 },
  );
});

test("Histogram: a million different values fit in some hundred buckets", () => {
  const histogram = new Histogram();
  for (let i = 1; i <= 1_000_000; i += 7) histogram.record(i);
  expect(histogram.toData().buckets.length).toBeLessThan(1500);
});

test("Histogram: adding another one equals recording all in one", () => {
  const all = histogramOf([3, 500, 70_000, 5e9]);
  const left = histogramOf([3, 70_000]);
  left.add(histogramOf([500, 5e9]));
  left.add(new Histogram());
  expect(left.toData()).toEqual(all.toData());
});

test("mergeLatency: agrees with recording all in one to 1%", () => {
  const fast = Array.from({ length: 2000 }, (_, i) => 200 + i);
  const slow = Array.from({ length: 50 }, (_, i) => 1e9 + i * 1e6);
  const want = histogramOf([...fast, ...slow]).toData();
  const got = mergeLatency([
    histogramOf(fast).toData(),
    histogramOf(slow).toData(),
    new Histogram().toData(),
  ]);
  expect([got.count, got.minNs, got.maxNs]).toEqual([want.count, want.minNs, want.maxNs]);
  expect(got.meanNs).toBeCloseTo(want.meanNs, 3);
  for (const key of ["p50Ns", "p90Ns", "p99Ns", "p999Ns"] as const) {
    expect(got[key]).toBeGreaterThanOrEqual(want[key] * 0.999);
    expect(got[key]).toBeLessThanOrEqual(want[key] * 1.01);
  }
});

test("mergeLatency: of nothing is empty", () => {
  expect(mergeLatency([]).count).toBe(0);
});

test.each([
  [-1, 1, "Histogram: expected `ns` to be a finite number >= 0, got -1"],
  [Number.NaN, 1, "Histogram: expected `ns` to be a finite number >= 0, got NaN"],
  [Number.POSITIVE_INFINITY, 1, "Histogram: expected `ns` to be a finite number >= 0, got Infinity"],
  [5, 0, "Histogram: expected `count` to be an integer >= 1, got 0"],
  [5, 1.5, "Histogram: expected `count` to be an integer >= 1, got 1.5"],
])("Histogram: record(%s, %s) is refused", (ns, count, text) => {
  expect(() => new Histogram().record(ns, count)).toThrow(new RangeError(text));
});
