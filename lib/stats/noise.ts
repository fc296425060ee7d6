// Noise: how quiet a machine was, told from the same loop timed again and again.
//
// A calibration is the times of many equal chunks of arithmetic, taken on every core the measurement will use.
// On a quiet machine they are all alike. Three things make them differ: other programs (gaps of milliseconds
// in single chunks), a throttled or shared core (whole calibrations slower than others), and both.
import type { NoiseData } from "./comparison.js";
import { median, quantile } from "./quantile.js";

/** Above this relative spread a difference of a few percent cannot be told from noise. */
const NOISY_SPREAD = 0.2;
/** Longer gaps than this reach a p99 of rounds that last seconds. Two cores without any lock show 20 ms. */
const NOISY_GAP_MS = 40;

/**
 * Judges calibrations: one list of chunk times in ns for each time the loop was timed.
 *
 * The spread is the larger of two: how chunks differ within a calibration (middle 80% of them relative to their median, as
 * in the noisiest quarter of the calibrations), and how the calibrations' medians differ (middle 80% of them). The gap
 * is the longest chunk beyond the median.
 *
 * @throws {RangeError} `judgeNoise: expected at least one calibration with at least one chunk, got none`
 */
export function judgeNoise(calibrations: readonly (readonly number[])[]): NoiseData {
  const filled = calibrations.filter((chunks) => chunks.length > 0);
  if (filled.length === 0) {
    throw new RangeError("judgeNoise: expected at least one calibration with at least one chunk, got none");
  }
  const chunks = filled.flat();
  const middle = median(chunks);
  const medians = filled.map(median);
  const withins = filled.map((some) => (quantile(some, 0.9) - quantile(some, 0.1)) / median(some));
  const within = quantile(withins, 0.75);
  const drift = (quantile(medians, 0.9) - quantile(medians, 0.1)) / middle;
  const spread = Math.max(within, drift);
  // A loop, not Math.max(...chunks): a long calibration would overflow the stack.
  const longestGapMs = (chunks.reduce((most, chunk) => Math.max(most, chunk), 0) - middle) / 1e6;
  const isNoisy = spread > NOISY_SPREAD || longestGapMs > NOISY_GAP_MS;
  return { spread, longestGapMs, isNoisy, note: describe(spread, drift > within, longestGapMs, isNoisy) };
}

function describe(spread: number, isDrift: boolean, gapMs: number, isNoisy: boolean): string {
  const figures = `the same loop varied by ${(spread * 100).toFixed(0)}%${
    isDrift ? " from one calibration to the next" : ""
  }, and the longest gap of a busy thread was ${gapMs.toFixed(1)} ms`;
  return isNoisy
    ? `This machine was busy: ${figures}. Small differences mean nothing here; close other programs and measure again.`
    : `This machine was quiet: ${figures}.`;
}
