// Sweep: how variants do over a range of one parameter, as lines with confidence bands.
import {
  type SweepOf,
  type SweepResult,
  sweepBest,
  sweepKnee,
  sweepPoints,
  sweepRole,
} from "../bench/index.js";
import { band } from "./distribution.js";
import { type Figure, figure } from "./figure.js";
import { seriesStyle } from "./palette.js";
import { table } from "./table.js";
import type { Trace } from "./trace.js";
import { formatNs, formatRate } from "./units.js";

export interface SweepFigureOptions extends SweepOf {
  readonly title?: string;
  /** Powers of two are even steps on a logarithmic axis. Default: logarithmic when each value is at least twice the last. */
  readonly xAxis?: "linear" | "log";
}

const WHAT = { opsPerSecond: "operations per second", p50Ns: "corrected p50", p99Ns: "corrected p99" };

/**
 * Makes a figure of a sweep: a line a variant through the medians of the rounds, in a band of their 95% interval. Below stand the
 * knee of each line, who is best where, and where more threads than cores took turns.
 *
 * **Cost:** O(values * variants) bootstraps of 2000 resamples.
 *
 * @throws {RangeError} `` sweepFigure: expected `role` to be one of reader, writer, got "raeder" ``
 */
export function sweepFigure(result: SweepResult, options: SweepFigureOptions = {}): Figure {
  const { metric = "opsPerSecond" } = options;
  const role = sweepRole(result, options.role, "sweepFigure");
  const of = { role, metric };
  const isRate = metric === "opsPerSecond";
  const format = isRate ? formatRate : formatNs;
  const unit = isRate ? 1 : 1e-9; // the axis speaks of seconds
  const curves = result.variants.map((variant) => ({ variant, points: sweepPoints(result, variant, of) }));
  const traces = curves.flatMap(({ variant, points }, i): Trace[] => {
    const { color, dash, symbol } = seriesStyle(i);
    const x = points.map(({ value }) => value);
    const scaled = (pick: "low" | "high" | "median") => points.map((point) => point[pick] * unit);
    return [
      ...band(x, scaled("low"), scaled("high"), { name: `${variant}, 95% interval`, color }),
      {
        type: "scatter",
        mode: "lines+markers",
        name: variant,
        x,
        y: scaled("median"),
        line: { color, dash, width: 2.5 },
        marker: { color, symbol, size: 7 },
      },
    ];
  });
  const rows = result.values.map((value, i) => [
    String(value),
    ...curves.flatMap(({ points }) => {
      const { median, low, high } = points[i] ?? { median: 0, low: 0, high: 0 };
      return [`${format(median)} (${format(low)} … ${format(high)})`];
    }),
  ]);
  const title = options.title ?? `${WHAT[metric]} of ${role} by ${result.name}`;
  return figure(
    traces,
    {
      xaxis: { type: options.xAxis ?? xAxisOf(result.values), title: { text: result.name } },
      yaxis: {
        type: isRate ? "linear" : "log",
        title: { text: WHAT[metric] },
        tickformat: "~s",
        ...(isRate ? {} : { ticksuffix: "s" }),
      },
    },
    {
      title,
      alt: `${title}. ${rows.map((row) => `${row[0]}: ${result.variants.map((name, i) => `${name} ${row[i + 1]}`).join(", ")}`).join("; ")}.`,
      table: table("", [result.name, ...result.variants], rows),
      notes: notesOf(result, of),
    },
  );
}

function xAxisOf(values: readonly number[]): "linear" | "log" {
  const sorted = [...values].sort((a, b) => a - b);
  const isWide = sorted.every((value, i) => value > 0 && (i === 0 || value >= 2 * (sorted[i - 1] as number)));
  return isWide && sorted.length > 2 ? "log" : "linear";
}

function notesOf(result: SweepResult, of: SweepOf): string[] {
  const { mode, cores, cpu, node } = result.environment;
  const crowded = [
    ...new Set(result.rows.filter(({ threads }) => threads > cores).map(({ value }) => value)),
  ];
  const knees = result.variants.flatMap((variant) => {
    const knee = sweepKnee(result, variant, of);
    if (knee === undefined) return [`${variant}: no knee.`];
    const spread =
      knee.low === knee.high ? "in every round" : `from ${knee.low} to ${knee.high} in single rounds`;
    return [`${variant}: knee at ${knee.value} (${spread}).`];
  });
  const best = sweepBest(result, of).map(({ value, best }) => `${value}: ${best ?? "cannot tell"}`);
  return [
    ...(mode === "smoke"
      ? ["Smoke size: one short round to see that everything runs; no claim is judged."]
      : knees),
    ...(mode === "smoke" || result.variants.length < 2 ? [] : [`Best at ${best.join(", ")}.`]),
    ...(crowded.length === 0 ? [] : [`More threads than cores at ${crowded.join(", ")}: they take turns.`]),
    ...(result.noise.note === "" ? [] : [result.noise.note]),
    `Measured on ${cores} cores (${cpu.trim()}), Node ${node.replace(/^v/, "")}, ${mode} size.`,
  ];
}
