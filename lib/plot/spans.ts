// Spans: what each goroutine did from when to when, read from the events of a run.
import type { EventData, Report } from "../event/index.js";
import { formatNs } from "./units.js";

/** What a goroutine waits for: somebody's lock, somebody's value, time, or something else. */
export type WaitKind = "lock" | "channel" | "time" | "other";

/** A stretch in which a goroutine could run, or waited. */
export interface Span {
  readonly g: number;
  /** On the clock of `Clock`. */
  readonly from: number;
  readonly to: number;
  /** Left out: it could run. */
  readonly waits?: { readonly kind: WaitKind; readonly event: EventData };
  /** How it ended, for the last one. */
  readonly end?: "exit" | "panic" | "left";
}

/** Virtual time where the run used any, real time where threads were recorded, else the number of the event. */
export interface RunClock {
  readonly unit: "time" | "events";
  /** What stands at an axis of it. */
  readonly title: string;
  readonly end: number;
  /** Where the event with this index stands. */
  at(index: number): number;
  /** A value of it in words. */
  words(value: number): string;
}

export function clockOf(report: Report, events: readonly EventData[]): RunClock {
  if (report.virtualNs > 0) {
    return {
      unit: "time",
      title: report.isOfThreads === true ? "time since the recording began" : "virtual time",
      end: endOf(report, events),
      at: (index) => events[index]?.atNs ?? report.virtualNs,
      words: (ns) => (ns === 0 ? "0" : formatNs(ns)),
    };
  }
  return {
    unit: "events",
    title: "events, in their order",
    end: Math.max(1, events.length),
    at: (index) => index,
    words: (value) => String(Math.round(value)),
  };
}

/** A recording may go on after its threads have ended; there is nothing to draw then. */
function endOf({ isOfThreads, goroutines, virtualNs }: Report, events: readonly EventData[]): number {
  const isOver = isOfThreads === true && goroutines.every(({ status }) => status === "dead");
  return isOver ? (events.at(-1)?.atNs ?? virtualNs) : virtualNs;
}

/** The events of a report. */
export function eventsOf(report: Report, who: string): readonly EventData[] {
  if (report?.events !== undefined) return report.events;
  throw new TypeError(`${who}: expected a report with events; ask for them with \`trace: true\``);
}

/** Returns the spans of all goroutines, each goroutine's in order of time. **Cost:** O(events). */
export function spansOf(events: readonly EventData[], clock: RunClock): Span[] {
  const spans: Span[] = [];
  const open = new Map<number, { from: number; park?: EventData }>();
  const close = (g: number, to: number, end?: Span["end"]): void => {
    const { from, park } = open.get(g) ?? { from: to };
    const waits = park === undefined ? {} : { waits: { kind: kindOf(park), event: park } };
    if (to > from || end !== undefined)
      spans.push({ g, from, to, ...waits, ...(end === undefined ? {} : { end }) });
    open.delete(g);
  };
  events.forEach((event, i) => {
    const at = clock.at(i);
    if (!open.has(event.g)) open.set(event.g, { from: at });
    if (event.what === "park" || event.what === "wake") {
      close(event.g, at);
      open.set(event.g, event.what === "park" ? { from: at, park: event } : { from: at });
    } else if (event.what === "exit" || event.what === "panic") close(event.g, at, event.what);
  });
  for (const g of [...open.keys()]) close(g, clock.end, "left");
  return spans;
}

function kindOf({ op, object }: EventData): WaitKind {
  if (object === undefined || object.startsWith("#")) {
    if (op === "select") return "channel";
    return op === "sleep" || op === "work" || op === "syscall" ? "time" : "other";
  }
  if (/mutex#|semaphore#|once#/.test(object)) return "lock";
  return /^(?:chan|queue|ring)#/.test(object) ? "channel" : "other";
}

/** The goroutines of findings first, then main, then who did most; in the order of their numbers. */
export function chooseGoroutines(report: Report, events: readonly EventData[], most: number): number[] {
  const count = new Map<number, number>();
  for (const { g } of events) count.set(g, (count.get(g) ?? 0) + 1);
  const named = new Set(report.findings.flatMap((finding) => finding.goroutines));
  const rank = (g: number): number => (named.has(g) ? 2e9 : g === 1 ? 1e9 : (count.get(g) ?? 0));
  return [...count.keys()]
    .sort((a, b) => rank(b) - rank(a) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}

/** `g2 worker`: the name as the report or the source has it. */
export function goroutineName(report: Report, events: readonly EventData[], g: number): string {
  const told = report.goroutines.find((data) => data.id === g)?.name;
  if (report.isOfThreads === true) return told ?? `thread ${g}`;
  const found = told ?? events.find((event) => event.g === g && event.at?.name !== undefined)?.at?.name;
  const name = found ?? (g === 1 ? "main" : "");
  return name === "" ? `g${g}` : `g${g} ${name}`;
}
