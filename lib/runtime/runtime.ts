// Runtime: the state of one run. Who exists, who can go on, what time it is, what was chosen, how it ended.
//
// Invariants:
//  I1. A goroutine is in exactly one place: the run queue (direct) or `runnable` (controlled) when RUNNABLE,
//      nowhere when RUNNING, with its waker when WAITING.
//  I2. `nowNs` moves only in `fireNext`, with the P that has its turn (gmp.ts), and, on the real clock, in `readClock`.
//  I3. After `stop` nothing runs any more; the first reason stands.
//
// The loops that move it are in drive.ts; what it leaves behind is made in ending.ts, dump.ts and run.ts.

import type { Position } from "../event/index.js";
import type { Body, Go } from "../op/index.js";
import type { Bubble } from "./bubble.js";
import type { Bubbles } from "./bubbles.js";
import { current } from "./current.js";
import type { Detector } from "./detector.js";
import { DivergedError, FatalError, MisuseError } from "./errors.js";
import { G, Status, UNBEGUN } from "./g.js";
import { Gmp, type GmpSwitches } from "./gmp.js";
import { compose, type Listener } from "./listener.js";
import { Timings } from "./metrics.js";
import { Random } from "./random.js";
import { type DirectQueue, RunQueue } from "./runq.js";
import { TIMER } from "./schedule.js";
import type { Strategy } from "./strategy.js";
import { type Timer, Timers } from "./timers.js";
import type { Trace } from "./trace.js";
import { TracedGmp } from "./tracedgmp.js";

export type ClockName = "jump" | "free" | "real";

export interface RuntimeConfig {
  readonly clock: ClockName;
  readonly seed: string;
  /** The strategy of a controlled run, or null for a direct one. */
  readonly strategy: Strategy | null;
  /** Ps and switches of Go's scheduler, in direct runs of the strategy gmp. */
  readonly gmp: { readonly procs: number; readonly switches: GmpSwitches } | null;
  readonly maxSteps: number;
  /** Go on after main has returned, until nobody can: to tell who is left blocked. */
  readonly drains: boolean;
  readonly trace: Trace | null;
  /** Who looks for something wrong in the run; asked for findings when it is over. */
  readonly detectors?: readonly Detector[];
  /** Measure what metrics need a look at every step for. */
  readonly measures?: boolean;
  /** Who else listens to the run. */
  readonly listener?: Listener | null;
}

/** Why a run ended, other than by main returning. */
export type Ending =
  | { readonly why: "panic"; readonly error: unknown; readonly g: G }
  | {
      readonly why: "fatal" | "misuse" | "diverged" | "out-of-steps" | "aborted";
      readonly error: unknown;
      readonly g: G | null;
    }
  | { readonly why: "deadlock"; readonly g: null };

/** Among how many timers that are due at the same time a controlled run chooses. */
const MOST_DUE = 8;
/** How many scheduling steps a run may take after main has returned. */
const DRAIN_STEPS = 10_000;
/** Dead goroutines that are kept for use, at most. */
const MOST_FREE = 1 << 17;

const { RUNNABLE, WAITING, DEAD } = Status;

export class Runtime {
  readonly config: RuntimeConfig;
  readonly isControlled: boolean;
  readonly trace: Trace | null;
  readonly timings: Timings | null;
  /** The trace and who else listens, as one; null: nobody. */
  readonly listener: Listener | null;
  timers = new Timers();
  /** The synctest bubbles of this run, once it has had one; and the one whose clock is in place, if one is. */
  bubbles: Bubbles | null = null;
  bubble: Bubble | null = null;
  readonly runq: DirectQueue;
  readonly runnable: G[] = [];
  readonly live: G[] = [];
  /** Choices taken so far in a controlled run, as schedule.ts writes them. */
  readonly choices: number[] = [];
  readonly random: Random;

  nowNs = 0;
  steps = 0;
  created = 0;
  main: G | null = null;
  mainIsDone = false;
  mainCalledGoexit = false;
  result: unknown = undefined;
  ending: Ending | null = null;
  /** Host promises that will still make somebody runnable. */
  pendingHost = 0;
  /** Called when the host has made somebody runnable and the run should go on. */
  onHostReady: (() => void) | null = null;
  lastG: G | null = null;

  /** Of the real clock. */
  readonly #startNs: bigint;
  /** Controlled runs: goroutines by their ids, so that a choice among a hundred thousand costs O(1). */
  readonly #byId: (G | null)[] = [null];
  /** Dead goroutines that can be used again, in direct runs that nobody listens to. Go: gFree */
  readonly #free: G[] = [];
  readonly #isReusing: boolean;
  #readySeq = 0;
  #drainLimit = Number.POSITIVE_INFINITY;

  constructor(config: RuntimeConfig) {
    this.config = config;
    this.isControlled = config.strategy !== null;
    this.trace = config.trace;
    this.timings = config.measures === true ? new Timings() : null;
    const detectors = (config.detectors ?? []).filter((detector) => !detector.isDeaf);
    this.listener = compose([config.trace, ...detectors, this.timings, config.listener]);
    this.#isReusing = !this.isControlled && this.listener === null;
    this.random = new Random(config.seed);
    this.runq = makeQueue(this, config);
    this.#startNs = config.clock === "real" ? process.hrtime.bigint() : 0n;
  }

  /** The run's own time, also while the clock of a bubble is in place. */
  get outsideNs(): number {
    return this.bubble === null ? this.nowNs : this.bubble.outsideNs;
  }

  /** True when main has returned and nobody is left to run for, or the run was stopped. */
  get isOver(): boolean {
    return (
      this.ending !== null || (this.mainIsDone && (!this.config.drains || this.steps >= this.#drainLimit))
    );
  }

  /** Creates a goroutine and makes it runnable. */
  spawn<A extends unknown[]>(body: Body<A>, args: A): G {
    const g = this.launch(body, args);
    g.isKnown = true;
    return g;
  }

  /** As `spawn`, for callers that do not keep the goroutine: when it is dead, it may be used again as another one. */
  launch<A extends unknown[]>(body: Body<A>, args: A): G {
    const gen = this.bubble === null && isGeneratorFunction(body) ? UNBEGUN : begin(body, args);
    const by = current.rt === this ? current.g : null;
    const g = this.#free.length > 0 ? (this.#free.pop() as G) : new G(this);
    g.renew(++this.created, body as unknown as Body<never[]>, by === null ? 0 : by.id);
    if (gen === UNBEGUN) g.arg = args;
    else g.gen = gen;
    this.main ??= g;
    g.liveIndex = this.live.push(g) - 1;
    if (this.isControlled) this.#byId[g.id] = g;
    this.listener?.spawned(g, by);
    if (this.bubble !== null) {
      g.isKnown = true;
      this.bubbles?.adopt(g, this.bubble);
    }
    this.ready(g);
    return g;
  }

  /** Makes `g` runnable. */
  ready(g: G): void {
    g.status = RUNNABLE;
    if (this.isControlled) {
      g.readySeq = ++this.#readySeq;
      g.runIndex = this.runnable.push(g) - 1;
    } else {
      this.runq.push(g);
    }
  }

  /** Makes a goroutine that waits for something runnable again. Called by the operation that ends its wait. */
  wake(g: G): void {
    if (g.status !== WAITING) throw new MisuseError(`goroutine ${g.id} was woken but does not wait`);
    this.listener?.woke(g, current.g);
    this.ready(g);
  }

  /** Marks the goroutine that performs an operation now as waiting. */
  block(g: G): void {
    g.status = WAITING;
    g.waitSinceNs = this.nowNs;
  }

  /** Takes `g` out of the runnable goroutines of a controlled run. O(1). */
  takeRunnable(g: G): void {
    const last = this.runnable.pop() as G;
    if (last !== g) {
      this.runnable[g.runIndex] = last;
      last.runIndex = g.runIndex;
    }
    g.runIndex = -1;
  }

  /** Called when the body of `g` has returned. */
  finished(g: G, result: unknown): void {
    g.status = DEAD;
    const last = this.live.pop() as G;
    if (last !== g) {
      this.live[g.liveIndex] = last;
      last.liveIndex = g.liveIndex;
    }
    g.liveIndex = -1;
    if (this.isControlled) this.#byId[g.id] = null;
    g.onExit?.exited(g);
    this.listener?.exit(g, g === this.main ? result : undefined);
    if (g === this.main && !this.mainCalledGoexit) {
      this.mainIsDone = true;
      this.result = result;
      this.#drainLimit = this.steps + DRAIN_STEPS;
    }
    if (this.#isReusing && this.#free.length < MOST_FREE && g.retire()) this.#free.push(g);
  }

  /** Ends the run; the first reason stands (I3). */
  stop(ending: Ending): void {
    this.ending ??= ending;
  }

  /** Ends the run with a fatal error that no `catch` of the program can undo. */
  fatal(text: string): never {
    const error = new FatalError(text);
    this.stop({ why: "fatal", error, g: current.g });
    throw error;
  }

  /** Ends the run because the library was used in a way that cannot work. */
  misuse(text: string, at?: Position): never {
    const error = new MisuseError(text);
    if (at !== undefined)
      error.stack = `${error.name}: ${text}\n    at ${at.name ?? "?"} (${at.file}:${at.line}:${at.column})`;
    this.stop({ why: "misuse", error, g: current.g });
    throw error;
  }

  /** Takes one of `count` equally likely options: which ready case of a select, for one. */
  pick(count: number): number {
    if (count === 1) return 0;
    if (this.config.strategy === null) return this.random.below(count);
    const option = this.config.strategy.pick(count);
    this.choices.push(-1 - option);
    return option;
  }

  /** Asks the strategy who goes on; null means that the earliest timer fires. */
  choose(): G | null {
    const strategy = this.config.strategy as Strategy;
    const hasTimer = this.config.clock === "free" && this.timers.length > 0;
    if (this.runnable.length === 1 && !hasTimer) return this.runnable[0] as G;
    const last = this.lastG !== null && this.lastG.runIndex >= 0 ? this.lastG : null;
    const id = strategy.next(this.runnable, last, hasTimer);
    this.choices.push(id);
    return id === TIMER ? null : (this.#byId[id] as G);
  }

  /**
   * Moves the clock to the earliest timer and fires it. Which of several that are due at the same time is a choice in
   * a controlled run: Go promises no order (its timers lie in a heap per P).
   */
  fireNext(): void {
    const { g } = current;
    current.g = null; // a timer wakes on nobody's behalf
    const timer = this.isControlled ? this.#oneOfTheEarliest() : this.timers.peek();
    if (timer !== undefined) {
      this.timers.remove(timer);
      this.nowNs = Math.max(this.nowNs, timer.whenNs); // I2
      timer.fire();
    }
    current.g = g;
  }

  #oneOfTheEarliest(): Timer | undefined {
    const due = this.timers.earliest(MOST_DUE);
    try {
      return due[this.pick(due.length)];
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      this.stop({ why: "diverged", error, g: this.lastG });
      return undefined;
    }
  }

  /** On the real clock, reads it and fires what is due. */
  readClock(): void {
    if (this.config.clock !== "real") return;
    this.nowNs = Number(process.hrtime.bigint() - this.#startNs); // I2
    this.runq.clockRead(this.nowNs);
    for (let t = this.timers.peek(); t !== undefined && t.whenNs <= this.nowNs; t = this.timers.peek())
      this.fireNext();
  }
}

/** True for a `function*`: its body does nothing when it is called, so the call can wait for the first step. */
function isGeneratorFunction(body: unknown): boolean {
  return (body as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === "GeneratorFunction";
}

/** Calls a body that need not be a generator function, but must give a generator. */
function begin<A extends unknown[]>(body: Body<A>, args: A): Go<unknown> {
  const gen = body(...args);
  if (typeof (gen as { next?: unknown } | undefined)?.next !== "function") throw notAGenerator(body, gen);
  return gen;
}

function notAGenerator(body: unknown, got: unknown): TypeError {
  const name = typeof body === "function" && body.name !== "" ? body.name : "the body";
  if (got instanceof Promise) {
    got.catch(() => {}); // its error has no reader: what matters is said here
    return new TypeError(
      `go: ${name} is an async function. A goroutine body is a generator: write \`function*\` and \`yield*\` instead of \`async\` and \`await\`.`,
    );
  }
  return new TypeError(
    `go: expected ${name} to be a generator function, got a plain one. Write \`function*\`.`,
  );
}

/** Stands for the queue of a controlled run, which has none. */
const NO_QUEUE = new RunQueue();

function makeQueue(rt: Runtime, { gmp, trace, strategy }: RuntimeConfig): DirectQueue {
  if (strategy !== null) return NO_QUEUE;
  if (gmp === null) return new RunQueue();
  const { procs, switches } = gmp;
  return trace === null ? new Gmp(rt, procs, switches) : new TracedGmp(rt, procs, switches, trace);
}
