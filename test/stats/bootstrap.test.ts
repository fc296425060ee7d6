import fc from "fast-check";
import { expect, test } from "vitest";
import { ratioOfMedians } from "../../lib/stats/index.js";

test("ratioOfMedians: the same samples and seed give the same interval, another seed a slightly different one", () => {
  const a = [10, 11, 12, 10.5, 11.5];
  const b = [20, 22, 21, 20.5, 23];
  expect(ratioOfMedians(a, b, { seed: 3 })).toEqual(ratioOfMedians(a, b, { seed: 3 }));
  expect(ratioOfMedians(a, b).ratio).toBeCloseTo(11 / 21, 12);
});

test("ratioOfMedians: the ratio lies in its interval, whatever the samples", () => {
  const rounds = fc.array(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(rounds, rounds, (a, b) => {
      const { low, ratio, high } = ratioOfMedians(a, b, { resamples: 100 });
      expect(low).toBeLessThanOrEqual(ratio * (1 + 1e-12));
      expect(high).toBeGreaterThanOrEqual(ratio * (1 - 1e-12));
    }),
    { seed: 11, numRuns: 100 },
  );
});

test("ratioOfMedians: equal samples without any spread give an interval without width", () => {
  const { ratio, low, high } = ratioOfMedians([5, 5, 5], [5, 5, 5]);
  expect([ratio, low, high]).toEqual([1, 1, 1]);
});

test("ratioOfMedians: one round of ten that met a busy machine does not move the middle", () => {
  const quiet = Array.from({ length: 10 }, (_, i) => 100 + (i % 3));
  const disturbed = [...quiet.slice(1), 5000];
  expect(ratioOfMedians(disturbed, quiet).ratio).toBeCloseTo(1, 1);
});

test("ratioOfMedians: three rounds with some spread give a wider interval than ten with the same spread", () => {
  const width = (n: number) => {
    const samples = (first: number) => Array.from({ length: n }, (_, i) => 100 + 5 * (((i + first) % 3) - 1));
    const { low, high } = ratioOfMedians(samples(0), samples(1));
    return high / low;
  };
  expect(width(3)).toBeGreaterThan(width(9) * 1.2);
});

test("ratioOfMedians: a machine that grows slower round by round does not widen it, because rounds are pairs", () => {
  const drifting = [100, 90, 80, 70, 60];
  const { low, high } = ratioOfMedians(
    drifting.map((x) => 2 * x),
    drifting,
  );
  expect([low, high]).toEqual([2, 2]);
  const apart = ratioOfMedians([...drifting.map((x) => 2 * x), 160], drifting); // unequal numbers: no pairs
  expect(apart.high / apart.low).toBeGreaterThan(1.5);
});

test("ratioOfMedians: with fewer than three rounds it has no confidence and shows the extremes", () => {
  expect(ratioOfMedians([10, 20], [5, 4])).toEqual({ ratio: 15 / 4.5, low: 2, high: 5, confidence: 0 });
  expect(ratioOfMedians([10], [5])).toEqual({ ratio: 2, low: 2, high: 2, confidence: 0 });
});

test("ratioOfMedians: 95% of intervals hold the true ratio, counted on 400 drawn experiments of 5 rounds (seed 5)", () => {
  // Lognormal rounds of 8% spread, medians 3 and 2.
  let state = 5;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const rounds = (middle: number) => Array.from({ length: 5 }, () => middle * Math.exp(0.08 * normal()));
  let held = 0;
  for (let i = 0; i < 400; i++) {
    const { low, high } = ratioOfMedians(rounds(3), rounds(2), { resamples: 300 });
    if (low <= 1.5 && 1.5 <= high) held++;
  }
  expect(held / 400).toBeGreaterThanOrEqual(0.95);
});

test.each([
  [[1, 2, 3], [], "ratioOfMedians: expected at least one sample on either side, got 3 and 0"],
  [[1, 0, 3], [1], "ratioOfMedians: expected samples to be finite numbers > 0, got 0"],
  [[1], [Number.NaN], "ratioOfMedians: expected samples to be finite numbers > 0, got NaN"],
])("ratioOfMedians: %j and %j are refused", (a, b, text) => {
  expect(() => ratioOfMedians(a, b)).toThrow(new RangeError(text));
});
