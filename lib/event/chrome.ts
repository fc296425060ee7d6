// ChromeTrace: the events of a run in Chrome's JSON format, for ui.perfetto.dev and chrome://tracing.
//
// A goroutine is a track: slices in which it ran or waited, a mark for every operation, arrows from who started or woke
// it. A lock is a track: who held it. So is a P: whom it ran, with the length of its queue. Tasks and regions are spans.
//
// Invariants: those of chrometracks.ts, and
//  I1. Every event has a time of its own, later than the one before: a step takes no virtual time, so it gets 2 ns, and
//      what happened at the same virtual time still stands in its order.
//  I2. Both ends of an arrow lie within a slice of their track, not at its end: the last slice ends 1 ns after `exit`.

import { type Args, type ChromeTrace, GOROUTINES, LOCKS, PROCS, TASKS, Tracks } from "./chrometracks.js";
import type { EventData, Report, TurnData } from "./report.js";

/** What an event adds to the virtual time. */
const EVENT_NS = 2;

/** What depends on who `g` is: a goroutine, or a thread. */
interface Words {
  /** The lane of `g` in a sentence. */
  lane(g: number): string;
  /** The name of its track. */
  track(g: number): string;
  /** Objects whose holders are known. */
  readonly locks: RegExp;
}

function wordsFor(report: Report): Words {
  const names = new Map(report.goroutines.map((g) => [g.id, g.name]));
  if (report.isOfThreads === true) {
    const lane = (g: number): string => names.get(g) ?? `thread ${g}`;
    return { lane, track: lane, locks: /^mutex#\d+$/ };
  }
  for (const { g, at, callers } of report.events ?? []) {
    const name = (callers?.at(-1) ?? at)?.name;
    if (name !== undefined && !names.has(g)) names.set(g, name.replace(/^.*\./, "")); // it has ended; what it ran tells
  }
  const track = (g: number): string => {
    const name = names.get(g) ?? (g === 1 ? "main" : "");
    return `goroutine ${g}${name === "" ? "" : ` ${name}`}`;
  };
  return { lane: (g) => `goroutine ${g}`, track, locks: /mutex#\d+$/ };
}

function wordsOf(e: EventData): string {
  return e.object === undefined || e.object.startsWith("#") ? e.op : `${e.op} ${e.object}`;
}

function argsOf(e: EventData): Args {
  return {
    step: e.step,
    "virtual ns": e.atNs,
    ...(e.value === undefined ? {} : { value: e.value }),
    ...(e.at === undefined ? {} : { at: `${e.at.file}:${e.at.line}:${e.at.column}` }),
  };
}

/** I1. When each event stands in the trace. Real time needs no steps of its own. */
function timesOf({ events = [], isOfThreads }: Report): number[] {
  let last = -EVENT_NS;
  return events.map((e, i) => {
    last = Math.max(last + EVENT_NS, Math.round(e.atNs) + (isOfThreads === true ? 0 : i * EVENT_NS));
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
  else if (e.what === "park") tracks.begin(GOROUTINES, e.g, `waits: ${wordsOf(e)}`, ns, argsOf(e));
  else if (e.what === "exit")
    tracks.end(GOROUTINES, e.g, ns + 1); // I2
  else if (!tracks.isOpen(GOROUTINES, e.g)) tracks.begin(GOROUTINES, e.g, "running", ns, { step: e.step }); // its start is not known
  if (e.what === "done" || e.what === "wake" || e.what === "panic") {
    const words = e.op === "log" ? (e.value ?? "log") : wordsOf(e);
    const name = e.what === "panic" ? `panic in ${words}` : words;
    tracks.out.push({ name, ph: "i", s: "t", pid: GOROUTINES, tid: e.g, ts: ns / 1000, args: argsOf(e) });
  }
}

/** What the program itself says about its work: tasks go from goroutine to goroutine, regions belong to one. */
function spans(e: EventData, ns: number, tracks: Tracks): void {
  const { task = 0, value: name = "" } = e;
  const region = `goroutine ${e.g}`;
  if (e.op === "newTask")
    tracks.beginSpan({ name, cat: "task", id: task, pid: TASKS, tid: 0 }, ns, { ...argsOf(e), task });
  if (e.op === "endTask") tracks.endSpan("task", task, ns);
  if (e.op === "startRegion")
    tracks.beginSpan({ name, cat: "region", id: region, pid: GOROUTINES, tid: e.g }, ns, {
      ...argsOf(e),
      task,
    });
  if (e.op === "endRegion") tracks.endSpan("region", region, ns);
}

/** Who holds a lock for itself: from its `lock` to the `unlock`, or to the next one's `lock`. */
function lockLane(e: EventData, ns: number, tracks: Tracks, tids: Map<string, number>, words: Words): void {
  const { object } = e;
  if (object === undefined || !words.locks.test(object) || (e.what !== "done" && e.what !== "wake")) return;
  let tid = tids.get(object);
  if (tid === undefined) {
    tid = tids.size + 1;
    tids.set(object, tid);
    tracks.name(LOCKS, tid, "thread_name", object);
  }
  if (e.op === "lock") tracks.begin(LOCKS, tid, `held by ${words.lane(e.g)}`, ns, argsOf(e));
  if (e.op === "unlock") tracks.end(LOCKS, tid, ns);
}

/** What each P ran from one of its turns to the next, and how many wait in its queue. */
function procLanes(report: Report, times: readonly number[], tracks: Tracks, words: Words): void {
  const { turns = [], events = [] } = report;
  if (turns.length === 0) return;
  tracks.name(PROCS, 0, "process_name", "Ps");
  const last = new Map<number, { ns: number; queued: number }>();
  let next = 0;
  for (const turn of turns) {
    while (next < events.length && (events[next] as EventData).step < turn.step) next++;
    const known = last.get(turn.proc);
    if (known === undefined) tracks.name(PROCS, turn.proc, "thread_name", `P${turn.proc}`);
    const ns = Math.max((known?.ns ?? -1) + 1, turnNs(turn, next, times));
    if (turn.g === undefined) tracks.end(PROCS, turn.proc, ns);
    else tracks.begin(PROCS, turn.proc, words.track(turn.g), ns, { step: turn.step });
    const queued = turn.queued[turn.proc] ?? 0;
    if (queued !== known?.queued) {
      const entry = { name: `queue of P${turn.proc}`, ph: "C", pid: PROCS, tid: turn.proc } as const;
      tracks.out.push({ ...entry, ts: ns / 1000, args: { goroutines: queued } });
    }
    last.set(turn.proc, { ns, queued });
  }
}

/** A turn begins with its first event, also on the clock of the trace; one without event stands where its step would. */
function turnNs({ g, atNs }: TurnData, next: number, times: readonly number[]): number {
  const first = times[next];
  return g !== undefined && first !== undefined ? first : Math.round(atNs) + next * EVENT_NS;
}

/**
 * Makes a trace for ui.perfetto.dev from a report with events: a track per goroutine (ran, waited for what, each
 * operation, arrows from who woke it), per mutex (who held it), and per P (whom it ran, its queue) in a run of the strategy
 * `gmp`; tasks and regions as spans. Of a recording of real threads there is a track per thread. Write
 * `JSON.stringify(chromeTrace(report))` to a file.
 *
 * Every event gets 2 ns besides its virtual time, so that what happens at one virtual time keeps its order. Readers of an
 * RWMutex, and locks got by `tryLock`, are not shown as holding.
 *
 * **Cost:** O(events + turns).
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
 * const slices = chromeTrace(seen).traceEvents.filter((e) => e.ph === "X");
 * const ofGoroutines = slices.filter((e) => e.pid === 1);
 * console.log(ofGoroutines.map((e) => `${e.tid} ${e.name}`).join(", "));
 * // prints: 1 running, 2 running, 1 waits: recv chan#1, 1 running
 */
export function chromeTrace(report: Report): ChromeTrace {
  const { events } = report;
  if (events === undefined) {
    throw new TypeError("chromeTrace: expected a report with events; ask for them with `trace: true`");
  }
  const tracks = new Tracks();
  const words = wordsFor(report);
  const times = timesOf(report);
  const deeds = new Deeds();
  const locks = new Map<string, number>();
  const seen = new Set<number>();
  tracks.name(GOROUTINES, 0, "process_name", report.isOfThreads === true ? "threads" : "goroutines");
  tracks.name(LOCKS, 0, "process_name", "locks");
  if (events.some((e) => e.op === "newTask")) tracks.name(TASKS, 0, "process_name", "tasks");
  events.forEach((e, i) => {
    const ns = times[i] as number;
    if (!seen.has(e.g)) {
      seen.add(e.g);
      tracks.name(GOROUTINES, e.g, "thread_name", words.track(e.g));
    }
    lane(e, ns, tracks);
    spans(e, ns, tracks);
    lockLane(e, ns, tracks, locks, words);
    arrow(e, i, ns, tracks, deeds);
    deeds.add(e, ns);
  });
  procLanes(report, times, tracks, words);
  tracks.endAll((times.at(-1) ?? 0) + EVENT_NS);
  return { traceEvents: tracks.out, displayTimeUnit: "ns" };
}
