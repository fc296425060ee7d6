import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketUpperNs, COARSE_BITS, FINE_BITS } from "../../lib/bench/buckets.js";
import { bucketCount, bucketIndex } from "../../lib/bench/loop.js";

for (const [bits, width] of [
  [FINE_BITS, 1 / 1024],
  [COARSE_BITS, 1 / 16],
] as const) {
  test(`buckets of ${bits} bits: every latency lies in a bucket at most ${(width * 100).toFixed(1)}% wide`, () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2 ** 42 - 1, noNaN: true }), (ns) => {
        const index = bucketIndex(ns, bits);
        const upper = bucketUpperNs(index, bits);
        expect(index).toBeLessThan(bucketCount(bits));
        expect(upper).toBeGreaterThanOrEqual(Math.round(ns));
        expect(upper).toBeLessThanOrEqual(Math.round(ns) * (1 + width));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test(`buckets of ${bits} bits: index and upper end are inverse for every bucket, and ascend`, () => {
    const wrong: number[] = [];
    for (let i = 0; i < bucketCount(bits); i++) {
      const upper = bucketUpperNs(i, bits);
      if (bucketIndex(upper, bits) !== i || (i > 0 && upper <= bucketUpperNs(i - 1, bits))) wrong.push(i);
    }
    expect(wrong).toEqual([]);
  });
}

test("buckets: a latency beyond 73 minutes counts in the last bucket", () => {
  expect(bucketIndex(1e15, FINE_BITS)).toBe(bucketCount(FINE_BITS) - 1);
});

test("buckets: they need nothing but their parameters, so they can travel as text", () => {
  const travelled = new Function(`return ${String(bucketIndex)}`)() as typeof bucketIndex;
  for (const ns of [0, 1, 1023, 1024, 5e6, 3e9, 2 ** 41]) expect(travelled(ns, 10)).toBe(bucketIndex(ns, 10));
});
