// ChromeTrace: the events of a run in Chrome's JSON format, for ui.perfetto.dev and chrome://tracing.
//
// A goroutine is a track: slices in which it ran or waited, a mark for every operation, arrows from who started or woke
// it. A lock is a track: who held it.
//
// Invariants:
//  I1. Slices of one track never overlap, so there is nothing to nest wrongly: each begins where the last one ended.
//  I2. Every event has a time of its own, later than the one before: a step takes no virtual time, so it gets 2 ns, and
//      what happened at the same virtual time still stands in its order.
//  I3. Both ends of an arrow lie within a slice of their track, not at its end: the last slice ends 1 ns after `exit`.
//
// Source: the Trace Event Format (Google, 2016); google/perfetto#4280 for what overlapping slices do. Rejected: B and E
// events, which a goroutine that never ends would leave open.

import type { EventData, Report } from "./report.js";

/** One entry of Chrome's format; times are in microseconds. */
export interface ChromeEvent {
  readonly name: string;
  /** `X` slice, `i` mark, `s` and `f` the ends of an arrow, `M` the name of a track. */
  readonly ph: "X" | "i" | "s" | "f" | "M";
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  readonly bp?: "e";
  readonly s?: "t";
  readonly args?: Readonly<Record<string, string | number>>;
}

/** A trace that Perfetto opens. Plain data: `JSON.stringify` makes the file. */
export interface ChromeTrace {
  readonly traceEvents: readonly ChromeEvent[];
  readonly displayTimeUnit: "ns";
}

const GOROUTINES = 1;
const LOCKS = 2;
/** What an event adds to the virtual time. */
const EVENT_NS = 2;

/** A slice that has begun. */
interface Open {
  readonly name: string;
  readonly fromNs: number;
  readonly args: Record<string, string | number>;
}

/** The tracks of a trace while it is built. */
class Tracks {
  readonly out: ChromeEvent[] = [];
  readonly #open = new Map<string, Open & { pid: number; tid: number }>();

  begin(pid: number, tid: number, name: string, fromNs: number, args: Open["args"]): void {
    this.end(pid, tid, fromNs);
    this.#open.set(`${pid}/${tid}`, { pid, tid, name, fromNs, args });
  }

  /** I1. The slice that is open on a track ends; none open: nothing happens. */
  end(pid: number, tid: number, atNs: number): void {
    const open = this.#open.get(`${pid}/${tid}`);
    if (open === undefined) return;
    this.#open.delete(`${pid}/${tid}`);
    const { name, fromNs, args } = open;
    this.out.push({ name, ph: "X", pid, tid, ts: fromNs / 1000, dur: (atNs - fromNs) / 1000, args });
  }

  endAll(atNs: number): void {
    for (const { pid, tid } of [...this.#open.values()]) this.end(pid, tid, atNs);
  }

  name(pid: number, tid: number, what: "process_name" | "thread_name", name: string): void {
    this.out.push({ name: what, ph: "M", pid, tid, args: { name } });
    if (what === "thread_name")
      this.out.push({ name: "thread_sort_index", ph: "M", pid, tid, args: { sort_index: tid } });
  }
}

function wordsOf(e: EventData): string {
  return e.object === undefined || e.object.startsWith("#") ? e.op : `${e.op} ${e.object}`;
}

function argsOf(e: EventData): Record<string, string | number> {
  return {
    step: e.step,
    "virtual ns": e.atNs,
    ...(e.value === undefined ? {} : { value: e.value }),
    ...(e.at === undefined ? {} : { at: `${e.at.file}:${e.at.line}:${e.at.column}` }),
  };
}

/** I2. When each event stands in the trace. */
function timesOf(events: readonly EventData[]): number[] {
  let last = -EVENT_NS;
  return events.map((e, i) => {
    last = Math.max(last + EVENT_NS, Math.round(e.atNs) + i * EVENT_NS);
    return last;
  });
}

/** When a goroutine last did what may have started or woken another one. */
class Deeds {
  readonly #all = new Map<number, number>();
  readonly #onObject = new Map<string, number>();
  readonly #starts = new Map<number, { g: number; atNs: number }>();

  add(e: EventData, atNs: number): void {
    this.#all.set(e.g, atNs);
    if (e.object !== undefined && e.what !== "park") this.#onObject.set(`${e.g}/${e.object}`, atNs);
    if (e.op === "go" && e.what === "done") this.#starts.set(Number(e.value), { g: e.g, atNs });
  }

  /** Where the arrow to an event begins; undefined when nobody started or woke it. */
  before(e: EventData): { g: number; atNs: number } | undefined {
    if (e.what === "start") return this.#starts.get(e.g);
    if (e.what !== "wake" || e.peer === undefined) return undefined;
    const atNs = this.#onObject.get(`${e.peer}/${e.object}`) ?? this.#all.get(e.peer);
    return atNs === undefined ? undefined : { g: e.peer, atNs };
  }
}

function arrow(e: EventData, id: number, ns: number, tracks: Tracks, deeds: Deeds): void {
  const from = deeds.before(e);
  if (from === undefined) return;
  const both = { name: e.what === "start" ? "starts" : "wakes", cat: "goroutines", id, pid: GOROUTINES };
  tracks.out.push({ ...both, ph: "s", tid: from.g, ts: from.atNs / 1000 });
  tracks.out.push({ ...both, ph: "f", bp: "e", tid: e.g, ts: ns / 1000 });
}

function lane(e: EventData, ns: number, tracks: Tracks): void {
  if (e.what === "start" || e.what === "wake") tracks.begin(GOROUTINES, e.g, "running", ns, { step: e.step });
  if (e.what === "park") tracks.begin(GOROUTINES, e.g, `waits: ${wordsOf(e)}`, ns, argsOf(e));
  if (e.what === "exit") tracks.end(GOROUTINES, e.g, ns + 1); // I3
  if (e.what === "done" || e.what === "wake" || e.what === "panic") {
    const name = e.what === "panic" ? `panic in ${wordsOf(e)}` : wordsOf(e);
    tracks.out.push({ name, ph: "i", s: "t", pid: GOROUTINES, tid: e.g, ts: ns / 1000, args: argsOf(e) });
  }
}

/** Who holds a lock for itself: from its `lock` to the `unlock`, or to the next one's `lock`. */
function lockLane(e: EventData, ns: number, tracks: Tracks, tids: Map<string, number>): void {
  const { object } = e;
  if (object === undefined || !/mutex#\d+$/.test(object) || (e.what !== "done" && e.what !== "wake")) return;
  let tid = tids.get(object);
  if (tid === undefined) {
    tid = tids.size + 1;
    tids.set(object, tid);
    tracks.name(LOCKS, tid, "thread_name", object);
  }
  if (e.op === "lock") tracks.begin(LOCKS, tid, `held by goroutine ${e.g}`, ns, argsOf(e));
  if (e.op === "unlock") tracks.end(LOCKS, tid, ns);
}

/**
 * Makes a trace for ui.perfetto.dev from a report with events: a track per goroutine (ran, waited for what, each
 * operation, arrows from who woke it) and per mutex (who held it). Write `JSON.stringify(chromeTrace(report))` to a file.
 *
 * Every event gets 2 ns besides its virtual time, so that what happens at one virtual time keeps its order. Readers of an
 * RWMutex, and locks got by `tryLock`, are not shown as holding.
 *
 * **Cost:** O(events).
 *
 * @throws {TypeError} ``chromeTrace: expected a report with events; ask for them with `trace: true` ``
 *
 * @example
 * const seen = await report(function* main() {
 *   const c = new Chan(0);
 *   go(function* () {
 *     yield* c.send(1);
 *   });
 *   yield* c.recv();
 * }, { trace: true });
 * const { traceEvents } = chromeTrace(seen);
 * console.log(traceEvents.filter((e) => e.ph === "X").map((e) => `${e.tid} ${e.name}`).join(", "));
 * // prints: 1 running, 2 running, 1 waits: recv chan#1, 1 running
 */
export function chromeTrace(report: Report): ChromeTrace {
  const { events } = report;
  if (events === undefined) {
    throw new TypeError("chromeTrace: expected a report with events; ask for them with `trace: true`");
  }
  const tracks = new Tracks();
  const names = new Map(report.goroutines.map((g) => [g.id, g.name]));
  const times = timesOf(events);
  const deeds = new Deeds();
  const locks = new Map<string, number>();
  const seen = new Set<number>();
  tracks.name(GOROUTINES, 0, "process_name", "goroutines");
  tracks.name(LOCKS, 0, "process_name", "locks");
  events.forEach((e, i) => {
    const ns = times[i] as number;
    if (!seen.has(e.g)) {
      seen.add(e.g);
      const name = names.get(e.g) ?? (e.g === 1 ? "main" : "");
      tracks.name(GOROUTINES, e.g, "thread_name", `goroutine ${e.g}${name === "" ? "" : ` ${name}`}`);
    }
    lane(e, ns, tracks);
    lockLane(e, ns, tracks, locks);
    arrow(e, i, ns, tracks, deeds);
    deeds.add(e, ns);
  });
  tracks.endAll((times.at(-1) ?? 0) + EVENT_NS);
  return { traceEvents: tracks.out, displayTimeUnit: "ns" };
}
