// Lanes as text: one character of lane and the words of the step, column by column.
import type { Colors } from "picocolors/types.js";
import { placeOf } from "../event/index.js";
import { type LaneRow, type LaneState, type LaneTable, notShown } from "./lanes.js";
import { clip } from "./textwidth.js";

const MARKS: Readonly<Record<LaneRow["mark"], string>> = {
  act: "●",
  wait: "○",
  wake: "◉",
  start: "┬",
  end: "┴",
  panic: "✖",
};

const LANES: Readonly<Record<LaneState, string>> = { absent: " ", ready: "│", waiting: "┊", ended: " " };

const LEGEND = "● does it  ○ begins to wait  ┊ waits  ◉ goes on (← woken by)  ┬ starts  ┴ ends";

/** Returns the lanes as lines of at most `width` characters. `colors` paints marks; pass none for plain text. */
export function laneLines(lanes: LaneTable, width: number, colors?: Colors): string[] {
  const places = lanes.rows.map((row) => (typeof row === "number" ? "" : placeOf(row.at)));
  const placeWidth = Math.min(24, Math.max(0, ...places.map((place) => place.length)));
  const steps = lanes.rows.map((row) => (typeof row === "number" ? 0 : row.step));
  const stepWidth = Math.max(4, String(Math.max(0, ...steps)).length);
  const times = lanes.rows.map((row) => (typeof row === "number" ? 0 : row.time.length));
  const timeWidth = Math.max(0, ...times);
  const timeHead = timeWidth === 0 ? "" : `  ${"time".padStart(timeWidth)}`;
  const room = width - stepWidth - timeHead.length - 2 - (placeWidth === 0 ? 0 : placeWidth + 1);
  const widths = columnWidths(lanes, room);
  const paint = painter(colors);
  const lines = [`${"step".padStart(stepWidth)}${timeHead}  ${heads(lanes, widths).join("")}`.trimEnd()];
  lanes.rows.forEach((row, i) => {
    if (typeof row === "number") {
      lines.push(paint.dim(`${"…".padStart(stepWidth)}  … ${row} steps left out …`));
      return;
    }
    lines.push(rowLine(row, places[i]!, lanes, { stepWidth, timeWidth, placeWidth, widths }, paint));
  });
  lines.push(...notShown(lanes, 60).map((line) => `${" ".repeat(stepWidth)}  ${line}`));
  lines.push(paint.dim(LEGEND));
  return lines;
}

interface Widths {
  readonly stepWidth: number;
  /** 0 when the run used no virtual time. */
  readonly timeWidth: number;
  readonly placeWidth: number;
  readonly widths: readonly number[];
}

function rowLine(row: LaneRow, place: string, lanes: LaneTable, w: Widths, paint: Painter): string {
  // Painted text and the plain spaces after it: spaces at the end of the line are dropped.
  const pieces: [painted: string, plain: string, spaces: number][] = lanes.columns.map((column, c) => {
    const width = w.widths[c]!;
    const state = row.states[c]!;
    if (column.g !== row.g) {
      const lane = LANES[state];
      return [lane === " " ? " " : paint.lane(state, lane), lane, width - 1];
    }
    const text = clip(`${MARKS[row.mark]} ${row.text}`, width - 1);
    return [paint.mark(row.mark, text), text, width - [...text].length];
  });
  const shown = clip(place, w.placeWidth);
  pieces.push([` ${shown === "" ? "" : paint.dim(shown)}`, shown, 0]);
  while (pieces[pieces.length - 1]?.[1].trim() === "") pieces.pop();
  const cells = pieces.map(
    ([painted, , spaces], i) => painted + " ".repeat(i === pieces.length - 1 ? 0 : spaces),
  );
  const time = w.timeWidth === 0 ? "" : `  ${row.time.padStart(w.timeWidth)}`;
  return `${paint.dim(String(row.step).padStart(w.stepWidth) + time)}  ${cells.join("")}`;
}

/** As wide as the widest text of the column, cut evenly when the line would be too long. */
function columnWidths(lanes: LaneTable, room: number): number[] {
  const wanted = lanes.columns.map((column, c) => {
    let widest = `g${column.g} ${column.name}`.length;
    for (const row of lanes.rows) {
      if (typeof row !== "number" && row.g === column.g) widest = Math.max(widest, [...row.text].length + 2);
    }
    return Math.max(8, widest + (c === lanes.columns.length - 1 ? 1 : 2));
  });
  let left = room;
  let open = wanted.map((_, c) => c);
  const widths = [...wanted];
  // Narrow columns keep what they want; the wide ones share the rest.
  for (;;) {
    const share = Math.floor(left / Math.max(1, open.length));
    const fitting = open.filter((c) => wanted[c]! <= share);
    if (fitting.length === open.length) return widths;
    if (fitting.length === 0) {
      for (const c of open) widths[c] = Math.max(8, share);
      return widths;
    }
    for (const c of fitting) left -= wanted[c]!;
    open = open.filter((c) => !fitting.includes(c));
  }
}

function heads(lanes: LaneTable, widths: readonly number[]): string[] {
  return lanes.columns.map((column, c) =>
    clip(`g${column.g} ${column.name}`, widths[c]! - 1).padEnd(widths[c]!),
  );
}

interface Painter {
  dim(text: string): string;
  lane(state: LaneState, text: string): string;
  mark(mark: LaneRow["mark"], text: string): string;
}

function painter(colors: Colors | undefined): Painter {
  const plain = (text: string): string => text;
  if (colors === undefined) return { dim: plain, lane: (_, text) => text, mark: (_, text) => text };
  const marks = {
    act: plain,
    wait: colors.yellow,
    wake: colors.green,
    start: colors.dim,
    end: colors.dim,
    panic: colors.red,
  };
  return {
    dim: colors.dim,
    lane: (state, text) => (state === "waiting" ? colors.yellow(text) : colors.dim(text)),
    mark: (mark, text) => marks[mark](text),
  };
}
