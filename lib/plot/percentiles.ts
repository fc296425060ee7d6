// Percentiles: the distribution of a role's latencies as HdrHistogram draws it.
//
// Source: Gil Tene, HdrHistogram; the axis is 1/(1-p), logarithmic.
import type { Comparison, LatencyData } from "../stats/index.js";
import { type Figure, figure } from "./figure.js";
import { isSame, LATENCY_AXIS, LATENCY_METRICS, latencySentences, latencyTable } from "./latencytable.js";
import { chooseRole, type MeasuredOptions, measuredNotes, variantsOf } from "./measured.js";
import { seriesStyle } from "./palette.js";
import type { ScatterTrace } from "./trace.js";

/** Points nearer than this (as a factor, both ways) would fall on the same pixel. */
const NEAREST = 1.015;

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
      alt: `${title}. ${latencySentences(data, role)}`,
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
