// Buckets: reading the tables in which the measuring loop counts latencies (`bucketIndex` in loop.ts).
//
// Invariants:
//  I1. A bucket of the fine table is at most 0.1% wide, one of the coarse table at most 6.3%.
//  I2. `bucketIndex(bucketUpperNs(i, bits), bits) === i`, and it never decreases with the latency.
//
// Source: the log-linear layout of HdrHistogram (Gil Tene). The loop counts in plain tables, because on a measuring
// thread nothing may be imported or allocated; the caller moves the counts into the real histogram.

/** Fine table: 1024 buckets for each power of two. */
export const FINE_BITS = 10;
/** Coarse table, one for each time slice: 16 buckets for each power of two. */
export const COARSE_BITS = 4;

/** Returns the largest latency in ns of a bucket. */
export function bucketUpperNs(index: number, bits: number): number {
  const size = 2 ** bits;
  if (index < 2 * size) return index;
  const drop = Math.floor(index / size) - 1;
  return (index - drop * size + 1) * 2 ** drop - 1;
}
