// Team: runs one function on several operating-system threads and waits for all of them.
//
// Invariants:
//  I1. The promise settles only when no thread of the team runs the body any more.
//  I2. The first failure stops the team: `t.stopped()` turns true, the team's barrier breaks, and who has not returned
//      after GRACE_MS is ended.
//
// Source: the name and the idea of one body on all threads are those of OpenMP's parallel region.

import { AsyncResource } from "node:async_hooks";
import { Barrier } from "./barrier.js";
import { sourceOf } from "./carry.js";
import { type Ending, hire, type Listener, type Member } from "./crew.js";
import { type CallerStack, failureOf, teamError } from "./failure.js";
import type { ThreadsLibrary } from "./library.js";
import { checkCount, type Handle } from "./memory.js";
import { type Job, STOP_WORD } from "./messages.js";
import { pack, type Shareable } from "./shareable.js";
import { recordingBuffer } from "./tracewriter.js";

/** What a team's body gets as its first parameter. */
export interface Thread {
  /** 0 … count-1. */
  readonly id: number;
  readonly count: number;
  /** The library: `new t.threads.Mutex()`. */
  readonly threads: ThreadsLibrary;
  /** True when the team is to stop: another thread failed, the deadline passed, the signal was aborted. */
  stopped(): boolean;
  /** Sleeps until every thread of the team has come here. Fails when one has ended instead. */
  barrier(): void;
}

/** Options of a team. */
export interface TeamOptions<A> {
  /** The body's parameters after the first. Every thread gets the same. */
  readonly args?: A;
  /** The team is ended and the promise rejects when it runs longer than this, once its threads are up. No limit when absent. */
  readonly deadlineMs?: number | undefined;
  /** Ends the team; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const MOST_THREADS = 256;
/** How long a thread may take to notice `t.stopped()` before it is ended. */
const GRACE_MS = 100;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs `body` on `threads` operating-system threads at once and resolves to their results, by thread number.
 *
 * The body travels as its source: it sees its parameters and the globals of JavaScript, nothing else; the library is `t.threads`.
 * A throw on one thread stops all and rejects with that error. What a body prints appears as if the caller had printed
 * it. Threads are kept for the next team.
 *
 * **Happens-before:** the call synchronizes before each body begins; each body's end before the promise resolves.
 * **Cost:** a first thread takes about 40 ms to start, a kept one 50-100 us, to start and to return.
 * **Limits:** results are structured clones; at most 256 threads; the caller's event loop must be free to notice a failure or the deadline.
 *
 * @throws {FreeNameError} ``team: `body` uses names that do not exist on another thread: rate …``
 * @throws {TeamError} `team: the deadline of 100 ms passed; thread 0 and thread 1 of 2 had to be ended`
 * @example
 * const sum = new Int32Array(new SharedArrayBuffer(4));
 * const ids = await team(2, (t, sum) => {
 *   Atomics.add(sum, 0, 21);
 *   return t.id;
 * }, { args: [sum], deadlineMs: 5000 });
 * console.log(ids, sum[0]); // prints: [ 0, 1 ] 42
 */
export function team<A extends Shareable[] | [], R>(
  threads: number,
  body: (t: Thread, ...args: A) => R | Promise<R>,
  options: TeamOptions<A> = {},
): Promise<Awaited<R>[]> {
  const caller: CallerStack = {};
  return new Promise((resolve, reject) => {
    checkCount("team", "threads", threads, 1, MOST_THREADS);
    checkDeadline(options.deadlineMs);
    options.signal?.throwIfAborted();
    const source = sourceOf(body, "team");
    const args = (options.args ?? []).map((arg: unknown, index: number) => pack(arg, `args[${index}]`));
    const run = new Run(threads, options, caller, (failure, results) => {
      if (failure === undefined) resolve(results as Awaited<R>[]);
      else reject(failure.error);
    });
    const trace = recordingBuffer();
    const more = trace === undefined ? {} : { trace };
    run.start((id, barrier) => ({ id, count: threads, body: source, args, barrier, ...more }));
    Error.captureStackTrace(caller, team); // while the threads wake up; nothing can have failed before this call returns
  });
}

function checkDeadline(deadlineMs: number | undefined): void {
  if (deadlineMs === undefined || (typeof deadlineMs === "number" && deadlineMs > 0)) return;
  throw new RangeError(`team: expected \`deadlineMs\` to be a number > 0, got ${String(deadlineMs)}`);
}

type Settle = (failure: { readonly error: unknown } | undefined, results: readonly unknown[]) => void;

/** One call of `team`. */
class Run {
  readonly #count: number;
  readonly #options: TeamOptions<unknown>;
  readonly #settle: Settle;
  readonly #scope = new AsyncResource("happens-before.team");
  readonly #stop: Int32Array;
  readonly #barrier: Barrier;
  readonly #running = new Map<number, Member>();
  readonly #results: unknown[];
  readonly #caller: CallerStack;
  readonly #undo: (() => void)[] = [];
  #failure: { readonly error: unknown; readonly isConsequence: boolean } | undefined;

  constructor(count: number, options: TeamOptions<unknown>, caller: CallerStack, settle: Settle) {
    this.#count = count;
    this.#caller = caller;
    this.#settle = settle;
    this.#barrier = new Barrier(count);
    this.#stop = new Int32Array(this.#barrier.handle.buffer);
    this.#results = new Array(count);
    this.#options = options;
  }

  start(jobFor: (id: number, barrier: Handle) => Job): void {
    const members = hire(this.#count);
    members.forEach((member, id) => void this.#running.set(id, member));
    for (const [id, member] of this.#running) {
      member.start(jobFor(id, this.#barrier.handle), this.#listener(id));
    }
    const { deadlineMs, signal } = this.#options;
    if (signal !== undefined) this.#watchSignal(signal);
    if (deadlineMs === undefined || deadlineMs > LONGEST_TIMER_MS) return;
    void Promise.all(members.map(({ ready }) => ready)).then(() => this.#watchDeadline(deadlineMs));
  }

  #watchDeadline(deadlineMs: number): void {
    if (this.#running.size === 0) return;
    const late = () => this.#fail(teamError(this.#deadlineText(deadlineMs), this.#caller));
    const timer = setTimeout(late, deadlineMs);
    this.#undo.push(() => clearTimeout(timer));
  }

  #watchSignal(signal: AbortSignal): void {
    const abort = () => this.#fail(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#undo.push(() => signal.removeEventListener("abort", abort));
  }

  #deadlineText(deadlineMs: number): string {
    const late = [...this.#running.keys()].map((id) => `thread ${id}`).join(" and ");
    return `team: the deadline of ${deadlineMs} ms passed; ${late} of ${this.#count} had not returned and had to stop`;
  }

  #listener(id: number): Listener {
    return {
      output: (stream, text) => void this.#scope.runInAsyncScope(() => process[stream].write(text)),
      ended: (ending) => this.#ended(id, ending),
    };
  }

  #ended(id: number, ending: Ending): void {
    this.#running.delete(id);
    if (ending.kind === "done") this.#results[id] = ending.value;
    else {
      const isConsequence = ending.kind === "failed" && ending.isConsequence;
      this.#fail(failureOf(ending, id, this.#count, this.#caller), isConsequence);
    }
    if (this.#running.size > 0) return;
    for (const undo of this.#undo) undo();
    this.#scope.emitDestroy();
    this.#settle(this.#failure, this.#results); // I1
  }

  /** The first failure counts, but one that is only the consequence of another gives way (I2). */
  #fail(error: unknown, isConsequence = false): void {
    const isFirst = this.#failure === undefined;
    if (isFirst || (this.#failure?.isConsequence === true && !isConsequence))
      this.#failure = { error, isConsequence };
    if (!isFirst) return;
    Atomics.store(this.#stop, STOP_WORD, 1); // ORDER: release; pairs with the load in stopped()
    this.#barrier.break();
    const timer = setTimeout(() => {
      for (const member of this.#running.values()) member.end();
    }, GRACE_MS);
    this.#undo.push(() => clearTimeout(timer));
  }
}
