// ProcLanes: what each P of Go's scheduler ran when, and how long the run queues were meanwhile.
import type { Report, TurnData } from "../event/index.js";
import { type Diagram, diagram } from "./diagram.js";
import { stroke, svgDocument, textAt } from "./frame.js";
import { coordinate, element, escapeXml } from "./markup.js";
import { COLORS } from "./palette.js";
import { goroutineName, type RunClock } from "./spans.js";
import { textWidth } from "./textwidth.js";
import { columnOf, type TimeArea, timeAxisSvg } from "./timeaxis.js";
import { formatNs, significant } from "./units.js";

export interface ProcLanesOptions {
  readonly title?: string;
}

const MOST = 16;
const BAR_PX = 22;
const QUEUE_PX = 24;
const LANE_PX = BAR_PX + QUEUE_PX + 18;
const TOP_PX = 70;
const LEFT_PX = 96;
const WIDTH_PX = 580;
const LEGEND = "bars: the goroutine that runs · empty: idle · line below: how many wait in the queue";

/** A stretch in which a P did one thing. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly g?: number;
}

/**
 * Draws the Ps of Go's scheduler: a lane each with the goroutine that ran, below it the length of its run queue; the
 * global queue last. Over virtual time where goroutines `work`, else over scheduling steps.
 *
 * Only the strategy `gmp` has Ps: `report(program, { procs: 4, trace: true })`. At most 16 Ps.
 *
 * **Cost:** O(turns x Ps).
 *
 * @throws {TypeError} ``procLanes: expected a report of the strategy gmp with `trace: true` ``
 * @example
 * const seen = await report(function* main() {
 *   const wg = new WaitGroup();
 *   for (let i = 0; i < 4; i++) wg.go(function* worker() { yield* work(4); });
 *   yield* wg.wait();
 * }, { procs: 2, trace: true });
 * console.log(procLanes(seen).text.split("\n")[1]?.split(",")[0]);
 * // prints: P0: busy 100% of 8 ms
 */
export function procLanes(report: Report, options: ProcLanesOptions = {}): Diagram {
  const { turns } = report ?? {};
  if (turns === undefined || turns.length === 0) {
    throw new TypeError("procLanes: expected a report of the strategy gmp with `trace: true`");
  }
  const clock = clockOfTurns(report, turns);
  const procs = turns[0]?.queued.length ?? 0;
  const shown = Array.from({ length: Math.min(MOST, procs) }, (_, proc) => proc);
  const title = options.title ?? `What ran on which P (GOMAXPROCS=${procs})`;
  const lanes = shown.map((proc) => ({ proc, stretches: stretchesOf(turns, proc, clock) }));
  const most = Math.max(1, ...turns.flatMap((turn) => [...turn.queued, turn.global]));
  const bottomPx = TOP_PX + shown.length * LANE_PX + QUEUE_PX + 4;
  const area: TimeArea = { leftPx: LEFT_PX, widthPx: WIDTH_PX, topPx: TOP_PX - 6, bottomPx, end: clock.end };
  const text = [title, ...lanes.map((lane) => laneText(lane, turns, clock)), globalText(turns)];
  if (procs > MOST) text.push(`… and ${procs - MOST} more Ps`);
  const axisTitle = clock.unit === "time" ? "virtual time" : "scheduling steps";
  const drawn = lanes.map(({ proc, stretches }, i) => {
    const y = TOP_PX + i * LANE_PX;
    const name = textAt(LEFT_PX - 12, y + 15, `P${proc}`, { anchor: "end", more: { "font-weight": "600" } });
    const bars = stretches.map((stretch) => barSvg(stretch, y, area, clock, report)).join("");
    return name + bars + queueSvg(turns, (turn) => turn.queued[proc] ?? 0, y + BAR_PX + 4, most, area, clock);
  });
  const globalY = TOP_PX + shown.length * LANE_PX;
  const global = queueSvg(turns, (turn) => turn.global, globalY, most, area, clock, "global queue");
  const head =
    textAt(24, 30, title, { sizePx: 16, more: { "font-weight": "600" } }) +
    textAt(24, 49, LEGEND, { sizePx: 11, ink: "muted" });
  const alt = text.join(". ");
  const svg = svgDocument(
    LEFT_PX + WIDTH_PX + 46,
    bottomPx + 50,
    alt,
    head + timeAxisSvg(area, clock.words, axisTitle) + drawn.join("") + global,
  );
  return diagram(title, svg, text.join("\n"), alt);
}

type TurnClock = Pick<RunClock, "unit" | "end" | "words"> & { readonly of: (turn: TurnData) => number };

function clockOfTurns(report: Report, turns: readonly TurnData[]): TurnClock {
  const lastNs = Math.max(...turns.map((turn) => turn.atNs));
  if (lastNs > 0)
    return {
      unit: "time",
      end: Math.max(lastNs, report.virtualNs),
      words: (ns) => (ns === 0 ? "0" : formatNs(ns)),
      of: (turn) => turn.atNs,
    };
  const steps = Math.max(1, ...turns.map((turn) => turn.step));
  return { unit: "events", end: steps + 1, words: (v) => String(Math.round(v)), of: (turn) => turn.step };
}

/** What a P did from one of its turns to the next. */
function stretchesOf(turns: readonly TurnData[], proc: number, clock: TurnClock): Stretch[] {
  const own = turns.filter((turn) => turn.proc === proc);
  return own.flatMap((turn, i) => {
    const next = own[i + 1];
    const from = clock.of(turn);
    // A step lasts one step; in virtual time it lasts as long as the P computes.
    const to = next !== undefined ? clock.of(next) : clock.unit === "time" ? from : from + 1;
    if (turn.g === undefined) return [];
    return [{ from, to: clock.unit === "time" ? to : Math.min(to, from + 1), g: turn.g }];
  });
}

function laneText(
  { proc, stretches }: { proc: number; stretches: readonly Stretch[] },
  turns: readonly TurnData[],
  clock: TurnClock,
): string {
  const busy = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const longest = Math.max(0, ...turns.map((turn) => turn.queued[proc] ?? 0));
  const unit = clock.unit === "time" ? clock.words(clock.end) : `${clock.words(clock.end)} steps`;
  return `P${proc}: busy ${significant((100 * busy) / clock.end)}% of ${unit}, longest queue ${longest}`;
}

function globalText(turns: readonly TurnData[]): string {
  return `global queue: at most ${Math.max(0, ...turns.map((turn) => turn.global))}`;
}

function barSvg(
  { from, to, g = 0 }: Stretch,
  y: number,
  area: TimeArea,
  clock: TurnClock,
  report: Report,
): string {
  const x = columnOf(area, from);
  const widthPx = columnOf(area, to) - x;
  const color = COLORS[(g - 1) % COLORS.length]!;
  const title = element(
    "title",
    {},
    escapeXml(`${goroutineName(report, report.events ?? [], g)}, ${clock.words(from)} to ${clock.words(to)}`),
  );
  // A turn that takes no time is a mark.
  if (widthPx < 1.5) {
    const d = `M${coordinate(x)} ${y}v${BAR_PX}`;
    return element("path", { d, fill: "none", stroke: color, "stroke-width": 1.5 }, title);
  }
  const box = { x: x + 0.5, y, width: Math.max(1, widthPx - 1), height: BAR_PX, rx: 2 };
  const bar = element(
    "rect",
    { ...box, fill: color, "fill-opacity": 0.3, stroke: color, "stroke-width": 1.2 },
    title,
  );
  const label = `g${g}`;
  if (textWidth(label, 11) * 1.15 + 4 > widthPx) return bar;
  return bar + textAt(x + widthPx / 2, y + 15, label, { anchor: "middle", sizePx: 11 });
}

/** The length of a queue as steps, all queues to one scale. */
function queueSvg(
  turns: readonly TurnData[],
  length: (turn: TurnData) => number,
  topPx: number,
  most: number,
  area: TimeArea,
  clock: TurnClock,
  name = "queue",
): string {
  const base = topPx + QUEUE_PX;
  const height = (turn: TurnData): number => (length(turn) / most) * (QUEUE_PX - 3);
  let d = `M${coordinate(area.leftPx)} ${coordinate(base)}`;
  for (const turn of turns)
    d += `H${coordinate(columnOf(area, clock.of(turn)))}V${coordinate(base - height(turn))}`;
  d += `H${coordinate(area.leftPx + area.widthPx)}`;
  const line = element("path", { d, fill: "none", "stroke-width": 1.5, ...stroke("edge") });
  const longest = Math.max(0, ...turns.map(length));
  const right = textAt(area.leftPx + area.widthPx + 8, base - 4, `≤ ${longest}`, {
    sizePx: 10,
    ink: "muted",
  });
  return line + textAt(area.leftPx - 12, base - 4, name, { anchor: "end", sizePx: 10, ink: "muted" }) + right;
}
