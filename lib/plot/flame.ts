// Flame graph: stacks with what they cost, each frame as wide as all that was spent under it.
//
// Source: Brendan Gregg, "The Flame Graph", CACM 59/6 (2016). Here the root stands on top (an icicle), as in Go's pprof.
import { type Diagram, diagram } from "./diagram.js";
import { svgDocument, textAt } from "./frame.js";
import { element, escapeXml } from "./markup.js";
import { COLORS } from "./palette.js";
import { clip, textWidth } from "./textwidth.js";
import { formatNs, significant } from "./units.js";

/** A stack with its cost. */
export interface FlameSample {
  /** Outermost first. */
  readonly stack: readonly string[];
  readonly value: number;
}

export interface FlameOptions {
  readonly title?: string;
  /** What a value is: `ns` are written as durations. Default `ns`. */
  readonly unit?: "ns" | "count";
  /** The frame above all others. Default `all`. */
  readonly root?: string;
}

/** A frame with the frames under it. */
interface Frame {
  readonly name: string;
  readonly depth: number;
  value: number;
  readonly children: Map<string, Frame>;
}

const ROW_PX = 24;
const TOP_PX = 66;
const WIDTH_PX = 760;
const LEFT_PX = 24;
/** Narrower frames are left out of the picture; their parent's width still tells of them. */
const LEAST_PX = 1;
const MOST_DEPTH = 40;

/**
 * Draws stacks with their costs as a flame graph, the root on top: the wider a frame, the more was spent in it and in
 * what it called. Frames stand in the order of their cost.
 *
 * **Cost:** O(frames).
 *
 * @throws {RangeError} `` flameGraph: expected each `value` to be a number >= 0, got -1 ``
 * @example
 * const { text } = flameGraph([
 *   { stack: ["main", "handle", "mutex.lock"], value: 30e6 },
 *   { stack: ["main", "flush"], value: 10e6 },
 * ]);
 * console.log(text.split("\n")[1]); // prints: 100%  40 ms  all
 * console.log(text.split("\n")[3]?.trim()); // prints: 75%  30 ms      handle
 */
export function flameGraph(samples: readonly FlameSample[], options: FlameOptions = {}): Diagram {
  const { title = "Flame graph", unit = "ns", root = "all" } = options;
  for (const { value } of samples) {
    if (!(value >= 0) || value === Number.POSITIVE_INFINITY) {
      throw new RangeError(`flameGraph: expected each \`value\` to be a number >= 0, got ${value}`);
    }
  }
  const top = treeOf(samples, root);
  const words = (value: number): string => (unit === "ns" ? formatNs(value) : significant(value));
  const frames = laidOut(top);
  const depth = Math.max(0, ...frames.map(({ frame }) => frame.depth));
  const share = (value: number): string => `${significant((100 * value) / Math.max(1e-9, top.value))}%`;
  const legend = "width: what was spent in a frame and in all that it called · the root stands on top";
  const head =
    textAt(LEFT_PX, 30, title, { sizePx: 16, more: { "font-weight": "600" } }) +
    textAt(LEFT_PX, 49, top.value > 0 ? legend : "nothing was spent", { sizePx: 11, ink: "muted" });
  const body = frames.map((placed) => frameSvg(placed, words, share)).join("");
  const lines = frames
    .filter(({ frame }) => frame.value >= top.value / 100)
    .map(({ frame }) => {
      const cost = words(frame.value).padStart(words(top.value).length);
      return `${share(frame.value).padStart(4)}  ${cost}  ${"  ".repeat(frame.depth)}${frame.name}`;
    });
  const text = [title, ...lines];
  const alt = [title, ...lines.slice(0, 12).map((line) => line.trim().replace(/\s+/g, " "))].join(". ");
  const heightPx = TOP_PX + (depth + 1) * ROW_PX + 18;
  return diagram(
    title,
    svgDocument(WIDTH_PX + 2 * LEFT_PX, heightPx, alt, head + body),
    text.join("\n"),
    alt,
  );
}

function treeOf(samples: readonly FlameSample[], root: string): Frame {
  const make = (name: string, depth: number): Frame => ({ name, depth, value: 0, children: new Map() });
  const top = make(root, 0);
  for (const { stack, value } of samples) {
    let frame = top;
    frame.value += value;
    for (const name of stack.slice(0, MOST_DEPTH)) {
      let next = frame.children.get(name);
      if (next === undefined) {
        next = make(name, frame.depth + 1);
        frame.children.set(name, next);
      }
      next.value += value;
      frame = next;
    }
  }
  return top;
}

interface PlacedFrame {
  readonly frame: Frame;
  readonly x: number;
  readonly widthPx: number;
}

/** Every frame that is wide enough, parents before children, the most expensive child first. */
function laidOut(top: Frame): PlacedFrame[] {
  const placed: PlacedFrame[] = [];
  const place = (frame: Frame, x: number): void => {
    const widthPx = top.value === 0 ? WIDTH_PX : (frame.value / top.value) * WIDTH_PX;
    if (widthPx < LEAST_PX) return;
    placed.push({ frame, x, widthPx });
    let next = x;
    for (const child of [...frame.children.values()].sort((a, b) => b.value - a.value)) {
      place(child, next);
      next += top.value === 0 ? 0 : (child.value / top.value) * WIDTH_PX;
    }
  };
  place(top, LEFT_PX);
  return placed;
}

function frameSvg(
  { frame, x, widthPx }: PlacedFrame,
  words: (value: number) => string,
  share: (value: number) => string,
): string {
  const y = TOP_PX + frame.depth * ROW_PX;
  // Leaves are what was waited in; they differ from frames that only called.
  const color = frame.children.size === 0 ? COLORS[1]! : COLORS[0]!;
  const box = { x: x + 0.5, y, width: Math.max(0.5, widthPx - 1), height: ROW_PX - 2, rx: 2 };
  const label = `${frame.name} ${words(frame.value)}`;
  const title = element(
    "title",
    {},
    escapeXml(`${frame.name}: ${words(frame.value)}, ${share(frame.value)}`),
  );
  const rect = element(
    "rect",
    { ...box, fill: color, "fill-opacity": 0.25, stroke: color, "stroke-width": 1 },
    title,
  );
  const fits = fitting(label, widthPx - 10);
  return fits.length < 3 ? rect : rect + textAt(x + 6, y + 15, fits, { sizePx: 11 });
}

/** As much of a text as fits. */
function fitting(text: string, widthPx: number): string {
  if (textWidth(text, 11) * 1.15 <= widthPx) return text;
  const characters = [...text];
  let count = Math.min(characters.length, Math.floor(widthPx / 3));
  while (count > 0 && textWidth(clip(text, count), 11) * 1.15 > widthPx) count--;
  return count < 3 ? "" : clip(text, count);
}
