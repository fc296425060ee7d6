// Render: a report of the laboratory for people: verdict first, both sides, the interleaving as lanes, the next step.
//
// Invariants:
//  I1. The same report gives the same text; colour never carries meaning on its own.
//  I2. The text of one report stays under 40 lines.
//  I3. A report that did not end well ends with the command that replays it.
import picocolors from "picocolors";
import type { Report } from "../event/index.js";
import { formatDump } from "../runtime/index.js";
import { type Diagram, diagram } from "./diagram.js";
import { lanesOf } from "./lanes.js";
import { lanesSvg } from "./lanesvg.js";
import { laneLines } from "./lanetext.js";
import { named } from "./named.js";
import { formatCount, formatNs } from "./units.js";
import { headLines } from "./verdicts.js";

/** How a report is written: plain text, text with terminal colours, a picture, or Go's goroutine dump. */
export type RenderForm = "text" | "ansi" | "svg" | "dump";

export interface RenderOptions {
  /** The exercise or file that was run, for the replay command: `06-deadlocks/transfer` or `orders.ts`. */
  readonly source?: string;
  /** The longest line, in characters. Default 110. */
  readonly width?: number;
  /** The most lines of text. Default 39. */
  readonly lines?: number;
}

const WIDTH = 110;
/** The most lines of text of a report: what fits on a screen. */
export const DEFAULT_LINES = 39;
const FEWEST_LANE_ROWS = 6;
const SVG_ROWS = 60;

/**
 * Returns a report as text, as text with terminal colours, as an SVG or as a goroutine dump in Go's format.
 *
 * The text begins with the verdict and ends with the replay command; long runs are cut in the middle and say how many
 * steps are left out. Lanes need events: `report(program, { trace: true })`, or the failure of an exploration.
 *
 * **Cost:** O(events).
 *
 * @throws {RangeError} `` render: expected form to be text, ansi, svg or dump, got "html" ``
 */
export function render(data: Report, form: RenderForm = "text", options: RenderOptions = {}): string {
  if (typeof data !== "object" || data === null || !Array.isArray(data.findings)) {
    const got = data instanceof Promise ? "a promise (write `await` before it)" : String(data);
    throw new TypeError(`render: expected a report, got ${got}`);
  }
  const report = named(data);
  switch (form) {
    case "text":
    case "ansi":
      return reportLines(report, form, options).join("\n");
    case "svg":
      return svgOf(report, options);
    case "dump":
      return dumpOf(report);
    default:
      throw new RangeError(
        `render: expected form to be text, ansi, svg or dump, got ${JSON.stringify(form)}`,
      );
  }
}

/**
 * Returns the interleaving of a report as a diagram for `show`: a lane for each goroutine, a row for each step.
 */
export function lanes(data: Report, options: RenderOptions = {}): Diagram {
  const report = named(data);
  const text = render(report, "text", options);
  return diagram(headLines(report)[0]!, svgOf(report, options), text, altOf(report));
}

function reportLines(report: Report, form: "text" | "ansi", options: RenderOptions): string[] {
  const colors = form === "ansi" ? picocolors.createColors(true) : undefined;
  const limit = options.lines ?? DEFAULT_LINES;
  const head = headLines(report).slice(0, limit - 4);
  const foot = footLines(report, options);
  const width = options.width ?? WIDTH;
  // Besides the rows: their header and legend, a line for goroutines without a column, two empty lines.
  const rows = Math.max(FEWEST_LANE_ROWS, limit - head.length - foot.length - 5);
  const columns = Math.max(2, Math.floor((width - 22) / 17));
  const table = lanesOf(report, { columns, rows });
  const body = table === undefined ? [] : laneLines(table, width, colors);
  const first = head[0]!;
  const painted = colors === undefined ? first : paintVerdict(report, first);
  const space = body.length > 0 ? [""] : [];
  return [painted, ...head.slice(1), ...space, ...body, ...space, ...foot];
}

function paintVerdict(report: Report, text: string): string {
  const colors = picocolors.createColors(true);
  return colors.bold(report.verdict === "ok" ? colors.green(text) : colors.red(text));
}

/** Seed, size and how to see it again. */
export function footLines(report: Report, options: RenderOptions): string[] {
  const time = report.virtualNs > 0 ? `, ${formatNs(report.virtualNs)} of virtual time` : "";
  const steps = `${formatCount(report.steps)} step${report.steps === 1 ? "" : "s"}`;
  const result =
    report.result !== undefined && report.verdict === "ok" ? [`result: ${shortJson(report.result)}`] : [];
  const seed = `seed ${report.seed}, ${steps}${time}`;
  if (report.schedule === "") return [...result, seed];
  const source = options.source;
  const replay =
    source === undefined
      ? `replay: report(program, { schedule: "${report.schedule}" })`
      : `replay: npx hb replay ${shellWord(source)} ${report.schedule}`;
  return [...result, seed, replay];
}

/** A file name with spaces must survive the shell. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
}

/** Returns a result as short text: JSON where it has one. */
export function shortJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? `${v}n` : v));
  } catch {
    // A cycle, or a toJSON that throws: its type must do.
  }
  const shown = text ?? String(value);
  return shown.length > 60 ? `${shown.slice(0, 59)}…` : shown;
}

function altOf(report: Report): string {
  const sides = headLines(report, 1).map((line) => line.trim());
  // Those that have ended are not in `goroutines`; in the events they are.
  const count = new Set([...report.goroutines, ...(report.events ?? [])].map(idOf)).size;
  return `Interleaving of ${count} goroutine${count === 1 ? "" : "s"} in ${report.steps} steps. ${sides.join(". ")}`;
}

function idOf(of: { readonly id: number } | { readonly g: number }): number {
  return "g" in of ? of.g : of.id;
}

function svgOf(report: Report, options: RenderOptions): string {
  const table = lanesOf(report, { columns: 8, rows: SVG_ROWS }) ?? { columns: [], rows: [], others: [] };
  const [head = "", ...below] = headLines(report, 1);
  const isResult = report.verdict === "ok" && report.result !== undefined;
  const title = isResult ? `Result: ${shortJson(report.result)}` : head;
  const foot = footLines(report, options).slice(isResult ? 1 : 0);
  const notes = [...below.map((line) => line.trim()), ...foot];
  return lanesSvg(table, { title, alt: altOf(report), notes });
}

/** As Go prints it on stderr: what ended the program, a blank line, every goroutine. */
function dumpOf(report: Report): string {
  const text = formatDump(report.goroutines);
  const message = (report.error?.message ?? "").split("\n", 1)[0]!;
  const head: Partial<Record<Report["verdict"], string>> = {
    "global-deadlock": "fatal error: all goroutines are asleep - deadlock!",
    panic: message.startsWith("panic: ") ? message : `panic: ${message}`,
    fatal: message.startsWith("fatal error: ") ? message : `fatal error: ${message}`,
  };
  return [head[report.verdict], text].filter((part) => part !== undefined && part !== "").join("\n\n");
}
