// Throughput: operations per second of one role, per variant, with how far the rounds lie apart.
import type { Comparison } from "../stats/index.js";
import { type Figure, figure } from "./figure.js";
import { chooseRole, type MeasuredOptions, measuredNotes, variantsOf } from "./measured.js";
import { seriesStyle } from "./palette.js";
import { table } from "./table.js";
import { formatRate, significant } from "./units.js";

/**
 * Makes a bar a variant: operations per second of one role, all threads together. The whiskers reach from the slowest
 * to the fastest round. The table also holds Jain's index of fairness between the role's threads (1: all alike; 1/n: one
 * of n threads did everything).
 *
 * **Cost:** O(rounds).
 *
 * @throws {RangeError} `` throughput: expected `role` to be one of reader, reload, got "raeder" ``
 */
export function throughput(data: Comparison, options: MeasuredOptions = {}): Figure {
  const role = chooseRole(data, options, "throughput");
  const rows: string[][] = [];
  const traces = variantsOf(data, role).map(({ variant, result }, i) => {
    const { color, pattern } = seriesStyle(i);
    const rates = variant.rounds.flatMap((round) => round.roles[role]?.opsPerSecond ?? []);
    const all = rates.length === 0 ? [result.opsPerSecond] : rates;
    const low = all.reduce((a, b) => Math.min(a, b));
    const high = all.reduce((a, b) => Math.max(a, b));
    const rate = result.opsPerSecond;
    rows.push([
      variant.name,
      formatRate(rate),
      `${formatRate(low)} … ${formatRate(high)}`,
      `${result.threads}`,
      significant(result.jain),
    ]);
    return {
      type: "bar" as const,
      name: variant.name,
      x: [variant.name],
      y: [rate],
      text: [formatRate(rate)],
      textposition: "outside" as const,
      marker: { color, pattern: { shape: pattern } },
      error_y: {
        type: "data" as const,
        symmetric: false as const,
        array: [Math.max(0, high - rate)],
        arrayminus: [Math.max(0, rate - low)],
      },
      hovertemplate: "%{x}: %{y:.3s} per second",
    };
  });
  const title = options.title ?? `Throughput of ${role}`;
  return figure(
    traces,
    {
      xaxis: { type: "category" },
      yaxis: { type: "linear", title: { text: "operations per second" }, tickformat: "~s" },
      barmode: "overlay",
      showlegend: false,
    },
    {
      title,
      alt: `${title}. ${rows.map((r) => `${r[0]}: ${r[1]}, rounds ${r[2]}, fairness ${r[4]}.`).join(" ")}`,
      table: table("", ["", "operations", "rounds", "threads", "fairness (Jain)"], rows),
      notes: measuredNotes(data, { role, metrics: ["ops", "time"] }),
    },
  );
}
