// Entry: what a thread runs that takes part in a run. `run.ts` starts it.

import type { Go } from "../op/index.js";
import type { Thread } from "../threads/index.js";
import type { Callable } from "./functions.js";
import { givenIn } from "./given.js";
import { Phase } from "./goroutine.js";
import { Ended, G, S } from "./layout.js";
import { machineOf, objectsOf } from "./machine.js";
import { Scheduler } from "./scheduler.js";
import { type Notes, Recorder } from "./trace.js";
import { addTo } from "./waitgroup.js";
import { endRun, Words } from "./words.js";

/** What the host tells each thread of a run. */
export interface RunJob {
  readonly buffer: SharedArrayBuffer;
  /** The M of the team's first thread; the others follow. */
  readonly firstM: number;
  /** True when the team's first thread begins the program. */
  readonly hasMain: boolean;
  readonly hasTrace: boolean;
  /** The host's numbers of the functions in `[main, …args]`, in the order of `givenIn`. */
  readonly texts: readonly number[];
  readonly startNs: number;
}

/** A goroutine that had not ended when the run did. */
export interface Left {
  readonly id: number;
  readonly name: string;
  readonly parent: number;
  /** Go's wait reason; empty when it could run. */
  readonly reason: string;
  readonly waitMs: number;
  readonly stack: string;
}

/** What a thread leaves behind. */
export interface Leavings {
  readonly id: number;
  readonly left: readonly Left[];
  readonly notes: Notes | undefined;
}

type Main = (face: unknown, ...args: readonly unknown[]) => Go<unknown>;

/** Turns of the event loop in which the loader may close its files. */
const MOST_TURNS = 200;

/**
 * Runs the M of this thread until the run ends. The first time the module loader still has a file to close: a thread that is left so is
 * not used again (crew.ts), and starting one costs more than most runs.
 */
export async function runM(t: Thread, job: RunJob, main: Main, args: readonly unknown[]): Promise<Leavings> {
  for (let turn = 0; turn < MOST_TURNS && process.getActiveResourcesInfo().includes("CloseReq"); turn++)
    await new Promise((resolve) => setImmediate(resolve));
  return runNow(t, job, main, args);
}

function runNow(t: Thread, job: RunJob, main: Main, args: readonly unknown[]): Leavings {
  const s = prepare(t, job, main, args);
  const isMain = job.hasMain && t.id === 0;
  try {
    s.run(isMain ? { body: main, gen: () => main(s.face, ...args) } : undefined);
  } catch (error) {
    if (s.current !== null) s.witness?.failed(s.current, error);
    if (endRun(s.words, Ended.PANIC)) throw error;
  }
  const { witness } = s;
  const notes = witness instanceof Recorder ? { events: witness.events, turns: witness.turns } : undefined;
  return { id: s.id, left: leftOf(s), notes };
}

function prepare(t: Thread, job: RunJob, main: Main, args: readonly unknown[]): Scheduler {
  const given = givenIn([main, args]);
  const s: Scheduler = new Scheduler(
    new Words(job.buffer),
    job.firstM + t.id,
    objectsOf(() => s),
    given,
  );
  const functions = given.filter((one) => typeof one === "function") as Callable[];
  functions.forEach((fn, i) => void s.functions.know(fn, job.texts[i] as number));
  s.face = machineOf(s, t.threads, job.startNs);
  if (job.hasTrace) s.witness = new Recorder(s, job.startNs);
  s.onExit = (address, value) => exited(s, address, value, job);
  return s;
}

function exited(s: Scheduler, address: number, value: unknown, job: RunJob): void {
  const group = s.i32[address + G.GROUP] as number;
  if (group !== 0) addTo(s, group, -1);
  if (!job.hasMain || s.i32[address + G.ID] !== 1) return;
  const cell = s.heap.take(0);
  s.values.put(cell, value, s.current?.body);
  Atomics.store(s.i32, S.RESULT, cell); // ORDER: before the end
  endRun(s.words, Ended.RETURNED);
}

function leftOf(s: Scheduler): Left[] {
  if (s.i32[S.ENDED] !== Ended.DEADLOCK) return [];
  return s.goroutines.map((g) => ({
    id: g.id,
    name: g.name,
    parent: g.parent,
    reason: g.phase === Phase.PARKED && g.reason !== "runnable" ? g.reason : "",
    waitMs: 0,
    stack: g.phase === Phase.PARKED ? g.stack() : "",
  }));
}
