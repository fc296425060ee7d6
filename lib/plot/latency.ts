// Latency: distributions of a comparison as figures: histogram and percentile plot.
//
// Corrected for coordinated omission stands beside uncorrected: an operation that had to start late because the one
// before it was stuck counts from its scheduled start. Source: Gil Tene, "How NOT to Measure Latency" (2013); the
// percentile axis is HdrHistogram's.
import type { Comparison, LatencyData, RatioData } from "../stats/index.js";
import { type Figure, figure } from "./figure.js";
import { chooseRole, type MeasuredOptions, measuredNotes, variantsOf } from "./measured.js";
import { seriesStyle, withOpacity } from "./palette.js";
import { type Table, table } from "./table.js";
import type { Annotation, Axis, ScatterTrace, Shape } from "./trace.js";
import { formatCount, formatNs } from "./units.js";

const LATENCY_AXIS: Axis = {
  type: "log",
  title: { text: "latency" },
  tickformat: "~s",
  ticksuffix: "s",
  dtick: 1,
};
const BINS_PER_DECADE = 10;

/** The decisions told below pictures of latency; `time` is what a comparison of single operations has. */
export const LATENCY_METRICS: readonly RatioData["metric"][] = ["corrected p99", "time"];

/** Percentile points nearer than this (as a factor, both ways) would fall on the same pixel. */
const NEAREST = 1.015;

/**
 * Makes a histogram of the latencies of one role, per variant: latency on a logarithmic axis, operations on another,
 * so that the rare slow ones can be seen. Corrected latencies are filled, uncorrected ones a dotted line; the
 * corrected p99 is marked.
 *
 * **Cost:** O(buckets).
 *
 * @throws {RangeError} `` latencyHistogram: expected `role` to be one of reader, reload, got "raeder" ``
 */
export function latencyHistogram(data: Comparison, options: MeasuredOptions = {}): Figure {
  const role = chooseRole(data, options, "latencyHistogram");
  const traces: ScatterTrace[] = [];
  const shapes: Shape[] = [];
  const annotations: Annotation[] = [];
  variantsOf(data, role).forEach(({ variant, result }, i) => {
    const { color, dash } = seriesStyle(i);
    const { corrected, uncorrected } = result;
    if (corrected.count > 0) {
      const line = { color, width: 2, shape: "hv", dash } as const;
      traces.push(
        histogramTrace(`${variant.name}, corrected`, corrected, {
          line,
          fill: "tozeroy",
          fillcolor: withOpacity(color, 0.22),
        }),
      );
      marks(variant.name, corrected.p99Ns / 1e9, color, i, shapes, annotations);
    }
    if (uncorrected.count > 0 && !isSame(corrected, uncorrected)) {
      const line = { color, width: 1.5, shape: "hv", dash: "dot" } as const;
      traces.push(histogramTrace(`${variant.name}, uncorrected`, uncorrected, { line }));
    }
  });
  const title = options.title ?? `Latency of ${role}`;
  return figure(
    traces,
    {
      xaxis: LATENCY_AXIS,
      yaxis: {
        type: "log",
        title: { text: "operations" },
        tickformat: "~s",
        dtick: 1,
        range: [Math.log10(0.4), Math.log10(mostOf(traces)) + 0.6],
      },
      shapes,
      annotations,
    },
    {
      title,
      alt: `${title}: histogram with logarithmic axes. ${sentences(data, role)}`,
      table: latencyTable(data, role),
      notes: measuredNotes(data, { role, metrics: LATENCY_METRICS }),
    },
  );
}

function histogramTrace(name: string, latency: LatencyData, look: Partial<ScatterTrace>): ScatterTrace {
  const bins = new Map<number, number>();
  for (const [ns, count] of latency.buckets) {
    if (count <= 0) continue;
    const bin = Math.floor(Math.log10(Math.max(1, ns)) * BINS_PER_DECADE);
    bins.set(bin, (bins.get(bin) ?? 0) + count);
  }
  const keys = [...bins.keys()];
  const from = Math.min(...keys);
  const to = Math.max(...keys);
  const x: number[] = [];
  const y: number[] = [];
  // Half an operation stands for none: a logarithmic axis has no zero.
  for (let bin = from - 1; bin <= to + 1; bin++) {
    x.push(Number((10 ** (bin / BINS_PER_DECADE - 9)).toPrecision(6)));
    y.push(bins.get(bin) ?? 0.5);
  }
  const hovertemplate = "%{x:.3s}s: %{y} operations";
  return { type: "scatter", mode: "lines", name, x, y, hovertemplate, ...look };
}

/** The highest bin; the axis leaves room above it for the words at the marks. */
function mostOf(traces: readonly ScatterTrace[]): number {
  return traces.flatMap((trace) => trace.y).reduce((most: number, y) => Math.max(most, y ?? 0), 1);
}

function marks(
  name: string,
  seconds: number,
  color: string,
  row: number,
  shapes: Shape[],
  annotations: Annotation[],
): void {
  if (!(seconds > 0)) return;
  const line = { color, width: 2, dash: "dash" } as const;
  shapes.push({ type: "line", xref: "x", yref: "paper", x0: seconds, x1: seconds, y0: 0, y1: 1, line });
  annotations.push({
    text: `p99 ${name} ${formatNs(seconds * 1e9)}\u00a0`,
    x: Math.log10(seconds),
    y: 0.98 - row * 0.07,
    xref: "x",
    yref: "paper",
    xanchor: "right",
    yanchor: "top",
    showarrow: false,
  });
}

/**
 * Makes a percentile plot of one role, per variant, as HdrHistogram draws it: the axis stretches the tail, so that the
 * step from 99% to 99.9% takes as much room as that from 90% to 99%.
 *
 * **Cost:** O(buckets).
 *
 * @throws {RangeError} `` percentiles: expected `role` to be one of reader, reload, got "raeder" ``
 */
export function percentiles(data: Comparison, options: MeasuredOptions = {}): Figure {
  const role = chooseRole(data, options, "percentiles");
  const traces: ScatterTrace[] = [];
  variantsOf(data, role).forEach(({ variant, result }, i) => {
    const { color, dash } = seriesStyle(i);
    const { corrected, uncorrected } = result;
    traces.push(percentileTrace(`${variant.name}, corrected`, corrected, { color, dash, width: 2.5 }));
    if (!isSame(corrected, uncorrected)) {
      traces.push(
        percentileTrace(`${variant.name}, uncorrected`, uncorrected, { color, dash: "dot", width: 1.5 }),
      );
    }
  });
  const most = Math.max(10, ...traces.map((trace) => Number(trace.x[trace.x.length - 1] ?? 10)));
  const decades = Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, i) => i);
  const title = options.title ?? `Latency of ${role} by percentile`;
  return figure(
    traces,
    {
      xaxis: {
        type: "log",
        title: { text: "percentile" },
        tickvals: decades.map((d) => 10 ** d),
        ticktext: decades.map(percentileName),
      },
      yaxis: LATENCY_AXIS,
    },
    {
      title,
      alt: `${title}. ${sentences(data, role)}`,
      table: latencyTable(data, role),
      notes: measuredNotes(data, { role, metrics: LATENCY_METRICS }),
    },
  );
}

function percentileTrace(
  name: string,
  latency: LatencyData,
  line: NonNullable<ScatterTrace["line"]>,
): ScatterTrace {
  const x: number[] = [];
  const y: number[] = [];
  let below = 0;
  for (const [ns, count] of latency.buckets) {
    if (count <= 0) continue;
    below += count;
    // The last operation has nobody above it: it stands where one of its number would.
    const share = Math.min(below / latency.count, 1 - 1 / (2 * latency.count));
    const at = 1 / (1 - share);
    const isNear = at < (x[x.length - 1] ?? 0) * NEAREST && ns / 1e9 < (y[y.length - 1] ?? 0) * NEAREST;
    if (isNear && below < latency.count) continue;
    x.push(Number(at.toPrecision(6)));
    y.push(ns / 1e9);
  }
  return { type: "scatter", mode: "lines", name, x, y, line, hovertemplate: "%{y:.3s}s" };
}

/** 0 → 0%, 1 → 90%, 2 → 99%, 3 → 99.9% … */
function percentileName(decade: number): string {
  if (decade === 0) return "0%";
  return decade === 1 ? "90%" : decade === 2 ? "99%" : `99.${"9".repeat(decade - 2)}%`;
}

/** Closed loops correct nothing: both distributions are the same, and one line says it. */
function isSame(a: LatencyData, b: LatencyData): boolean {
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

function sentences(data: Comparison, role: string): string {
  return variantsOf(data, role)
    .map(({ variant, result: { corrected } }) => {
      if (corrected.count === 0) return `${variant.name}: no operations.`;
      return `${variant.name}: half under ${formatNs(corrected.p50Ns)}, 99% under ${formatNs(corrected.p99Ns)}, longest ${formatNs(corrected.maxNs)}.`;
    })
    .join(" ");
}
