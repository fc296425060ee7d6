// Mark: words over a figure: a line at one place, or a shaded stretch ("reload holds the write lock").
import type { Figure } from "./figure.js";
import type { Annotation, Shape } from "./trace.js";

/** A place or a stretch on the horizontal axis, in its units, and what to say there. */
export type Mark =
  | { readonly at: number; readonly text: string }
  | { readonly from: number; readonly to: number; readonly text: string };

const SHADE = "rgba(128,128,128,0.22)";
const LINE = { color: "#808080", width: 2, dash: "dash" } as const;

/**
 * Returns the figure with places and stretches marked. The same words are written once, at the first of their marks.
 *
 * @throws {RangeError} `` mark: expected a number, or a stretch from low to high, got from 3 to 2 ``
 * @example
 * const steps = figure([{ type: "scatter", x: [0, 1, 2, 3], y: [1, 40, 42, 1] }]);
 * const marked = mark(steps, { from: 1, to: 2, text: "reload holds the write lock" });
 * console.log(marked.layout.shapes?.length); // prints: 1
 */
export function mark(figure: Figure, ...marks: readonly Mark[]): Figure {
  for (const m of marks) checkMark(m);
  if (marks.length === 0) return figure;
  const isLog = figure.layout.xaxis?.type === "log";
  const before = figure.layout.annotations ?? [];
  const told = new Set(before.map((note) => note.text));
  const annotations: Annotation[] = [];
  for (const m of marks) {
    const text = `\u00a0${m.text}`;
    if (m.text === "" || told.has(text)) continue;
    const start = "at" in m ? m.at : m.from;
    // As in Plotly, a place on a log axis is given as a power of ten. Each text has a line of its own.
    const x = isLog ? Math.log10(start) : start;
    const y = Number((1 - told.size * 0.07).toFixed(2));
    told.add(text);
    annotations.push({
      text,
      x,
      y,
      xref: "x",
      yref: "paper",
      xanchor: "left",
      yanchor: "top",
      showarrow: false,
    });
  }
  const shapes = [...(figure.layout.shapes ?? []), ...marks.map(shapeOf)];
  return { ...figure, layout: { ...figure.layout, shapes, annotations: [...before, ...annotations] } };
}

function shapeOf(m: Mark): Shape {
  const whole = { xref: "x", yref: "paper", y0: 0, y1: 1 } as const;
  if ("at" in m) return { ...whole, type: "line", x0: m.at, x1: m.at, line: LINE };
  return {
    ...whole,
    type: "rect",
    x0: m.from,
    x1: m.to,
    fillcolor: SHADE,
    line: { width: 0 },
    layer: "below",
  };
}

function checkMark(m: Mark): void {
  const isRight = "at" in m ? Number.isFinite(m.at) : Number.isFinite(m.from) && m.to >= m.from;
  if (isRight) return;
  const got = "at" in m ? `${m.at}` : `from ${m.from} to ${m.to}`;
  throw new RangeError(`mark: expected a number, or a stretch from low to high, got ${got}`);
}
