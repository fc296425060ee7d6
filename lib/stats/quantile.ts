// Quantiles of a handful of numbers (rounds, calibration chunks); latencies go through the histogram.

/**
 * Returns the `q`-quantile (0 to 1), interpolated between the two nearest values (type 7, as R and NumPy do).
 *
 * **Cost:** O(n log n); does not change `values`.
 *
 * @throws {RangeError} `quantile: expected at least one value, got none`
 * @throws {RangeError} `` quantile: expected `q` to be between 0 and 1, got 2 ``
 */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError("quantile: expected at least one value, got none");
  if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile: expected \`q\` to be between 0 and 1, got ${q}`);
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const below = sorted[low] as number;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] as number;
  return below + (above - below) * (at - low);
}

/** Returns the middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
