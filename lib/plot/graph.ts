// Graph: boxes and arrows as one SVG: who waits for whom, which lock is taken under which.
//
// Invariants:
//  I1. Nothing is told by colour alone: a cycle is thick and numbered by its words, what is uncertain is dashed, kinds of
//      boxes differ in shape.
//  I2. Boxes are drawn over arrows, words over both.
import { fill, MONO, stroke, svgDocument, textAt } from "./frame.js";
import { layered, type Spot } from "./layered.js";
import { coordinate, element, escapeXml } from "./markup.js";
import { COLORS } from "./palette.js";
import { clip, textWidth, wrap } from "./textwidth.js";

/** What a box stands for: somebody who acts, or something that is acted on. */
export interface GraphNode {
  readonly id: string;
  readonly shape: "goroutine" | "object";
  /** The first line is bold; the others are small. */
  readonly lines: readonly string[];
  /** `cycle`: part of what is wrong; `gone`: has ended; `able`: can still act. */
  readonly tone: "plain" | "cycle" | "able" | "gone";
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Words on the arrow, a line each. */
  readonly lines: readonly string[];
  /** `cycle`: part of what is wrong; `maybe`: only possible. */
  readonly tone: "plain" | "cycle" | "maybe";
}

/** A drawing of boxes and arrows. */
export interface Graph {
  readonly title: string;
  /** One line that says what arrows mean. */
  readonly legend: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Sentences below. */
  readonly notes: readonly string[];
  readonly alt: string;
}

const CYCLE = COLORS[1]!;
const ABLE = COLORS[2]!;
const HEAD_PX = 13;
const SMALL_PX = 11;
const LINE_PX = 15;
const LEFT_PX = 24;
const TOP_PX = 66;
const FEWEST_PX = 460;
const CHARACTERS = 46;

/** Returns a graph as a whole `<svg>` element. **Cost:** O(boxes x arrows). */
export function graphSvg(graph: Graph): string {
  const nodes = graph.nodes.map((node) => ({ id: node.id, ...boxSize(node) }));
  const edges = graph.edges.map(({ from, to, lines }) => ({
    from,
    to,
    widthPx: Math.max(8, ...lines.map((line) => wide(clip(line, CHARACTERS), SMALL_PX))) + 6,
    heightPx: Math.max(6, lines.length * LINE_PX - 2),
  }));
  const placed = layered(nodes, edges);
  const roomPx = Math.max(FEWEST_PX, placed.widthPx, wide(graph.title, 16), wide(graph.legend, SMALL_PX));
  const dx = LEFT_PX + (roomPx - placed.widthPx) / 2;
  const move = ({ x, y }: Spot): Spot => ({ x: x + dx, y: y + TOP_PX });
  const arrows = graph.edges.map((edge, i) => arrowSvg(edge, placed.ways[i]!.points.map(move))).join("");
  const words = graph.edges
    .map((edge, i) => labelSvg(edge.lines, move(placed.ways[i]!.label), edges[i]!.widthPx))
    .join("");
  const boxes = graph.nodes
    .map((node, i) => boxSvg(node, move(placed.boxes.get(node.id)!), nodes[i]!))
    .join("");
  const foot = graph.notes.flatMap((note) => wrap(note, roomPx, 12));
  const footY = TOP_PX + placed.heightPx + 34;
  const notes = foot.map((line, i) => textAt(LEFT_PX, footY + i * 18, line)).join("");
  const head =
    textAt(LEFT_PX, 30, graph.title, { sizePx: 16, more: { "font-weight": "600" } }) +
    textAt(LEFT_PX, 49, graph.legend, { sizePx: SMALL_PX, ink: "muted" });
  const heightPx = footY + Math.max(0, foot.length - 1) * 18 + (foot.length === 0 ? -14 : 18);
  return svgDocument(
    Math.ceil(roomPx + 2 * LEFT_PX),
    Math.ceil(heightPx),
    graph.alt,
    head + arrows + boxes + words + notes,
  );
}

function wide(text: string, sizePx: number): number {
  return textWidth(text, sizePx) * 1.15;
}

function boxSize({ lines, shape }: GraphNode): { widthPx: number; heightPx: number } {
  const widths = lines.map((line, i) => wide(clip(line, CHARACTERS), i === 0 ? HEAD_PX + 0.6 : SMALL_PX));
  const room = shape === "object" ? 34 : 24;
  return { widthPx: Math.ceil(Math.max(70, ...widths) + room), heightPx: 16 + lines.length * LINE_PX };
}

function boxSvg(
  node: GraphNode,
  at: Spot,
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
): string {
  const isBold = node.tone === "cycle";
  const pen =
    node.tone === "cycle" ? { stroke: CYCLE } : node.tone === "able" ? { stroke: ABLE } : stroke("edge");
  const frame = {
    x: at.x - widthPx / 2,
    y: at.y - heightPx / 2,
    width: widthPx,
    height: heightPx,
    rx: node.shape === "object" ? heightPx / 2 : 6,
  };
  // Two rectangles: the first is the paper, whose class would also set the colour of the second one's line.
  const box =
    element("rect", { ...frame, ...fill("paper") }) +
    element("rect", {
      ...frame,
      fill: "none",
      "stroke-width": isBold ? 2.6 : 1.6,
      "stroke-dasharray": node.tone === "gone" ? "5 4" : undefined,
      ...pen,
    });
  const top = at.y - (node.lines.length * LINE_PX) / 2 + 11.5;
  const lines = node.lines.map((line, i) =>
    textAt(at.x, top + i * LINE_PX, clip(line, CHARACTERS), {
      anchor: "middle",
      sizePx: i === 0 ? HEAD_PX : SMALL_PX,
      ink: i === 0 ? "text" : "muted",
      more: i === 0 ? { "font-weight": "600" } : {},
    }),
  );
  const title = element("title", {}, escapeXml(node.lines.join("\n")));
  return element("g", { class: "hb-node" }, title + box + lines.join(""));
}

function labelSvg(lines: readonly string[], at: Spot, widthPx: number): string {
  if (lines.length === 0) return "";
  const heightPx = lines.length * LINE_PX - 2;
  const box = { x: at.x - widthPx / 2, y: at.y - heightPx / 2, width: widthPx, height: heightPx };
  const top = at.y - heightPx / 2 + 10.5;
  const words = lines.map((line, i) =>
    textAt(at.x, top + i * LINE_PX, clip(line, CHARACTERS), {
      anchor: "middle",
      sizePx: SMALL_PX,
      ...(/:\d+$/.test(line) && !line.includes(" ") ? { more: { "font-family": MONO } } : {}),
    }),
  );
  return element("rect", { ...box, ...fill("paper") }) + words.join("");
}

function arrowSvg({ tone }: GraphEdge, points: readonly Spot[]): string {
  const pen = tone === "cycle" ? { stroke: CYCLE } : stroke("edge");
  const width = tone === "cycle" ? 2.6 : 1.6;
  const line = element("path", {
    d: curve(points),
    fill: "none",
    "stroke-width": width,
    "stroke-dasharray": tone === "maybe" ? "6 4" : undefined,
    ...pen,
  });
  return line + headSvg(points.at(-1)!, points.at(-2)!, tone === "cycle");
}

/** Vertical where it leaves and arrives, smooth between. */
function curve(points: readonly Spot[]): string {
  const p = ({ x, y }: Spot): string => `${coordinate(x)} ${coordinate(y)}`;
  let d = `M${p(points[0]!)}`;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    const y = (a.y + b.y) / 2;
    d += `C${p({ x: a.x, y })} ${p({ x: b.x, y })} ${p(b)}`;
  }
  return d;
}

/** A triangle that points up or down, its tip on the box. */
function headSvg(tip: Spot, before: Spot, isCycle: boolean): string {
  const s = tip.y >= before.y ? -1 : 1;
  const half = isCycle ? 6 : 5;
  const d = `M${coordinate(tip.x)} ${coordinate(tip.y)}l${-half} ${s * 9}h${2 * half}z`;
  return element("path", isCycle ? { d, fill: CYCLE } : { d, ...fill("edge") });
}
