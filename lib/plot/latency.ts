// Latency: the distribution of a role's latencies as a histogram.
//
// Corrected for coordinated omission stands beside uncorrected: an operation that had to start late because the one
// before it was stuck counts from its scheduled start. Source: Gil Tene, "How NOT to Measure Latency" (2013).
import type { Comparison, LatencyData } from "../stats/index.js";
import { type Figure, figure } from "./figure.js";
import { isSame, LATENCY_AXIS, LATENCY_METRICS, latencySentences, latencyTable } from "./latencytable.js";
import { chooseRole, type MeasuredOptions, measuredNotes, variantsOf } from "./measured.js";
import { seriesStyle, withOpacity } from "./palette.js";
import type { Annotation, ScatterTrace, Shape } from "./trace.js";
import { formatNs } from "./units.js";

const BINS_PER_DECADE = 10;

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
      alt: `${title}: histogram with logarithmic axes. ${latencySentences(data, role)}`,
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
