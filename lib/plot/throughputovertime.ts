// ThroughputOverTime: operations per second of a role as the round went on.
import type { Comparison, TimeSlice } from "../stats/index.js";
import { type Figure, figure } from "./figure.js";
import { chooseRole, type MeasuredOptions, measuredNotes, variantsOf } from "./measured.js";
import { seriesStyle } from "./palette.js";
import { table } from "./table.js";
import type { Trace } from "./trace.js";
import { formatRate, significant } from "./units.js";

export interface ThroughputOverTimeOptions extends MeasuredOptions {
  /** The round that is drawn, from 1. */
  readonly round?: number;
}

/**
 * Makes a figure of one role's throughput over the time of one round, a line per variant: the operations that began in
 * each slice, per second. A stall is a hole; a steady line that is low is a bottleneck. Of a role with a rate, operations
 * count where they were due, so its stalls are in `latencyOverTime` instead; a note says so.
 *
 * **Cost:** O(slices).
 *
 * @throws {RangeError} `` throughputOverTime: expected `role` to be one of reader, reload, got "raeder" ``
 * @throws {RangeError} `` throughputOverTime: expected `round` to be an integer from 1 to 5, got 9 ``
 */
export function throughputOverTime(data: Comparison, options: ThroughputOverTimeOptions = {}): Figure {
  const role = chooseRole(data, options, "throughputOverTime");
  const rounds = Math.max(1, ...data.variants.map((variant) => variant.rounds.length));
  const round = options.round ?? 1;
  if (!Number.isInteger(round) || round < 1 || round > rounds) {
    throw new RangeError(
      `throughputOverTime: expected \`round\` to be an integer from 1 to ${rounds}, got ${round}`,
    );
  }
  const traces: Trace[] = [];
  const rows: string[][] = [];
  variantsOf(data, role).forEach(({ variant, result }, i) => {
    const drawn = variant.rounds[round - 1];
    const { overTime } = drawn?.roles[role] ?? result;
    const rates = ratesOf(overTime, drawn?.elapsedMs);
    const { color, dash, symbol } = seriesStyle(i);
    traces.push({
      type: "scatter",
      mode: rates.length <= 40 ? "lines+markers" : "lines",
      name: variant.name,
      x: overTime.map((slice) => slice.atMs / 1e3),
      y: rates,
      line: { color, dash, width: 2.5 },
      marker: { color, symbol, size: 7 },
      hovertemplate: "%{x:.2f} s: %{y:.3s} per second",
    });
    const sorted = [...rates].sort((a, b) => a - b);
    const at = (share: number): string =>
      sorted.length === 0 ? "–" : formatRate(sorted[Math.floor(share * (sorted.length - 1))]!);
    const idle = rates.filter((rate) => rate === 0).length;
    rows.push([variant.name, `${rates.length}`, at(0), at(0.5), at(1), `${idle}`]);
  });
  const title = options.title ?? `Throughput of ${role} over time`;
  return figure(
    traces,
    {
      xaxis: { type: "linear", title: { text: "time since the start of the round" }, ticksuffix: " s" },
      yaxis: {
        type: "linear",
        title: { text: "operations per second" },
        tickformat: "~s",
        ...fromZero(traces),
      },
    },
    {
      title,
      alt: `${title}. ${rows.map((r) => `${r[0]}: usually ${r[3]}, from ${r[2]} to ${r[4]}.`).join(" ")}`,
      table: table("", ["", "slices", "lowest", "median", "highest", "slices with none"], rows),
      notes: [
        ...(rounds > 1 ? [`Round ${significant(round)} of ${rounds} is drawn.`] : []),
        ...(hasRate(data, role) ? [DUE] : []),
        ...measuredNotes(data, { role, metrics: ["ops", "time"] }),
      ],
    },
  );
}

const DUE = "Operations count where they were due: look for stalls in the latency over time.";

function hasRate(data: Comparison, role: string): boolean {
  return variantsOf(data, role).some(({ result }) => result.rateHz !== undefined);
}

/** Operations per second of each slice; the last one lasts as long as the round does, or as the one before. */
function ratesOf(slices: readonly TimeSlice[], elapsedMs: number | undefined): number[] {
  return slices.map(({ atMs, ops }, i) => {
    const before = slices[i - 1];
    const usualMs = before === undefined ? (elapsedMs ?? 0) - atMs : atMs - before.atMs;
    const lengthMs = (slices[i + 1]?.atMs ?? atMs + usualMs) - atMs;
    return lengthMs > 0 ? (ops / lengthMs) * 1e3 : 0;
  });
}

/** A rate is seen against nothing at all: the axis begins at zero. */
function fromZero(traces: readonly Trace[]): { range?: readonly [number, number] } {
  const most = traces
    .flatMap((trace) => (trace.type === "scatter" ? trace.y : []))
    .reduce((high: number, y) => Math.max(high, y ?? 0), 0);
  return most > 0 ? { range: [0, most * 1.08] } : {};
}
