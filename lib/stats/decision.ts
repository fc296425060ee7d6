// Decision: from an interval to one of four words, and never a winner that the numbers do not carry.
//
// Invariants:
//  I1. Fewer than three rounds decide nothing.
//  I2. A winner is named only when the whole interval lies beyond the margin: what is both surely there and
//      large enough to care about, given how much this machine varies by itself.
//  I3. "no difference shown" needs a narrow interval on a quiet machine; a wide one has shown nothing at all.
import type { Interval } from "./bootstrap.js";
import type { Decision, NoiseData } from "./comparison.js";

/** Differences below this are not worth a sentence, however sure they are. */
export const SMALLEST_EFFECT = 0.05;
/** An interval from 1/1.25 to 1.25 around the ratio is as wide as "no difference shown" may be. */
const WIDEST_ARM = 1.25;

/** What {@link decide} judges. */
export interface Judged {
  /** A / B. */
  readonly interval: Interval;
  readonly noise: Pick<NoiseData, "spread" | "isNoisy">;
  /** `more` for throughput, `less` for times. */
  readonly better: "more" | "less";
}

/**
 * Decides who is faster. The margin is 5%, or the spread of the machine where that is larger, so on a noisy
 * machine only large effects count: a factor of 100 is still told, 20% is not.
 *
 * @example
 * decide({ interval: { ratio: 2, low: 1.8, high: 2.2, confidence: 0.95 }, noise: { spread: 0.02, isNoisy: false },
 *   better: "more" }); // "A faster"
 */
export function decide({ interval, noise, better }: Judged): Decision {
  if (interval.confidence === 0) return "too noisy to tell"; // I1
  const margin = 1 + Math.max(SMALLEST_EFFECT, noise.spread);
  // I2
  if (interval.low > margin) return better === "more" ? "A faster" : "B faster";
  if (interval.high < 1 / margin) return better === "more" ? "B faster" : "A faster";
  // I3
  const isWide = interval.high / interval.ratio > WIDEST_ARM || interval.ratio / interval.low > WIDEST_ARM;
  return isWide || noise.isNoisy ? "too noisy to tell" : "no difference shown";
}
