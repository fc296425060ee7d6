// Distribution: raw numbers as a histogram, and an interval around a line as a band.
import { type Figure, type FigureOptions, figure } from "./figure.js";
import { COLORS, withOpacity } from "./palette.js";
import { table } from "./table.js";
import type { Axis, ScatterTrace } from "./trace.js";
import { formatCount, significant } from "./units.js";

export interface HistogramOptions extends FigureOptions {
  /** How many bins of equal width. Default: by Sturges' rule, 1 + log2 of the number of values. */
  readonly bins?: number;
  /** The horizontal axis: its title and unit. */
  readonly xaxis?: Axis;
  /** What is counted. Default `count`. */
  readonly counted?: string;
}

/**
 * Makes a histogram of raw numbers. For latencies over many powers of ten use `latencyHistogram`.
 *
 * **Cost:** O(values).
 *
 * @throws {RangeError} `` histogram: expected `bins` to be an integer from 1 to 1000, got 0 ``
 * @throws {TypeError} `` histogram: expected values[2] to be a finite number, got NaN ``
 * @example
 * const f = histogram([1, 2, 2, 3, 3, 3], { bins: 3, title: "Dice" });
 * console.log(f.table.rows.map((row) => row[1]).join(" ")); // prints: 1 2 3
 */
export function histogram(values: readonly number[], options: HistogramOptions = {}): Figure {
  const { bins: wanted, xaxis = {}, counted = "count", ...rest } = options;
  const bins = wanted ?? Math.ceil(1 + Math.log2(Math.max(1, values.length)));
  checkHistogram(values, bins);
  const low = values.reduce((a, b) => Math.min(a, b), values[0] ?? 0);
  const high = values.reduce((a, b) => Math.max(a, b), values[0] ?? 1);
  const width = (high - low || 1) / bins;
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor((value - low) / width))]!++;
  const edge = (i: number): string => significant(low + i * width, 4) + (xaxis.ticksuffix ?? "");
  const rows = counts.map((count, i) => [`${edge(i)} … ${edge(i + 1)}`, formatCount(count)]);
  const middles = counts.map((_, i) => low + (i + 0.5) * width);
  return figure(
    [{ type: "bar", x: middles, y: counts, width }],
    { xaxis: { type: "linear", ...xaxis }, yaxis: { title: { text: counted } } },
    { table: table("", [xaxis.title?.text ?? "value", counted], rows), ...rest },
  );
}

function checkHistogram(values: readonly number[], bins: number): void {
  values.forEach((value, i) => {
    if (Number.isFinite(value)) return;
    throw new TypeError(`histogram: expected values[${i}] to be a finite number, got ${String(value)}`);
  });
  if (Number.isInteger(bins) && bins >= 1 && bins <= 1000) return;
  throw new RangeError(`histogram: expected \`bins\` to be an integer from 1 to 1000, got ${bins}`);
}

/**
 * Returns the traces of a band between `low` and `high`, to stand before the line that they surround.
 *
 * @throws {RangeError} `` band: expected `low` and `high` to have 3 values as x has, got 3 and 2 ``
 */
export function band(
  x: readonly number[],
  low: readonly number[],
  high: readonly number[],
  options: { name?: string; color?: string } = {},
): ScatterTrace[] {
  if (low.length !== x.length || high.length !== x.length) {
    throw new RangeError(
      `band: expected \`low\` and \`high\` to have ${x.length} values as x has, got ${low.length} and ${high.length}`,
    );
  }
  const { name = "95% interval", color = COLORS[0]! } = options;
  const edge = { type: "scatter", mode: "lines", x, line: { width: 0 }, hoverinfo: "skip" } as const;
  return [
    { ...edge, y: low, showlegend: false },
    { ...edge, y: high, name, fill: "tonexty", fillcolor: withOpacity(color, 0.25) },
  ];
}
