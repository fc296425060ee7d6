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

/** One operation: its call and its end, on one clock. */
export type Turn = readonly [begin: number, end: number];

/**
 * Returns the most operations that other threads completed while one thread waited for one of its own. `threads` holds the
 * operations of each thread, in order. Two that take turns: 1, where a call is made at once after the last one's end. An end at the very
 * time of a begin or of an end does not count.
 *
 * **Cost:** O(n log n).
 *
 * @example
 * console.log(longestBypass([[[0, 10]], [[1, 2], [3, 4], [5, 6], [11, 12]]])); // prints: 3
 */
export function longestBypass(threads: readonly (readonly Turn[])[]): number {
  const ends = threads.flatMap((turns) => turns.map(([, end]) => end)).sort((a, b) => a - b);
  let longest = 0;
  for (const turns of threads) {
    for (const [begin, end] of turns) {
      // A thread has one call at a time, so no end of its own lies between.
      longest = Math.max(longest, below(ends, end) - upTo(ends, begin));
    }
  }
  return longest;
}

/** How many of the sorted numbers are less than `limit`. */
function below(sorted: readonly number[], limit: number): number {
  return count(sorted, (value) => value < limit);
}

/** How many of the sorted numbers are at most `limit`. */
function upTo(sorted: readonly number[], limit: number): number {
  return count(sorted, (value) => value <= limit);
}

/** Length of the part at the front that `isIn`. */
function count(sorted: readonly number[], isIn: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isIn(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
