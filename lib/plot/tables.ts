// Tables over measurements: everything of a comparison at a glance, and published claims beside own numbers.
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

/** A published figure and what this machine says to it. All texts come with their units. */
export interface ClaimRow {
  /** What is claimed, in a few words. */
  readonly claim: string;
  /** The published figure with its conditions, e.g. `P99 20 ms -> 3.5 s (Go 1.21, 32 cores)`. */
  readonly published: string;
  /** The own figure; absent when it was not measured here. */
  readonly measured?: string;
  /** Whether the own measurement has the shape that was claimed; absent when it cannot tell. */
  readonly holds?: boolean;
  /** Why, or under which other conditions. */
  readonly why?: string;
}

/**
 * Makes a table of published claims, each beside the own measurement. The shape is compared, not the digits: other
 * machines give other numbers.
 *
 * @example
 * const t = claims([{ claim: "readers stall", published: "P99 3.5 s", measured: "1.1 s", holds: true }]);
 * console.log(t.rows[0]![3]); // prints: yes
 */
export function claims(rows: readonly ClaimRow[], title = "Claimed and measured here"): Table {
  const hasWhy = rows.some((row) => row.why !== undefined);
  const cells = rows.map((row) => {
    const holds =
      row.measured === undefined
        ? "not measured"
        : row.holds === undefined
          ? "cannot tell"
          : row.holds
            ? "yes"
            : "no";
    const four = [row.claim, row.published, row.measured ?? "–", holds];
    return hasWhy ? [...four, row.why ?? ""] : four;
  });
  const columns = ["claim", "published", "measured here", "same shape?"];
  return table(title, hasWhy ? [...columns, "why"] : columns, cells);
}
