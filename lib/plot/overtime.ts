// Over time: the latency of a role as the round went on, with what a slow role did in the background.
import type { Comparison, RoleResult, SpanData, VariantResult } from "../stats/index.js";
import { type Figure, figure } from "./figure.js";
import { LATENCY_AXIS, LATENCY_METRICS } from "./latencytable.js";
import { mark } from "./mark.js";
import { chooseRole, type MeasuredOptions, measuredNotes, variantsOf } from "./measured.js";
import { seriesStyle, withOpacity } from "./palette.js";
import { table } from "./table.js";
import type { Trace } from "./trace.js";
import { formatNs, significant } from "./units.js";

/** A stretch of time to shade, in milliseconds after the round's start. */
export interface Region {
  readonly fromMs: number;
  readonly toMs: number;
  readonly text: string;
}

export interface OverTimeOptions extends MeasuredOptions {
  /** The round that is drawn, from 1. */
  readonly round?: number;
  /** What to shade. By default the operations of the slow roles (those that recorded each of theirs). */
  readonly regions?: readonly Region[];
}

/** Shading more stretches than this would hide the lines. */
const MAX_REGIONS = 12;
/** Roles whose stretches add up to this share of the longest did the same under both variants. */
const ALIKE = 0.9;

/**
 * Makes a figure of one role's latency over the time of one round, per variant: p99 and worst of each slice, on a
 * logarithmic axis. Stretches in which a slow role worked ("the reload holds the write lock") are shaded.
 *
 * **Cost:** O(slices).
 *
 * @throws {RangeError} `` latencyOverTime: expected `round` to be an integer from 1 to 5, got 9 ``
 */
export function latencyOverTime(data: Comparison, options: OverTimeOptions = {}): Figure {
  const role = chooseRole(data, options, "latencyOverTime");
  const rounds = Math.max(1, ...data.variants.map((variant) => variant.rounds.length));
  const round = options.round ?? 1;
  if (!Number.isInteger(round) || round < 1 || round > rounds) {
    throw new RangeError(
      `latencyOverTime: expected \`round\` to be an integer from 1 to ${rounds}, got ${round}`,
    );
  }
  const traces: Trace[] = [];
  const rows: string[][] = [];
  variantsOf(data, role).forEach(({ variant, result }, i) => {
    const slices = roleOf(variant, role, round, result).overTime.filter((slice) => slice.ops > 0);
    traces.push(...tracesOf(variant.name, slices, i));
    const worst = slices.reduce((a, b) => (b.maxNs > a.maxNs ? b : a), slices[0] ?? { maxNs: 0, atMs: 0 });
    const p99 = slices.map((slice) => slice.p99Ns).sort((a, b) => a - b);
    const middle = p99[Math.floor(p99.length / 2)];
    rows.push([
      variant.name,
      `${slices.length}`,
      middle === undefined ? "–" : formatNs(middle),
      slices.length === 0 ? "–" : formatNs(p99[p99.length - 1]!),
      slices.length === 0 ? "–" : `${formatNs(worst.maxNs)} at ${significant(worst.atMs / 1e3)} s`,
    ]);
  });
  const regions = options.regions ?? spansOf(data, role, round);
  const title = options.title ?? `Latency of ${role} over time`;
  const drawn = rounds > 1 ? [`Round ${round} of ${rounds} is drawn.`] : [];
  const drawnFigure = figure(
    traces,
    {
      xaxis: { type: "linear", title: { text: "time since the start of the round" }, ticksuffix: " s" },
      yaxis: { ...LATENCY_AXIS, ...rangeOf(traces) },
    },
    {
      title,
      alt: `${title}. ${rows.map((r) => `${r[0]}: p99 of a slice usually ${r[2]}, at most ${r[3]}; longest operation ${r[4]}.`).join(" ")}`,
      table: table("", ["", "slices", "median p99", "worst p99", "longest operation"], rows),
      notes: [...drawn, ...measuredNotes(data, { role, metrics: LATENCY_METRICS })],
    },
  );
  const stretches = regions.map((r) => ({ from: r.fromMs / 1e3, to: r.toMs / 1e3, text: r.text }));
  return mark(drawnFigure, ...stretches);
}

function roleOf(variant: VariantResult, role: string, round: number, merged: RoleResult): RoleResult {
  return variant.rounds[round - 1]?.roles[role] ?? merged;
}

function tracesOf(name: string, slices: RoleResult["overTime"], index: number): Trace[] {
  const { color, dash, symbol } = seriesStyle(index);
  const x = slices.map((slice) => slice.atMs / 1e3);
  const hovertemplate = "%{x:.2f} s: %{y:.3s}s";
  const few = slices.length <= 40;
  return [
    {
      type: "scatter",
      mode: few ? "lines+markers" : "lines",
      name: `${name}, p99`,
      x,
      y: slices.map((slice) => positive(slice.p99Ns)),
      line: { color, width: 2.5, dash },
      marker: { color, size: 7, symbol },
      hovertemplate,
    },
    {
      type: "scatter",
      mode: "lines",
      name: `${name}, worst`,
      x,
      y: slices.map((slice) => positive(slice.maxNs)),
      line: { color: withOpacity(color, 0.8), width: 1.5, dash: "dot" },
      hovertemplate,
    },
  ];
}

/** Room above the highest point for the words of the shaded stretches. */
function rangeOf(traces: readonly Trace[]): { range?: readonly [number, number] } {
  const known = traces
    .flatMap((t) => (t.type === "scatter" ? t.y : []))
    .filter((y): y is number => y !== null);
  if (known.length === 0) return {};
  const low = Math.log10(known.reduce((a, b) => Math.min(a, b)));
  const high = Math.log10(known.reduce((a, b) => Math.max(a, b)));
  return { range: [low - 0.2, high + 0.25 + 0.1 * (high - low)] };
}

function positive(ns: number): number | null {
  return ns > 0 ? ns / 1e9 : null;
}

/** The operations of other roles that kept them: under the variant that has them longest, as that one shows the effect. */
function spansOf(data: Comparison, drawn: string, round: number): Region[] {
  const all = data.variants.flatMap((variant) =>
    Object.entries(variant.rounds[round - 1]?.roles ?? variant.roles)
      .filter(([name]) => name !== drawn)
      .map(([name, result]) => {
        const spans = result.spans?.filter((span) => span.round === round) ?? [];
        return { variant: variant.name, name, spans, totalMs: totalOf(spans) };
      }),
  );
  const shown = all.filter(({ spans }) => spans.length > 0 && spans.length <= MAX_REGIONS);
  if (shown.length === 0) return [];
  const longest = shown.reduce((a, b) => (b.totalMs > a.totalMs ? b : a));
  // As long under every variant: then the stretch belongs to all of them, and naming one would mislead.
  const alike = all.filter(
    ({ name, totalMs }) => name === longest.name && totalMs >= ALIKE * longest.totalMs,
  ).length;
  const text = alike === data.variants.length ? longest.name : `${longest.name} (${longest.variant})`;
  return longest.spans.map(({ startMs, endMs }) => ({ fromMs: startMs, toMs: endMs, text }));
}

function totalOf(spans: readonly SpanData[]): number {
  return spans.reduce((sum, span) => sum + span.endMs - span.startMs, 0);
}
