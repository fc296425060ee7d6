// A table over a measurement: everything of a comparison at a glance.
import type { Comparison } from "../stats/index.js";
import { measuredNotes } from "./measured.js";
import { type Table, table } from "./table.js";
import { formatNs, formatRate, significant } from "./units.js";

/**
 * Makes a table with a row for each role of each variant: threads, throughput, corrected percentiles, the uncorrected
 * p99 that a stop-watch would have shown, fairness. Decisions, noise and the machine stand below.
 */
export function comparisonTable(data: Comparison, title = "Comparison"): Table {
  const columns = [
    "variant",
    "role",
    "threads",
    "operations",
    "p50",
    "p99",
    "p99.9",
    "max",
    "p99 uncorrected",
    "fairness",
  ];
  const rows = data.variants.flatMap((variant) =>
    Object.values(variant.roles).map((role) => {
      const { corrected, uncorrected } = role;
      const times = [corrected.p50Ns, corrected.p99Ns, corrected.p999Ns, corrected.maxNs];
      return [
        variant.name,
        role.role,
        `${role.threads}`,
        formatRate(role.opsPerSecond),
        ...times.map((ns) => (corrected.count > 0 ? formatNs(ns) : "–")),
        uncorrected.count > 0 ? formatNs(uncorrected.p99Ns) : "–",
        significant(role.jain),
      ];
    }),
  );
  return table(title, columns, rows, measuredNotes(data, { metrics: ["ops", "corrected p99", "time"] }));
}
