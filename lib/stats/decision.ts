// Decision: from an interval to one of four words, and never a winner that the numbers do not carry.
//
// Invariants:
//  I1. Fewer than three rounds decide nothing.
//  I2. A winner is named only when the whole interval lies beyond the margin: what is both surely there and large
//      enough to care about. On a noisy machine the margin grows with its noise, up to a factor of two.
//  I3. "no difference shown" needs a narrow interval, a ratio within the margin, and a quiet machine. Anything else
//      has shown nothing at all.
//
// How sharp this is, on samples recorded here (test/stats/samples; rounds of 60 ms that vary by 8%): of 100 comparisons
// of a function with itself none to two name a winner; 20% more work is found in about 45 with 5 rounds, in about 80 with
// 7, in about 95 with 10. Longer rounds vary less.
import type { Interval } from "./bootstrap.js";
import type { Decision, NoiseData } from "./comparison.js";

/** Differences below this are not worth a sentence, however sure they are. */
export const SMALLEST_EFFECT = 0.05;
/** An interval from 1/1.15 to 1.15 around the ratio is as wide as "no difference shown" may be. */
const WIDEST_ARM = 1.15;
/** However noisy: a difference that is surely more than this factor is told. */
const LARGEST_MARGIN = 2;

/** What {@link decide} judges. */
export interface Judged {
  /** A / B. */
  readonly interval: Interval;
  readonly noise: Pick<NoiseData, "spread" | "isNoisy">;
  /** `more` for throughput, `less` for times. */
  readonly better: "more" | "less";
}

/**
 * Decides who is faster. The margin is 5%; on a noisy machine it is the machine's own spread, at most a factor of two, so
 * there only large effects count: a factor of 100 is told, 20% is not.
 *
 * @example
 * decide({ interval: { ratio: 2, low: 1.8, high: 2.2, confidence: 0.95 }, noise: { spread: 0.02, isNoisy: false },
 *   better: "more" }); // "A faster"
 */
export function decide({ interval, noise, better }: Judged): Decision {
  if (interval.confidence === 0) return "too noisy to tell"; // I1
  const margin = noise.isNoisy
    ? Math.min(LARGEST_MARGIN, 1 + Math.max(SMALLEST_EFFECT, noise.spread))
    : 1 + SMALLEST_EFFECT;
  // I2
  if (interval.low > margin) return better === "more" ? "A faster" : "B faster";
  if (interval.high < 1 / margin) return better === "more" ? "B faster" : "A faster";
  // I3
  const isWide = interval.high / interval.ratio > WIDEST_ARM || interval.ratio / interval.low > WIDEST_ARM;
  const isNear = Math.max(interval.ratio, 1 / interval.ratio) <= margin;
  return isNear && !isWide && !noise.isNoisy ? "no difference shown" : "too noisy to tell";
}
