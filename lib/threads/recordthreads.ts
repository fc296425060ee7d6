// RecordThreads: what real threads waited for and held, recorded in the laboratory's trace model.

import { setEnvironmentData } from "node:worker_threads";
import type { GoroutineData, Report } from "../event/index.js";
import { checkCount } from "./memory.js";
import { CAPACITY, Code, EVERY, HAS_STACKS, NUMBER, ON, traceWords, WITHOUT_SLOT } from "./tracelayout.js";
import { eventsFrom, laneName, laneOf, type Noted, readNotes } from "./tracereader.js";
import { isTracing, nowNs, TRACE_KEY, traceInto } from "./tracewriter.js";

/** Options of a recording. */
export interface RecordThreadsOptions {
  /** Record one of so many waits and holds; profiles multiply by it. Default 1: all of them. */
  readonly sampleEvery?: number;
  /** Where in the program each happened, with its callers: some 30 us an event. Default true. */
  readonly stacks?: boolean;
  /** How many events of each thread are kept: the last ones. 32 bytes each. Default 16,384. */
  readonly eventsPerThread?: number;
}

/** A recording that goes on. */
export interface ThreadRecording {
  /** What was recorded so far. */
  report(): Report;
  /** Ends the recording and returns what was recorded. */
  stop(): Report;
}

const DEFAULT_EVENTS = 16_384;
const MOST_EVENTS = 1 << 20;
const MOST_EVERY = 1_000_000;
let recordings = 0;

/**
 * Records what threads wait for, hold, free and hand over: those of teams that start from now on, `Worker`s that start
 * from now on, and this one. The report is one of the laboratory's, with `isOfThreads`: `g` is the number of a thread, or of a task that
 * awaits, times are real, zero is the start of the recording. `chromeTrace`, `blockProfile`, `mutexProfile` and the pictures take it.
 *
 * Every wait of every primitive is recorded. Holds and hand-overs are those of each `Mutex` and reader-writer lock, of readers too, that is
 * made or attached from now on; those handed to a team are attached when it starts.
 *
 * The report's `metrics` say what is missing: `eventsLost` (a thread wrote more than it may keep; the oldest go first),
 * `stacksLost`, `bodiesWithoutSlot` (more than 64 threads), and `sampleEvery`.
 *
 * **Cost:** off: nothing for lock + unlock, one comparison where a thread is about to sleep. On: about 30 us an
 * event, without stacks 0.5 us; with `sampleEvery: 100` a lock + unlock takes about 0.5 us longer.
 * **Limits:** one recording at a time. Of a `Semaphore` and of what is not a lock there are waits only. What an upgrade waited for is in
 * `blockProfile`, not in `mutexProfile`.
 *
 * @throws {RangeError} `recordThreads: a recording goes on already; stop it first`
 * @example
 * const recording = recordThreads();
 * const mu = new Mutex();
 * await team(2, (t, mu) => {
 *   mu.withLock(() => {});
 * }, { args: [mu] });
 * const { events } = recording.stop();
 * console.log(events?.filter((e) => e.op === "unlock" && e.object === "mutex#1").length); // prints: 2
 */
export function recordThreads(options: RecordThreadsOptions = {}): ThreadRecording {
  const { sampleEvery = 1, stacks = true, eventsPerThread = DEFAULT_EVENTS } = options;
  checkCount("recordThreads", "sampleEvery", sampleEvery, 1, MOST_EVERY);
  checkCount("recordThreads", "eventsPerThread", eventsPerThread, 2, MOST_EVENTS);
  if (isTracing()) throw new RangeError("recordThreads: a recording goes on already; stop it first");
  const words = new Int32Array(new SharedArrayBuffer(traceWords(eventsPerThread) * 4));
  words[EVERY] = sampleEvery;
  words[HAS_STACKS] = stacks ? 1 : 0;
  words[CAPACITY] = eventsPerThread;
  words[NUMBER] = ++recordings;
  Atomics.store(words, ON, 1); // ORDER: release; the buffer travels by message, which orders the rest as well
  const startNs = nowNs();
  const buffer = words.buffer as SharedArrayBuffer;
  setEnvironmentData(TRACE_KEY, buffer);
  traceInto(buffer);
  return {
    report: () => reportOf(words, startNs),
    stop: () => {
      Atomics.store(words, ON, 0); // ORDER: none needed; threads that run on write no more once they see it
      setEnvironmentData(TRACE_KEY, undefined);
      traceInto(undefined);
      return reportOf(words, startNs);
    },
  };
}

function reportOf(words: Int32Array, startNs: number): Report {
  const { noted, threads, lost, stacksLost } = readNotes(words);
  const events = eventsFrom(noted, startNs);
  return {
    verdict: "ok",
    findings: [],
    seed: "",
    schedule: "",
    isOfThreads: true,
    steps: events.length,
    virtualNs: Math.max(nowNs() - startNs, events.at(-1)?.atNs ?? 0),
    goroutines: lanesOf(noted),
    metrics: {
      threads: threads.length,
      sampleEvery: words[EVERY]!,
      eventsLost: lost,
      stacksLost,
      bodiesWithoutSlot: words[WITHOUT_SLOT]!,
    },
    events,
  };
}

/** Each thread and task that did something, and how it stands at the end. */
function lanesOf(noted: readonly Noted[]): GoroutineData[] {
  const last = new Map<number, Noted>();
  for (const one of noted) last.set(laneOf(one), one);
  return [...last]
    .sort(([a], [b]) => a - b)
    .map(([g, { code, task, thread, stack }]): GoroutineData => {
      const isOver = code === Code.EXIT || (task > 0 && code === Code.WAKE);
      const status = code === Code.PARK ? "waiting" : isOver ? "dead" : "running";
      const createdBy = task > 0 ? thread : 0;
      return { id: g, name: laneName(g), status, waitMs: 0, createdBy, stack: isOver ? [] : stack };
    });
}
