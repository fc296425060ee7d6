// Latency table: the numbers, the words and the axis that all pictures of latency share.
import type { Comparison, LatencyData, RatioData } from "../stats/index.js";
import { variantsOf } from "./measured.js";
import { type Table, table } from "./table.js";
import type { Axis } from "./trace.js";
import { formatCount, formatNs } from "./units.js";

/** Seconds on a logarithmic axis, marked 1µs, 10µs … */
export const LATENCY_AXIS: Axis = {
  type: "log",
  title: { text: "latency" },
  tickformat: "~s",
  ticksuffix: "s",
  dtick: 1,
};

/** The decisions told below pictures of latency; `time` is what a comparison of single operations has. */
export const LATENCY_METRICS: readonly RatioData["metric"][] = ["corrected p99", "time"];

/** Closed loops correct nothing: both distributions are the same, and one line says it. */
export function isSame(a: LatencyData, b: LatencyData): boolean {
  return a.count === b.count && a.p50Ns === b.p50Ns && a.p99Ns === b.p99Ns && a.maxNs === b.maxNs;
}

/** Returns the numbers of both latency figures. */
export function latencyTable(data: Comparison, role: string): Table {
  const columns = ["", "operations", "p50", "p90", "p99", "p99.9", "max"];
  const rows = variantsOf(data, role).flatMap(({ variant, result }) => {
    const row = (name: string, d: LatencyData): string[] => [
      name,
      formatCount(d.count),
      ...[d.p50Ns, d.p90Ns, d.p99Ns, d.p999Ns, d.maxNs].map((ns) => (d.count > 0 ? formatNs(ns) : "–")),
    ];
    const { corrected, uncorrected } = result;
    if (isSame(corrected, uncorrected)) return [row(variant.name, corrected)];
    return [row(`${variant.name}, corrected`, corrected), row(`${variant.name}, uncorrected`, uncorrected)];
  });
  return table("", columns, rows);
}

/** Returns the gist of each distribution, for those who cannot see the picture. */
export function latencySentences(data: Comparison, role: string): string {
  return variantsOf(data, role)
    .map(({ variant, result: { corrected } }) => {
      if (corrected.count === 0) return `${variant.name}: no operations.`;
      return `${variant.name}: half under ${formatNs(corrected.p50Ns)}, 99% under ${formatNs(corrected.p99Ns)}, longest ${formatNs(corrected.maxNs)}.`;
    })
    .join(" ");
}
