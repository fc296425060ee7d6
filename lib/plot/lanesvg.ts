// Lanes as SVG: a vertical line a goroutine, a dot a step, and the path that control took between them.
import { placeOf } from "../event/index.js";
import { fill, MONO, stroke, svgDocument, textAt } from "./frame.js";
import { type LaneRow, type LaneTable, notShown } from "./lanes.js";
import { coordinate, element } from "./markup.js";
import { COLORS } from "./palette.js";
import { clip } from "./textwidth.js";

const ROW_PX = 24;
const STEP_PX = 42;
const LEFT_PX = 58;
/** Room for the virtual time, in runs that use it. */
const TIME_PX = 62;
const TOP_PX = 88;
const MONO_PX = 7.3; // width of a character at 12 px

const WAIT_COLOR = COLORS[1]!;
const ACT_COLOR = COLORS[0]!;
const WAKE_COLOR = COLORS[2]!;

/** Longer lines are cut: the text form beside the picture has them whole. */
const FOOT_CHARACTERS = 130;
const TITLE_CHARACTERS = 90;
const TITLE_PX = 8.6; // width of a character at 16 px

const LEGEND = "● does it   ○ begins to wait   ▲ goes on (← woken by)   ■ ends   ⋮ waits";

/** The texts around the lanes. */
export interface LaneWords {
  readonly title: string;
  /** Stands for the picture where it is not seen. */
  readonly alt: string;
  /** Stand below the lanes, a line each. */
  readonly notes: readonly string[];
}

/** Returns the lanes as a whole `<svg>` element. */
export function lanesSvg(lanes: LaneTable, { title: words, alt, notes }: LaneWords): string {
  const xs = columnPositions(lanes);
  const foot = [...notShown(lanes, FOOT_CHARACTERS), ...notes].map((line) => clip(line, FOOT_CHARACTERS));
  const placePx = xs[lanes.columns.length]!;
  const heading = clip(words, TITLE_CHARACTERS);
  const widthPx = Math.max(
    560,
    placePx + 190,
    heading.length * TITLE_PX + 40,
    ...foot.map((line) => line.length * MONO_PX + 40),
  );
  const bottom = TOP_PX + lanes.rows.length * ROW_PX;
  const heightPx = bottom + 20 + foot.length * 18 + 8;
  const title = textAt(20, 30, heading, {
    sizePx: 16,
    more: { "font-weight": "600" },
  });
  const heads = lanes.columns
    .map((column, c) => {
      const name = clip(column.name, 22);
      return textAt(xs[c]! - 4, 74, `g${column.g} ${name}`, { sizePx: 13, more: { "font-weight": "600" } });
    })
    .join("");
  const rows = lanes.rows.map((row, r) => rowSvg(row, r, lanes, xs, placePx)).join("");
  const last = foot
    .map((line, i) => textAt(20, bottom + 26 + i * 18, line, { ink: "muted", more: { "font-family": MONO } }))
    .join("");
  const legend = lanes.rows.length === 0 ? "" : textAt(20, 48, LEGEND, { sizePx: 11, ink: "muted" });
  const drawing = title + legend + heads + laneSvg(lanes, xs) + controlSvg(lanes, xs) + rows + last;
  return svgDocument(Math.ceil(widthPx), heightPx, alt, drawing);
}

/** The left edge of each lane, and one more: where the places stand. */
function columnPositions(lanes: LaneTable): number[] {
  const xs: number[] = [];
  const hasTime = lanes.rows.some((row) => typeof row !== "number" && row.time !== "");
  let x = LEFT_PX + 12 + (hasTime ? TIME_PX : 0);
  for (const column of lanes.columns) {
    xs.push(x);
    let widest = column.name.length + 4;
    for (const row of lanes.rows) {
      if (typeof row !== "number" && row.g === column.g)
        widest = Math.max(widest, clip(row.text, 34).length + 3);
    }
    x += Math.max(90, widest * MONO_PX + 24);
  }
  return [...xs, x];
}

function yOf(row: number): number {
  return TOP_PX + row * ROW_PX + ROW_PX / 2;
}

/** The lanes themselves: a line while the goroutine can run, dashes while it waits. */
function laneSvg(lanes: LaneTable, xs: readonly number[]): string {
  let svg = "";
  lanes.columns.forEach((column, c) => {
    const x = coordinate(xs[c]!);
    let ready = "";
    let waiting = "";
    lanes.rows.forEach((row, r) => {
      const before = r === 0 ? undefined : stateAt(lanes, r - 1, c);
      const after = typeof row === "number" ? before : row.states[c];
      const [top, middle, end] = [yOf(r) - ROW_PX / 2, yOf(r), yOf(r) + ROW_PX / 2].map(coordinate);
      // A goroutine's own row changes its state in the middle; other rows leave it as it is.
      const upper = typeof row !== "number" && row.g === column.g ? before : after;
      if (upper === "ready") ready += `M${x} ${top}V${middle}`;
      if (upper === "waiting") waiting += `M${x} ${top}V${middle}`;
      if (after === "ready") ready += `M${x} ${middle}V${end}`;
      if (after === "waiting") waiting += `M${x} ${middle}V${end}`;
    });
    if (ready !== "")
      svg += element("path", { d: ready, fill: "none", "stroke-width": 2, ...stroke("edge") });
    if (waiting !== "") {
      const dash = { stroke: WAIT_COLOR, "stroke-width": 2, "stroke-dasharray": "2 4" };
      svg += element("path", { d: waiting, fill: "none", ...dash });
    }
  });
  return svg;
}

function stateAt(lanes: LaneTable, row: number, column: number): string | undefined {
  for (let r = row; r >= 0; r--) {
    const at = lanes.rows[r]!;
    if (typeof at !== "number") return at.states[column];
  }
  return undefined;
}

/** A thin line from each step to the next where control moved to another goroutine. */
function controlSvg(lanes: LaneTable, xs: readonly number[]): string {
  let d = "";
  lanes.rows.forEach((row, r) => {
    const before = lanes.rows[r - 1];
    if (typeof row === "number" || before === undefined || typeof before === "number" || row.g === before.g)
      return;
    const from = xs[lanes.columns.findIndex((column) => column.g === before.g)]!;
    const to = xs[lanes.columns.findIndex((column) => column.g === row.g)]!;
    const edge = coordinate(yOf(r) - ROW_PX / 2);
    d += `M${coordinate(from)} ${coordinate(yOf(r - 1))}V${edge}H${coordinate(to)}V${coordinate(yOf(r))}`;
  });
  if (d === "") return "";
  return element("path", { d, fill: "none", stroke: ACT_COLOR, "stroke-opacity": 0.55, "stroke-width": 1.2 });
}

function rowSvg(
  row: LaneRow | number,
  r: number,
  lanes: LaneTable,
  xs: readonly number[],
  placePx: number,
): string {
  const y = yOf(r);
  if (typeof row === "number") {
    return textAt(xs[0]!, y + 4, `… ${row} steps left out …`, { ink: "muted" });
  }
  const x = xs[lanes.columns.findIndex((column) => column.g === row.g)]!;
  const step = textAt(STEP_PX, y + 4, String(row.step), { anchor: "end", sizePx: 11, ink: "muted" });
  const time =
    row.time === "" ? "" : textAt(xs[0]! - 28, y + 4, row.time, { anchor: "end", sizePx: 11, ink: "text" });
  const words = textAt(x + 14, y + 4, clip(row.text, 34), { more: { "font-family": MONO } });
  const place = textAt(placePx, y + 4, clip(placeOf(row.at), 26), {
    sizePx: 11,
    ink: "muted",
    more: { "font-family": MONO },
  });
  // A halo of paper under the words keeps them legible where the line of control passes.
  const halo = element("rect", {
    x: x + 11,
    y: y - 9,
    width: clip(row.text, 34).length * MONO_PX + 6,
    height: 18,
    "fill-opacity": 0.85,
    ...fill("paper"),
  });
  return step + time + halo + words + place + markSvg(row.mark, x, y);
}

function markSvg(mark: LaneRow["mark"], x: number, y: number): string {
  switch (mark) {
    case "act":
      return element("circle", { cx: x, cy: y, r: 5, fill: ACT_COLOR });
    case "wait": {
      const ring = element("circle", { cx: x, cy: y, r: 5.5, ...fill("paper") });
      return (
        ring +
        element("circle", { cx: x, cy: y, r: 5, fill: "none", stroke: WAIT_COLOR, "stroke-width": 2.5 })
      );
    }
    case "wake":
      return element("path", { d: `M${x - 5} ${y + 4}L${x} ${y - 6}L${x + 5} ${y + 4}z`, fill: WAKE_COLOR });
    case "start":
      return element("path", { d: `M${x - 6} ${y}h12`, "stroke-width": 2.5, ...stroke("edge") });
    case "end":
      return element("rect", { x: x - 5, y: y - 5, width: 10, height: 10, ...fill("muted") });
    case "panic": {
      const d = `M${x - 5} ${y - 5}l10 10m0 -10l-10 10`;
      return element("path", { d, stroke: WAIT_COLOR, "stroke-width": 3, fill: "none" });
    }
  }
}
