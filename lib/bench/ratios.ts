// Ratios: every variant against the baseline, role by role and metric by metric.
import {
  decide,
  type NoiseData,
  type RatioData,
  ratioOfMedians,
  type VariantResult,
} from "../stats/index.js";

export type Metric = RatioData["metric"];
type Round = VariantResult["rounds"][number];

const METRICS: readonly Metric[] = [
  "ops",
  "corrected p50",
  "corrected p99",
  "uncorrected p50",
  "uncorrected p99",
];

/**
 * Compares each variant (A) with the baseline (B). Left out is what cannot be compared: a role that only one of them has, a
 * metric that is zero in some round (nothing was done), and the operations of an open loop, whose rate is fixed.
 */
export function ratiosOf(
  variants: readonly VariantResult[],
  baseline: string,
  noise: NoiseData,
  metrics: readonly Metric[] = METRICS,
): RatioData[] {
  const b = variants.find((variant) => variant.name === baseline);
  if (b === undefined) return [];
  return variants
    .filter((a) => a !== b)
    .flatMap((a) =>
      Object.keys(a.roles)
        .filter((role) => role in b.roles)
        .flatMap((role) => metrics.flatMap((metric) => compare(a, b, role, metric, noise))),
    );
}

function compare(
  a: VariantResult,
  b: VariantResult,
  role: string,
  metric: Metric,
  noise: NoiseData,
): RatioData[] {
  if (metric === "ops" && a.roles[role]?.rateHz !== undefined) return [];
  const samplesA = samplesOf(a, role, metric);
  const samplesB = samplesOf(b, role, metric);
  if (![...samplesA, ...samplesB].every((value) => value > 0 && Number.isFinite(value))) return [];
  const interval = ratioOfMedians(samplesA, samplesB);
  const decision = decide({ interval, noise, better: metric === "ops" ? "more" : "less" });
  return [{ a: a.name, b: b.name, role, metric, ...interval, decision }];
}

/** Returns the figure of every round; 0 where the role was not there. */
export function samplesOf(variant: VariantResult, role: string, metric: Metric): number[] {
  return variant.rounds.map((round) => sample(round, role, metric));
}

function sample(round: Round, role: string, metric: Metric): number {
  const result = round.roles[role];
  if (result === undefined) return 0;
  switch (metric) {
    case "ops":
      return result.opsPerSecond;
    case "corrected p50":
      return result.corrected.p50Ns;
    case "corrected p99":
      return result.corrected.p99Ns;
    case "uncorrected p50":
    case "time":
      return result.uncorrected.p50Ns;
    case "uncorrected p99":
      return result.uncorrected.p99Ns;
  }
}
