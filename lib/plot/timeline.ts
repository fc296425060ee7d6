// Timeline: when each goroutine ran and when it waited, for what.
import { type EventData, placeOf, type Report } from "../event/index.js";
import { type Diagram, diagram } from "./diagram.js";
import { fill, stroke, svgDocument, textAt } from "./frame.js";
import { coordinate, element, escapeXml } from "./markup.js";
import { renamed } from "./named.js";
import { COLORS } from "./palette.js";
import {
  chooseGoroutines,
  clockOf,
  eventsOf,
  goroutineName,
  type RunClock,
  type Span,
  spansOf,
  type WaitKind,
} from "./spans.js";
import { clip, textWidth } from "./textwidth.js";
import { columnOf, type TimeArea, timeAxisSvg } from "./timeaxis.js";

export interface TimelineOptions {
  readonly title?: string;
}

/** Goroutines drawn; the rest is counted. */
const MOST = 24;
const ROW_PX = 26;
const TOP_PX = 78;
const WIDTH_PX = 560;

/** Kinds of wait differ in dash as well as in colour. */
const WAITS: Readonly<Record<WaitKind, { color: string; dash?: string; words: string }>> = {
  lock: { color: COLORS[1]!, words: "a lock" },
  channel: { color: COLORS[2]!, dash: "7 3", words: "a channel" },
  time: { color: "#768390", dash: "2 3", words: "time" },
  other: { color: COLORS[3]!, dash: "8 3 2 3", words: "others" },
};

/**
 * Draws the goroutines of a run over its virtual time (recorded threads over real time): a row each, full where it could run, a line where it waited for a
 * lock, a channel, time or others. A run that used no virtual time is drawn over its events.
 *
 * At most 24 goroutines: those of findings, main, and who did most. For each single step in order see `lanes`.
 *
 * **Cost:** O(events).
 *
 * @throws {TypeError} ``timeline: expected a report with events; ask for them with `trace: true` ``
 * @example
 * const seen = await report(function* main() {
 *   const mu = new Mutex();
 *   go(function* slow() {
 *     yield* mu.lock();
 *     yield* sleep(5);
 *     mu.unlock();
 *   });
 *   yield* sleep(1);
 *   yield* mu.lock();
 * }, { trace: true });
 * console.log(timeline(seen).text.split("\n")[1]);
 * // prints: g1 main: waits 1 ms for time, 4 ms for a lock
 */
export function timeline(report: Report, options: TimelineOptions = {}): Diagram {
  const events = eventsOf(report, "timeline");
  const clock = clockOf(report, events);
  const shown = chooseGoroutines(report, events, MOST);
  const spans = spansOf(events, clock).filter((span) => shown.includes(span.g));
  const names = new Map(shown.map((g) => [g, clip(goroutineName(report, events, g), 24)]));
  const others = new Set(events.map((event) => event.g)).size - shown.length;
  const title = options.title ?? "When each goroutine ran and waited";
  const lines = shown.map((g) => {
    const own = spans.filter((span) => span.g === g);
    return `${names.get(g)}: ${renamed(summary(own, clock), report.names)}`;
  });
  const more = others > 0 ? [`… and ${others} more goroutines`] : [];
  const text = [title, ...lines, ...more];
  const leftPx = 30 + Math.max(40, ...[...names.values()].map((name) => textWidth(name, 12) * 1.15));
  const bottomPx = TOP_PX + Math.max(1, shown.length) * ROW_PX;
  const area: TimeArea = { leftPx, widthPx: WIDTH_PX, topPx: TOP_PX, bottomPx, end: clock.end };
  const axis = timeAxisSvg(area, clock.words, clock.title);
  const rows = shown.map((g, i) => {
    const y = TOP_PX + (i + 0.5) * ROW_PX;
    const name = textAt(leftPx - 10, y + 4, names.get(g)!, { anchor: "end" });
    return (
      name +
      spans
        .filter((span) => span.g === g)
        .map((span) => spanSvg(span, y, area, clock))
        .join("")
    );
  });
  const legend = legendSvg(spans);
  const head = textAt(24, 30, title, { sizePx: 16, more: { "font-weight": "600" } }) + legend.svg;
  const foot = more.map((line) => textAt(24, bottomPx + 56, line, { ink: "muted" })).join("");
  const alt = text.join(". ");
  const heightPx = bottomPx + (more.length > 0 ? 68 : 48);
  const svg = svgDocument(
    Math.ceil(Math.max(leftPx + WIDTH_PX + 40, legend.widthPx + 24)),
    heightPx,
    alt,
    head + axis + rows.join("") + foot,
  );
  return diagram(title, svg, text.join("\n"), alt);
}

function summary(spans: readonly Span[], clock: RunClock): string {
  const sums = new Map<WaitKind, number>();
  for (const { waits, from, to } of spans) {
    if (waits !== undefined) sums.set(waits.kind, (sums.get(waits.kind) ?? 0) + to - from);
  }
  const last = spans.at(-1);
  const parts = [...sums].map(([kind, sum]) => `${clock.words(sum)} for ${WAITS[kind].words}`);
  const left =
    last?.end === "left" && last.waits !== undefined ? `, still in ${wordsOf(last.waits.event)}` : "";
  const waits = parts.length === 0 ? "never waits" : `waits ${parts.join(", ")}`;
  return `${waits}${clock.unit === "events" && parts.length > 0 ? " (counted in events)" : ""}${left}`;
}

function wordsOf(event: EventData): string {
  const object = event.object === undefined || event.object.startsWith("#") ? "" : ` ${event.object}`;
  const place = placeOf(event.at);
  return `${event.op}${object}${place === "" ? "" : ` at ${place}`}`;
}

function spanSvg(span: Span, y: number, area: TimeArea, clock: RunClock): string {
  const x = columnOf(area, span.from);
  const widthPx = Math.max(1.5, columnOf(area, span.to) - x);
  const when = `${clock.words(span.from)} to ${clock.words(span.to)}`;
  if (span.waits === undefined) {
    const bar = { x, y: y - 7, width: widthPx, height: 14, fill: COLORS[0]! };
    const title = element("title", {}, escapeXml(`can run, ${when}`));
    return element("rect", bar, title) + endSvg(span, x + widthPx, y);
  }
  const { color, dash } = WAITS[span.waits.kind];
  const line = element(
    "path",
    {
      d: `M${coordinate(x)} ${y}h${coordinate(widthPx)}`,
      fill: "none",
      stroke: color,
      "stroke-width": span.waits.kind === "lock" ? 6 : 4,
      "stroke-dasharray": dash,
    },
    element("title", {}, escapeXml(`waits: ${wordsOf(span.waits.event)}, ${when}`)),
  );
  return line + endSvg(span, x + widthPx, y);
}

function endSvg({ end, waits }: Span, x: number, y: number): string {
  if (end === "exit") return element("rect", { x: x - 1, y: y - 9, width: 2.5, height: 18, ...fill("text") });
  if (end === "panic") {
    const d = `M${coordinate(x - 6)} ${y - 6}l12 12m0 -12l-12 12`;
    return element("path", { d, fill: "none", "stroke-width": 3, stroke: COLORS[1] });
  }
  // Still waiting when the run was over.
  if (end !== "left" || waits === undefined) return "";
  const d = `M${coordinate(x)} ${y - 6}l7 6l-7 6`;
  return element("path", { d, fill: "none", "stroke-width": 2, ...stroke("text") });
}

/** The legend, of the kinds of wait that occur, and where it ends. */
function legendSvg(spans: readonly Span[]): { svg: string; widthPx: number } {
  let x = 24;
  const y = 54;
  let svg = element("rect", { x, y: y - 7, width: 22, height: 14, fill: COLORS[0] });
  const word = (text: string): void => {
    svg += textAt(x + 28, y + 4, text, { sizePx: 11, ink: "muted" });
    x += 28 + textWidth(text, 11) * 1.15 + 18;
  };
  word("can run");
  for (const [kind, { color, dash, words }] of Object.entries(WAITS)) {
    if (!spans.some(({ waits }) => waits?.kind === kind)) continue;
    const look = { stroke: color, "stroke-width": kind === "lock" ? 6 : 4, "stroke-dasharray": dash };
    svg += element("path", { d: `M${coordinate(x)} ${y}h22`, fill: "none", ...look });
    word(`waits for ${words}`);
  }
  const last = "| ends · ✕ panics · > still waits";
  svg += textAt(x, y + 4, last, { sizePx: 11, ink: "muted" });
  return { svg, widthPx: x + textWidth(last, 11) * 1.15 };
}
