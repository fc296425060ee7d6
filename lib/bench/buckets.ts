// Buckets: where a latency is counted while it is being measured, without allocating.
//
// Invariants:
//  I1. A bucket of the fine table is at most 0.1% wide, one of the coarse table at most 6.3%.
//  I2. `bucketIndex(bucketUpperNs(i, bits), bits) === i`, and it never decreases with the latency.
//
// Source: the log-linear layout of HdrHistogram (Gil Tene). The measured loop counts here, because on a
// measuring thread nothing may be imported or allocated; the caller moves the counts into the real histogram.
// These functions travel to the thread as source text: they use nothing but their parameters.

/** Fine table: 1024 buckets for each power of two. */
export const FINE_BITS = 10;
/** Coarse table, one for each time slice: 16 buckets for each power of two. */
export const COARSE_BITS = 4;
/** Length of a table with `2 ** bits` buckets for each power of two, up to 2^42 ns (73 minutes). */
export function bucketCount(bits: number): number {
  return (42 - bits + 1) << bits;
}

/** Returns the bucket of a latency in ns (rounded; at most 2^42 - 1). **Cost:** O(1), about 3 ns. */
export function bucketIndex(ns: number, bits: number): number {
  // Below 2^31 shifts work on the number itself; above, on the number in units of 2^20 ns.
  let scaled = Math.min(Math.round(ns), 4398046511103);
  let shift = 0;
  if (scaled >= 2147483648) {
    scaled = Math.floor(scaled / 1048576);
    shift = 20;
  }
  const exponent = 31 - Math.clz32(scaled | 1);
  const drop = exponent - bits;
  if (drop <= 0 && shift === 0) return scaled;
  return ((drop + shift) << bits) + (scaled >>> drop);
}

/** Returns the largest latency in ns of a bucket. */
export function bucketUpperNs(index: number, bits: number): number {
  const size = 2 ** bits;
  if (index < 2 * size) return index;
  const drop = Math.floor(index / size) - 1;
  return (index - drop * size + 1) * 2 ** drop - 1;
}
