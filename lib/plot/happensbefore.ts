// HappensBefore: why two accesses race: a lane for each goroutine, the edges that order them, and the one that is missing.
import {
  type AccessData,
  type Finding,
  type OrderPoint,
  placeOf,
  type RaceData,
  type Report,
} from "../event/index.js";
import { type Diagram, diagram } from "./diagram.js";
import { fill, MONO, stroke, svgDocument, textAt } from "./frame.js";
import { coordinate, element } from "./markup.js";
import { named } from "./named.js";
import { COLORS } from "./palette.js";
import { clip, textWidth, wrap } from "./textwidth.js";

type Order = NonNullable<RaceData["order"]>;

/** One point on a lane. */
interface Row {
  readonly point: OrderPoint;
  readonly words: string;
  readonly detail: string;
  /** `access`: one of the two; `lost`: lets others come after it, and nobody did in time. */
  readonly kind: "access" | "edge" | "lost";
}

const EDGE = COLORS[2]!;
const RACE = COLORS[1]!;
const LANE_PX = 96;
const LEFT_PX = 50;
const TOP_PX = 108;
const ROW_PX = 34;
const MONO_PX = 7.3;
const LEGEND = "● what a goroutine did · arrow: comes before · dashed with a cross: nothing orders these two";

/**
 * Draws why two accesses race, as a happens-before diagram: a lane for each goroutine that has to do with it, time
 * downwards, an arrow for each edge that orders them, and dashes between the two accesses that none orders.
 *
 * Draws the first race of the report. It needs the order, which a run keeps that records events: the failure of an
 * exploration, or `report(program, { detect: ["race"], trace: true })`.
 *
 * **Cost:** O(edges); at most 12 are in a report, the nearest to the accesses.
 *
 * @throws {RangeError} `happensBefore: expected a report with a data race, got the verdict ok`
 * @throws {RangeError} ``happensBefore: expected a race with its order; ask for it with `trace: true` ``
 * @example
 * const seen = await report(function* () {
 *   const seats = new Cell(1);
 *   go(function* () {
 *     yield* seats.write(0);
 *   });
 *   yield* seats.read();
 * }, { detect: ["race"], trace: true });
 * console.log(happensBefore(seen).text.split("\n")[0]);
 * // prints: DATA RACE on cell#1
 */
export function happensBefore(data: Report): Diagram {
  const report = named(data);
  const race = report.findings.find(
    (finding): finding is Finding & { race: RaceData } => finding.race !== undefined,
  );
  if (race === undefined) {
    throw new RangeError(
      `happensBefore: expected a report with a data race, got the verdict ${report.verdict}`,
    );
  }
  const { order, variable, accesses, advice } = race.race;
  if (order === undefined) {
    throw new RangeError("happensBefore: expected a race with its order; ask for it with `trace: true`");
  }
  const title = `DATA RACE on ${variable}`;
  const rows = rowsOf(order, race.race);
  const names = namesOf(report, accesses);
  const text = textOf(title, rows, order, race.race, names);
  const alt = text.map((line) => line.trim()).join(". ");
  return diagram(title, svgOf(title, rows, order, advice, names, alt), text.join("\n"), alt);
}

function rowsOf(order: Order, { accesses, variable }: RaceData): Row[] {
  const rows = new Map<number, Row>();
  const add = (point: OrderPoint, kind: Row["kind"], detail = "", words = wordsOf(point)): void => {
    if (!rows.has(point.order)) rows.set(point.order, { point, words, detail, kind });
  };
  order.accesses.forEach((point, i) => {
    const access = accesses[i] as AccessData;
    const held = access.locks.length === 0 ? "holding no lock" : `holding ${access.locks.join(", ")}`;
    const verb = access.isWrite ? "write" : "read";
    const op = access.op === undefined || access.op === verb ? "" : ` (${access.op})`;
    add(point, "access", held, `${verb} of ${variable}${op}`);
  });
  for (const { from, to } of order.edges) {
    add(from, "edge");
    add(to, "edge");
  }
  if (order.released !== undefined)
    add(order.released, "lost", "others could come after it; nobody did in time");
  return [...rows.values()].sort((a, b) => a.point.order - b.point.order);
}

function wordsOf({ op, object }: OrderPoint): string {
  if (op === "start") return "starts";
  if (op === "exit") return "ends";
  return object === undefined ? op : `${op} ${object}`;
}

function namesOf(report: Report, accesses: readonly AccessData[]): (g: number) => string {
  const names = new Map(report.goroutines.map((g) => [g.id, g.name]));
  for (const { goroutine, name } of accesses) names.set(goroutine, name);
  return (g) => names.get(g) ?? (g === 1 ? "main" : "");
}

function textOf(
  title: string,
  rows: readonly Row[],
  order: Order,
  { advice }: RaceData,
  nameOf: (g: number) => string,
): string[] {
  const called = (point: OrderPoint): string =>
    `goroutine ${point.goroutine}${nameOf(point.goroutine) === "" ? "" : ` ${nameOf(point.goroutine)}`}`;
  const place = (point: OrderPoint): string => (placeOf(point.at) === "" ? "" : ` at ${placeOf(point.at)}`);
  const lines = rows.map(({ point, words, detail, kind }) => {
    const mark = kind === "access" ? "▶" : " ";
    return `${mark} ${called(point)}: ${words}${place(point)}${detail === "" ? "" : `, ${detail}`}`;
  });
  const edges = order.edges.map(
    ({ from, to }) =>
      `  ${wordsOf(from)} of goroutine ${from.goroutine} comes before ${wordsOf(to)} of goroutine ${to.goroutine}`,
  );
  const [now, before] = order.accesses;
  const missing = `missing: an edge from goroutine ${before.goroutine}${place(before)} to goroutine ${now.goroutine}${place(now)}`;
  return [
    title,
    ...lines,
    "edges:",
    ...(edges.length === 0 ? ["  none between them"] : edges),
    missing,
    advice,
  ];
}

function svgOf(
  title: string,
  rows: readonly Row[],
  order: Order,
  advice: string,
  nameOf: (g: number) => string,
  alt: string,
): string {
  const lanes = [...new Set(rows.map((row) => row.point.goroutine))].sort((a, b) => a - b);
  const x = (g: number): number => LEFT_PX + lanes.indexOf(g) * LANE_PX;
  const at = new Map(rows.map((row, i) => [row.point.order, TOP_PX + i * ROW_PX]));
  const y = (point: OrderPoint): number => at.get(point.order) as number;
  const wordsPx = x(lanes.at(-1) as number) + 46;
  const labels = rows.map((row) => labelOf(row));
  const longest = Math.max(...labels.map(([words, detail]) => words.length * MONO_PX + detail.length * 6.4));
  const widthPx = Math.ceil(Math.max(620, wordsPx + longest + 60));
  const bottom = TOP_PX + (rows.length - 1) * ROW_PX + 22;
  const foot = wrap(advice, widthPx - 60, 12);
  const head =
    textAt(24, 30, title, { sizePx: 16, more: { "font-weight": "600" } }) +
    textAt(24, 49, LEGEND, { sizePx: 11, ink: "muted" });
  const heads = lanes.map((g) => laneSvg(g, nameOf(g), x(g), bottom)).join("");
  const bands = rows
    .filter((row) => row.kind === "access")
    .map((row) => bandSvg(y(row.point), widthPx))
    .join("");
  const edges = order.edges
    .map(({ from, to }) => arrowSvg([x(from.goroutine), y(from)], [x(to.goroutine), y(to)], EDGE, false))
    .join("");
  const [now, before] = order.accesses;
  const missing = missingSvg([x(before.goroutine), y(before)], [x(now.goroutine), y(now)]);
  const dots = rows
    .map((row, i) => rowSvg(row, labels[i]!, x(row.point.goroutine), y(row.point), wordsPx))
    .join("");
  const notes = foot.map((line, i) => textAt(24, bottom + 28 + i * 18, line)).join("");
  const heightPx = bottom + 28 + foot.length * 18;
  return svgDocument(widthPx, heightPx, alt, head + bands + heads + edges + missing + dots + notes);
}

function labelOf({ point, words, detail }: Row): [words: string, detail: string] {
  const rest = [placeOf(point.at), detail].filter((part) => part !== "").join(", ");
  return [clip(`g${point.goroutine} ${words}`, 40), clip(rest, 70)];
}

function laneSvg(g: number, name: string, x: number, bottom: number): string {
  const line = element("path", {
    d: `M${coordinate(x)} 92V${coordinate(bottom)}`,
    fill: "none",
    "stroke-width": 2,
    ...stroke("grid"),
  });
  const bold = { "font-weight": "600" };
  return (
    line +
    textAt(x, 72, `g${g}`, { anchor: "middle", sizePx: 13, more: bold }) +
    textAt(x, 86, clip(name, 14), { anchor: "middle", sizePx: 11, ink: "muted" })
  );
}

function bandSvg(y: number, widthPx: number): string {
  const box = { x: 16, y: y - 14, width: widthPx - 32, height: 28, rx: 5 };
  return element("rect", { ...box, fill: RACE, "fill-opacity": 0.12 });
}

type Place = readonly [x: number, y: number];

function arrowSvg([x1, y1]: Place, [x2, y2]: Place, color: string, isDashed: boolean): string {
  const length = Math.max(1, Math.hypot(x2 - x1, y2 - y1));
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const [fx, fy, tx, ty] = [x1 + ux * 8, y1 + uy * 8, x2 - ux * 8, y2 - uy * 8];
  const p = (a: number, b: number): string => `${coordinate(a)} ${coordinate(b)}`;
  const line = element("path", {
    d: `M${p(fx, fy)}L${p(tx - ux * 6, ty - uy * 6)}`,
    fill: "none",
    stroke: color,
    "stroke-width": isDashed ? 2.4 : 2,
    "stroke-dasharray": isDashed ? "6 5" : undefined,
  });
  const tip = `M${p(tx, ty)}L${p(tx - ux * 9 - uy * 4.5, ty - uy * 9 + ux * 4.5)}L${p(tx - ux * 9 + uy * 4.5, ty - uy * 9 - ux * 4.5)}z`;
  return line + element("path", { d: tip, fill: color });
}

/** The edge that is not there: dashed, with a cross in its middle. */
function missingSvg(from: Place, to: Place): string {
  const [mx, my] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  const halo = element("circle", { cx: mx, cy: my, r: 9, ...fill("paper") });
  const cross = element("path", {
    d: `M${coordinate(mx - 5)} ${coordinate(my - 5)}l10 10m0 -10l-10 10`,
    fill: "none",
    stroke: RACE,
    "stroke-width": 3,
  });
  return arrowSvg(from, to, RACE, true) + halo + cross;
}

function rowSvg(
  { kind }: Row,
  [words, detail]: [string, string],
  x: number,
  y: number,
  wordsPx: number,
): string {
  const dot =
    kind === "access"
      ? element("path", { d: `M${x - 7} ${y}l7 -7l7 7l-7 7z`, fill: RACE })
      : element("circle", { cx: x, cy: y, r: 5, ...(kind === "lost" ? fill("edge") : { fill: EDGE }) });
  const bold = kind === "access" ? { "font-weight": "600" } : {};
  const first = textAt(wordsPx, y + 4, words, { more: { "font-family": MONO, ...bold } });
  const second = textAt(wordsPx + words.length * MONO_PX + 14, y + 4, detail, { sizePx: 11, ink: "muted" });
  return dot + first + (textWidth(detail, 11) === 0 ? "" : second);
}
