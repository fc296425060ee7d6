// start: goroutines inside an ordinary asynchronous program, such as a server: a run that stays open and takes calls.
//
// Invariants:
//  I1. The keeper, goroutine 1, is parked from the first step on and counts as something that the host will wake: so
//      the run neither ends nor finds a deadlock while it is open.
//  I2. A call settles once: by its body, or with the run.
//  I3. The event loop is kept alive by calls that are pending, and by nothing else.
//
// Rejected: a deadlock among calls while the run is open. The next call may be the one that sends.

import type { Body, Go } from "../op/index.js";
import { drive, type Pause } from "./drive.js";
import { describeAll, formatDump } from "./dump.js";
import { endingError } from "./ending.js";
import { FatalError, LeakError, MisuseError } from "./errors.js";
import type { G } from "./g.js";
import { EXIT } from "./goexit.js";
import { operate } from "./operate.js";
import type { Operable, OpKind } from "./opkind.js";
import { planRun, type RunOptions } from "./options.js";
import { msToNext } from "./run.js";
import { Runtime } from "./runtime.js";

/** An open run, into which a server calls. Made by `start`. */
export interface Started {
  /**
   * Runs `body(...args)` as a goroutine and resolves with what it returned. A throw rejects this call with what was
   * thrown, unchanged; the other calls go on (Go's net/http does the same; elsewhere in Go a panic ends the process).
   *
   * @throws {TypeError} `` call: expected `body` to be a generator function, got undefined ``
   * @throws {Error} `start: the run was stopped`; `runtime.Goexit was called`
   * @throws {PanicError | FatalError | MisuseError} what ended the run: a panic in a goroutine that no call is, a
   * fatal error anywhere
   * @throws {DeadlockError} `fatal error: all goroutines are asleep - deadlock!`, when `stop` was called and nobody is
   * left who could wake this call
   */
  call<A extends unknown[], T>(body: Body<A, T>, ...args: A): Promise<T>;
  /**
   * Refuses further calls, waits for those that are pending, and drops the goroutines that are left. There is no
   * limit on the wait: cancel a context, or abort the signal, to hurry.
   *
   * @throws {LeakError} when goroutines are left that nobody could ever wake, neither time nor the host
   * @throws what had ended the run before, unless that was the signal
   */
  stop(): Promise<void>;
}

const OPEN: OpKind = { name: "start", wait: "waiting for calls", edge: "none" };

const opener: Operable = {
  label: "",
  perform(g: G): boolean {
    g.rt.block(g);
    return false;
  },
};

function* keeper(): Go {
  yield* operate<void>(OPEN, opener, undefined); // I1
}

interface Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const FOREVER_MS = 2 ** 30;

/**
 * Opens a run for an ordinary asynchronous program: its request handlers `call` into goroutines that share channels,
 * locks and contexts. Time is the host's; a `Promise` is waited for with `fromPromise`. The event loop gets its turn at
 * least every 10 ms, and is kept alive while calls are pending only.
 *
 * Calls that wait for each other for ever are no error while the run is open, since the next call may wake them; `stop`
 * tells who is left. Aborting `options.signal` ends the run at once: pending calls reject with its reason.
 *
 * **Cost:** a promise and a goroutine per call; starting is about as dear as `run`.
 * **Limits:** the strategies `gmp` and `fifo`; what the host does cannot be replayed.
 * @throws {RangeError} `start: expected strategy gmp or fifo, got "random": calls from the host cannot be replayed`
 * @example
 * import { createServer } from "node:http";
 * const lab = start();
 * const mu = new Mutex();
 * let stock = 1;
 * function* buy(): Go<string> {
 *   yield* mu.lock();
 *   const left = stock;
 *   yield* sleep(1); // asks the warehouse
 *   if (left > 0) stock = left - 1;
 *   mu.unlock();
 *   return left > 0 ? "sold" : "sold out";
 * }
 * const server = createServer(async (_request, response) => {
 *   response.end(await lab.call(buy));
 * });
 * await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
 * const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
 * const answers = await Promise.all([fetch(url), fetch(url)].map(async (r) => (await r).text()));
 * console.log(answers.sort().join(", ")); // prints: sold, sold out
 * server.close();
 * await lab.stop();
 */
export function start(options: RunOptions = {}): Started {
  const plan = planRun(options, "", { clock: "real", maxSteps: Number.POSITIVE_INFINITY, drains: false });
  if (plan.config.strategy !== null) {
    throw new RangeError(
      `start: expected strategy gmp or fifo, got ${JSON.stringify(plan.strategyName)}: calls from the host cannot be replayed`,
    );
  }
  const open = new OpenRun(new Runtime(plan.config), options.signal);
  return { call: (body, ...args) => open.call(body, args), stop: () => open.stop() };
}

class OpenRun {
  readonly #rt: Runtime;
  readonly #signal: AbortSignal | undefined;
  readonly #calls = new Set<Call>();
  readonly #stoppers: Call[] = [];
  readonly #alive = setTimeout(() => {}, FOREVER_MS);
  readonly #pump = (): void => this.#drive();
  readonly #abort = (): void => {
    this.#rt.stop({ why: "aborted", error: this.#signal?.reason, g: null });
    this.#drive();
  };
  #timeout: NodeJS.Timeout | undefined;
  #isScheduled = false;
  #isDriving = false;
  #isStopping = false;
  #isClosed = false;
  /** What ended the run, if it was not `stop`. In a box, since a signal's reason can be anything. */
  #failure: { readonly error: unknown } | null = null;

  constructor(rt: Runtime, signal: AbortSignal | undefined) {
    this.#rt = rt;
    this.#signal = signal;
    this.#alive.unref(); // I3
    rt.spawn(keeper, []);
    rt.pendingHost++; // I1
    rt.onHostReady = () => this.#schedule();
    signal?.addEventListener("abort", this.#abort, { once: true });
    if (signal?.aborted === true) this.#abort();
  }

  call<A extends unknown[], T>(body: Body<A, T>, args: A): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (typeof body !== "function") {
        throw new TypeError(`call: expected \`body\` to be a generator function, got ${String(body)}`);
      }
      if (this.#failure !== null) throw this.#failure.error;
      if (this.#isStopping) throw new Error("start: the run was stopped");
      const call: Call = { resolve: resolve as (value: unknown) => void, reject };
      const g = this.#rt.spawn(served<A>, [this.#calls, call, body, args]);
      Object.defineProperty(g, "name", { value: body.name === "" ? "func" : body.name }); // for dumps
      this.#calls.add(call);
      if (this.#calls.size === 1) this.#alive.ref();
      this.#schedule();
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#isStopping) {
        this.#isStopping = true;
        this.#rt.pendingHost--;
      }
      this.#stoppers.push({ resolve: resolve as (value: unknown) => void, reject });
      if (this.#isClosed) this.#settleStoppers();
      else this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isDriving) return;
    this.#isScheduled = true;
    queueMicrotask(this.#pump);
  }

  #drive(): void {
    this.#isScheduled = false;
    if (this.#isClosed || this.#isDriving) return;
    clearTimeout(this.#timeout);
    this.#isDriving = true;
    let pause: Pause = "over";
    try {
      pause = drive(this.#rt);
    } catch (error) {
      this.#rt.stop({ why: "aborted", error, g: null }); // the host has interrupted
    }
    this.#isDriving = false;
    if (pause === "over") this.#close();
    else if (this.#isStopping && this.#calls.size === 0) this.#close();
    else if (pause === "slice") setImmediate(this.#pump);
    else if (this.#rt.timers.length > 0) this.#timeout = setTimeout(this.#pump, msToNext(this.#rt)).unref();
    if (this.#calls.size === 0) this.#alive.unref();
  }

  #close(): void {
    this.#isClosed = true;
    this.#isStopping = true;
    this.#rt.onHostReady = null;
    this.#signal?.removeEventListener("abort", this.#abort);
    clearTimeout(this.#alive);
    this.#failure = this.#whatEndedIt();
    for (const call of this.#calls) call.reject(this.#failure?.error); // I2
    this.#calls.clear();
    this.#settleStoppers();
  }

  #whatEndedIt(): { readonly error: unknown } | null {
    const { ending } = this.#rt;
    if (ending === null) return null; // somebody still waits for time or the host: dropped
    if (ending.why === "aborted") return { error: ending.error };
    if (ending.why !== "deadlock" || this.#calls.size > 0) return { error: endingError(this.#rt, ending) };
    const left = describeAll(this.#rt, null).filter((g) => g.id !== this.#rt.main?.id);
    if (left.length === 0) return null;
    const many = left.length === 1 ? "one goroutine is" : `${left.length} goroutines are`;
    return { error: new LeakError(`${many} blocked for ever\n\n${formatDump(left)}`) };
  }

  #settleStoppers(): void {
    const isFailed = this.#failure !== null && this.#rt.ending?.why !== "aborted";
    for (const { resolve, reject } of this.#stoppers.splice(0)) {
      if (isFailed) reject(this.#failure?.error);
      else resolve(undefined);
    }
  }
}

/** The goroutine of a call. */
function* served<A extends unknown[]>(calls: Set<Call>, call: Call, body: Body<A>, args: A): Go {
  try {
    const gen = body(...args);
    if (typeof (gen as { next?: unknown } | undefined)?.next !== "function") {
      throw new TypeError(
        `call: expected ${body.name || "the body"} to be a generator function, got a plain one. Write \`function*\`.`,
      );
    }
    const value = yield* gen;
    calls.delete(call);
    call.resolve(value);
  } catch (error) {
    if (error instanceof FatalError || error instanceof MisuseError) throw error; // it ends the run
    calls.delete(call);
    call.reject(error === EXIT ? new Error("runtime.Goexit was called") : error);
    if (error === EXIT) throw error;
  }
}
