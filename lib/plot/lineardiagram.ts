// LinearDiagram: a history of overlapping operations as bars, the points where they took effect, and the one that fits nowhere.
import { type LinearBar, type LinearDrawing, linearText } from "../linear/index.js";
import { type Diagram, diagram } from "./diagram.js";
import { fill, MONO, stroke, svgDocument, textAt } from "./frame.js";
import { coordinate, element } from "./markup.js";
import { COLORS } from "./palette.js";
import { clip, wrap } from "./textwidth.js";

const PLACED = COLORS[0]!;
const STUCK = COLORS[1]!;
const ROW_PX = 30;
const TOP_PX = 72;
const MONO_PX = 7.3;
const LEGEND =
  "bar: from call to return · ● takes effect here, in this order · ✕ fits nowhere · dashed: never returned";
const LABEL = 34;

/**
 * Draws what `drawLinear` made of a history: a bar for each operation from its call to its return, on it the point where
 * it took effect, numbered in the order that was found; the operation that fits nowhere is crossed.
 *
 * **Cost:** O(operations).
 *
 * @example
 * const stale = [
 *   { client: 0, input: { op: "write" as const, value: 1 }, call: 0, return: 10 },
 *   { client: 1, input: { op: "read" as const }, output: 0, call: 20, return: 30 },
 * ];
 * const register = models.register(0);
 * const picture = linearDiagram(drawLinear(stale, checkLinearizable(stale, register), register));
 * console.log(picture.title);
 * // prints: register: not linearizable; at most 1 of 2 operations can be put in order
 */
export function linearDiagram(drawing: LinearDrawing): Diagram {
  const { bars, columns, title, reason, hidden } = drawing;
  const clients = Math.max(8, ...bars.map((bar) => `client ${bar.client}`.length));
  const labels = Math.max(1, ...bars.map((bar) => Math.min(LABEL, bar.label.length)));
  const barsPx = 24 + (clients + 2 + labels + 2) * MONO_PX;
  const columnPx = Math.max(10, Math.min(34, 460 / Math.max(1, columns)));
  const wordsPx = barsPx + columns * columnPx + 22;
  const words = bars.map(wordsOf);
  const roomPx = wordsPx + Math.max(0, ...words.map((text) => text.length * MONO_PX)) + 24;
  const widthPx = Math.ceil(Math.max(640, roomPx));
  const rows = bars
    .map((bar, i) => {
      const y = TOP_PX + i * ROW_PX;
      const mono = { "font-family": MONO };
      const client = textAt(24, y + 4, `client ${bar.client}`, { ink: "muted", more: mono });
      const label = textAt(24 + (clients + 2) * MONO_PX, y + 4, clip(bar.label, LABEL), { more: mono });
      const column = (at: number): number => barsPx + (at + 0.5) * columnPx;
      const right = textAt(wordsPx, y + 4, words[i]!, { ink: bar.isStuck ? "text" : "muted", more: mono });
      return client + label + barSvg(bar, y, column, columns) + right;
    })
    .join("");
  const notes = [
    ...(hidden > 0 ? [`${hidden} other operations are not shown.`] : []),
    ...(reason === undefined ? [] : [reason]),
  ];
  const foot = notes.flatMap((note) => wrap(note, widthPx - 60, 12));
  const bottom = TOP_PX + bars.length * ROW_PX;
  const last = foot.map((line, i) => textAt(24, bottom + 12 + i * 18, line)).join("");
  const head =
    textAt(24, 30, title, { sizePx: 15, more: { "font-weight": "600" } }) +
    textAt(24, 49, LEGEND, { sizePx: 11, ink: "muted" });
  const alt = [
    title,
    ...bars.map((bar, i) => `client ${bar.client} ${bar.label}: ${words[i]}`),
    ...notes,
  ].join(". ");
  const svg = svgDocument(widthPx, bottom + 16 + foot.length * 18, alt, head + rows + last);
  return diagram(title, svg, linearText(drawing), alt);
}

function barSvg(bar: LinearBar, y: number, column: (at: number) => number, columns: number): string {
  const from = column(bar.from);
  const end = column(bar.to ?? columns - 0.5);
  const tail =
    bar.to === undefined ? `M${coordinate(end - 7)} ${y - 6}l7 6l-7 6` : `M${coordinate(end)} ${y - 7}v14`;
  const line = element("path", {
    d: `M${coordinate(from)} ${y - 7}v14M${coordinate(from)} ${y}H${coordinate(end)}${tail}`,
    fill: "none",
    "stroke-width": 2,
    "stroke-dasharray": bar.to === undefined ? "5 4" : undefined,
    ...(bar.isStuck ? { stroke: STUCK } : stroke("edge")),
  });
  if (bar.isStuck) {
    const middle = (from + end) / 2;
    const d = `M${coordinate(middle - 6)} ${y - 6}l12 12m0 -12l-12 12`;
    return line + element("path", { d, fill: "none", stroke: STUCK, "stroke-width": 3 });
  }
  if (bar.point === undefined) return line;
  const x = Math.min(column(bar.point), Math.max(from, end));
  const dot = element("circle", { cx: x, cy: y, r: 8.5, fill: PLACED });
  const number = textAt(x, y + 3.6, String(bar.place ?? ""), {
    anchor: "middle",
    sizePx: 10,
    more: { ...fill("paper"), fill: "#ffffff", class: undefined, "font-weight": "600" },
  });
  return line + dot + number;
}

function wordsOf({ place, state, isStuck }: LinearBar): string {
  if (isStuck) return "fits nowhere";
  return place === undefined ? "no place yet" : clip(`${place}. then ${state}`, 44);
}
