// Fairness: how evenly a share was divided.
//
// Source: Jain, Chiu, Hawe, "A Quantitative Measure of Fairness and Discrimination" (DEC-TR-301, 1984).

/**
 * Returns Jain's index over what each participant got: 1 is perfectly fair, 1/n is one taking all.
 * Where nobody got anything nobody was preferred: 1.
 *
 * @throws {RangeError} `jainIndex: expected numbers >= 0, got -1`
 * @example
 * jainIndex([10, 10]); // 1
 * jainIndex([20, 0]); // 0.5
 */
export function jainIndex(shares: readonly number[]): number {
  let sum = 0;
  let squares = 0;
  for (const share of shares) {
    if (!(share >= 0)) throw new RangeError(`jainIndex: expected numbers >= 0, got ${share}`);
    sum += share;
    squares += share * share;
  }
  return squares === 0 ? 1 : (sum * sum) / (shares.length * squares);
}
