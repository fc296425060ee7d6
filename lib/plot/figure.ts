// Figure: one picture as plain data, in the part of Plotly's vocabulary that the own SVG renderer draws as well.
//
// Invariants:
//  I1. `data` and `layout` are valid for Plotly as they stand (a test runs Plotly.validate on every kind).
//  I2. Whatever `data` holds, `chartSvg` draws: a kind outside the vocabulary is refused when the figure is made.
//  I3. Every figure carries its numbers as a table and an alternative text: it can be read without being seen.
//
// Rejected: Plotly's whole vocabulary (the picture that survives in an untrusted notebook would be missing).
import { describe, numbersOf } from "./numbers.js";
import type { Table } from "./table.js";
import { thin } from "./thin.js";
import type { Layout, Trace } from "./trace.js";

/** A picture as plain data; nothing is displayed before `show`. */
export interface Figure {
  readonly kind: "figure";
  readonly title: string;
  /** What the picture shows, in words, for those who cannot see it. */
  readonly alt: string;
  readonly data: readonly Trace[];
  readonly layout: Layout;
  /** The numbers behind the picture. */
  readonly table: Table;
  /** Sentences below the picture: noise, decision, what was left out. */
  readonly notes: readonly string[];
}

export interface FigureOptions {
  readonly title?: string;
  readonly alt?: string;
  readonly table?: Table;
  readonly notes?: readonly string[];
  /** Longer traces are thinned, keeping each stretch's lowest and highest point, and the notes say so. */
  readonly maxPoints?: number;
}

/** Points a trace may have before it is thinned: more cannot be seen and would bloat the notebook. */
export const DEFAULT_MAX_POINTS = 2_000;

const KINDS = ["scatter", "bar", "box", "heatmap"];

/**
 * Makes a figure from Plotly traces and layout. Nothing is displayed; pass the result to `show`.
 *
 * Takes the kinds that can also be drawn without a browser: `scatter` (lines, steps, markers, bands), `bar`, `box` with
 * given quartiles, `heatmap`; axes `linear`, `log` and `category`.
 *
 * **Cost:** O(points).
 *
 * @throws {TypeError} `` figure: expected data[0].type to be scatter, bar, box or heatmap, got "pie" ``
 * @throws {RangeError} `` figure: expected data[0].y to have 3 values as x has, got 2 ``
 * @example
 * const squares = figure([{ type: "scatter", x: [1, 2, 3], y: [1, 4, 9] }], { title: { text: "Squares" } });
 * console.log(squares.alt); // prints: Squares: 3 points of y by x
 */
export function figure(data: readonly Trace[], layout: Layout = {}, options: FigureOptions = {}): Figure {
  if (!Array.isArray(data))
    throw new TypeError(`figure: expected data to be an array of traces, got ${show(data)}`);
  data.forEach(checkTrace);
  const maxPoints = options.maxPoints ?? DEFAULT_MAX_POINTS;
  if (!(maxPoints >= 4)) {
    throw new RangeError(`figure: expected \`maxPoints\` to be a number >= 4, got ${show(maxPoints)}`);
  }
  const thinned = data.map((trace) => thin(trace, maxPoints));
  const notes = [...(options.notes ?? [])];
  const longest = Math.max(0, ...data.map((t) => (t.type === "scatter" ? t.x.length : 0)));
  if (longest > maxPoints) {
    notes.push(`Drawn from ${longest} points thinned to at most ${maxPoints}; highs and lows are kept.`);
  }
  const title = options.title ?? layout.title?.text ?? "Figure";
  return {
    kind: "figure",
    title,
    alt: options.alt ?? describe(title, data, layout),
    data: thinned,
    layout: { ...layout, title: { text: title } },
    table: options.table ?? numbersOf(data, layout),
    notes,
  };
}

function checkTrace(trace: Trace, index: number): void {
  const at = `figure: expected data[${index}]`;
  if (typeof trace !== "object" || trace === null)
    throw new TypeError(`${at} to be a trace, got ${show(trace)}`);
  if (!KINDS.includes(trace.type)) {
    throw new TypeError(`${at}.type to be scatter, bar, box or heatmap, got ${show(trace.type)}`);
  }
  if (!Array.isArray(trace.x)) throw new TypeError(`${at}.x to be an array, got ${show(trace.x)}`);
  const lists: [string, unknown, number][] =
    trace.type === "box"
      ? (["q1", "median", "q3", "lowerfence", "upperfence"] as const).map((k) => [
          k,
          trace[k],
          trace.x.length,
        ])
      : trace.type === "heatmap"
        ? [["z", trace.z, trace.y.length]]
        : [["y", trace.y, trace.x.length]];
  for (const [key, list, length] of lists) {
    if (!Array.isArray(list)) throw new TypeError(`${at}.${key} to be an array, got ${show(list)}`);
    if (list.length !== length) {
      const other = trace.type === "heatmap" ? "rows as y has values" : "values as x has";
      throw new RangeError(`${at}.${key} to have ${length} ${other}, got ${list.length}`);
    }
  }
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
