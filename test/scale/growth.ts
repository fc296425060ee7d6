// Growth: how the cost of an operation grows with n, as the exponent b of cost = a * n^b.
//
// b is the slope of the least-squares line through (log n, log cost): 0 for O(1), about 0.1 for O(log n) between a
// thousand and a million, 1 for O(n). Memory adds to it: a million goroutines do not fit the caches, so even O(1)
// reads 0.1 to 0.3.

export interface Sample {
  readonly n: number;
  readonly ns: number;
}

/** Above this a cost counts as growing with n: far from 1, above what caches do. */
export const MOST_EXPONENT = 0.5;

/** Returns the exponent of the growth of `samples`. */
export function exponent(samples: readonly Sample[]): number {
  if (samples.length < 2)
    throw new RangeError(`exponent: expected at least two samples, got ${samples.length}`);
  const points = samples.map(({ n, ns }) => [Math.log(n), Math.log(ns)] as const);
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return above / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
