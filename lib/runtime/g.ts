// G: a goroutine, which is also the iterable that its blocked operations return.
//
// `yield* mu.lock()` hands an iterator to JavaScript. An operation that can proceed returns the one shared READY
// iterator, which is done at once; one that must wait returns the goroutine itself, whose first `next()` yields
// WAIT up to the scheduler and whose second one, after it was woken, is done. So no operation allocates.
//
// Invariants:
//  I1. READY is armed from the creation of an operation until its `yield*`; a goroutine's phase is NOTED for the
//      same span. Whoever finds one armed has found an operation that was created and never yielded.
//  I2. A goroutine whose phase is PARKED has exactly one waker, or one set of select cases of which one will win.
//  I3. A dead G becomes a new goroutine (Go: gfget) only if nothing can still refer to the old one: `running` and
//      `perform` hand it out and mark it; fast paths put it into queues only, which it leaves before it goes on.
//
// Rejected: generator methods (each level of generator costs 30-46 ns per operation).

import type { Body, Go, Wait } from "../op/index.js";
import { MisuseError, PanicError } from "./errors.js";
import type { Operable, OpKind } from "./opkind.js";
import type { Runtime } from "./runtime.js";
import { Waiter } from "./waitqueue.js";

/** The token that a parked operation yields to the scheduler. */
export const WAIT: Wait = Object.freeze({ wait: true as const });

const PENDING: IteratorResult<Wait, never> = { done: false, value: WAIT };

/** What the next call of `next()` means. */
export const Phase = {
  /** Between operations. */
  IDLE: 0,
  /** Created and not yet iterated: controlled runs (I1). */
  NOTED: 1,
  /** Waits in a queue but was not yet iterated: direct runs (I1). */
  ARMED: 2,
  /** Iterated; the scheduler has control. In controlled runs the operation is announced but not performed. */
  ANNOUNCED: 3,
  /** Iterated and waiting in a queue (I2). */
  PARKED: 4,
  /** The operation is finished: the next `next()` returns its value or throws its error. */
  FINISHED: 5,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

export const Status = { RUNNABLE: 0, RUNNING: 1, WAITING: 2, DEAD: 3 } as const;
export type Status = (typeof Status)[keyof typeof Status];

const STATUS_WORDS = ["runnable", "running", "waiting", "dead"] as const;

class Ready {
  armed: OpKind | null = null; // I1
  readonly result: { done: true; value: unknown } = { done: true, value: undefined };
  [Symbol.iterator](): this {
    return this;
  }
  next(): IteratorResult<Wait, unknown> {
    this.armed = null;
    return this.result;
  }
}

/** The iterator of every operation that could proceed at once. Its result holds the value. */
const ready = new Ready(); // V8 folds it, while an exported binding is loaded at every use
export const READY = ready;

/** The iterator of every operation without a value that could proceed at once. It arms READY, too. */
export const DONE = {
  [Symbol.iterator]() {
    return this;
  },
  next(): IteratorResult<Wait, void> {
    ready.armed = null;
    return STEP_RESULT;
  },
};

/** The iterator of every step in a direct run: it has happened already. */
export const STEP_DONE = {
  may: true as const,
  [Symbol.iterator]() {
    return this;
  },
  next(): IteratorResult<Wait, void> {
    return STEP_RESULT;
  },
};
const STEP_RESULT: IteratorReturnResult<void> = { done: true, value: undefined };

/** The one shared result of goroutines' own iterators; read by `yield*` before anything else can run. */
const RESULT: { done: true; value: unknown } = { done: true, value: undefined };

/** While a stack is taken: called by the goroutine's `next()`, which then parks again, so that nothing else moves. */
let probe: (() => void) | null = null;

/** Resumes the generator of `g`, which is parked, down to its own iterator and calls `take` there. */
export function probeStack(g: G, take: () => void): void {
  probe = take;
  try {
    g.gen.next();
  } finally {
    probe = null;
  }
}

const { IDLE, NOTED, ARMED, ANNOUNCED, PARKED, FINISHED } = Phase;

function* unbegun(): Go {}

/** What a goroutine is called that runs `body`; `func` is Go's word for one without a name. */
export function bodyName(body: { readonly name: string }): string {
  return body.name === "" ? "func" : body.name;
}

/** Stands for the generator of a goroutine that has not begun. */
export const UNBEGUN: Go<unknown> = unbegun();

export class G extends Waiter {
  readonly rt: Runtime;
  id = 0;
  /** What it was started with. */
  body: Body<never[]> = unbegun;
  /** What runs; UNBEGUN before its first step, so that who waits for its turn costs little. */
  gen: Go<unknown> = UNBEGUN;
  createdBy = 0;
  phase: Phase = IDLE;
  status: Status = Status.RUNNABLE;
  hasStarted = false;
  /** True once somebody outside the queues of channels and locks may have kept it: then it is not used again (I3). */
  isKnown = false;

  /** The operation it announced, is performing, or waits in. */
  kind: OpKind | null = null;
  object: Operable | null = null;
  /** That operation's argument; of `work`, the nanoseconds that are left; before the first step, the body's arguments. */
  arg: unknown = undefined;
  /** True when `kind` is a Step: it may stay un-yielded and is then performed at the next runtime call. */
  isStep = false;

  /** What the operation will return. */
  value: unknown = undefined;
  /** What it will throw instead, or null. A text becomes a panic, e.g. `send on closed channel`. */
  throws: unknown = null;
  /** Who tries again when it is woken, or null when the waker has done everything. */
  again: Operable | null = null;
  /** A number for the use of the object it waits on (a phase, a form, a flag). */
  aux = 0;
  waitSinceNs = 0;
  /** The waiters of its select, while it waits in one. */
  cases: Waiter[] | null = null;
  /** Those of its last select, to be used again. */
  keptCases: Waiter[] | null = null;
  /** Called when it ends; set by WaitGroup.go. */
  onExit: { exited(g: G): void } | null = null;
  /** Counts up each time it becomes runnable: who waited longest to run. */
  readySeq = 0;
  /** Its place in the list of runnable goroutines of a controlled run, or -1. */
  runIndex = -1;
  /** Its place in the list of all live goroutines. */
  liveIndex = -1;

  constructor(rt: Runtime) {
    super();
    this.rt = rt;
  }

  /** Makes it a new goroutine, also when it was one before. */
  renew(id: number, body: Body<never[]>, createdBy: number): void {
    this.id = id;
    this.body = body;
    this.createdBy = createdBy;
    this.hasStarted = false;
  }

  /** Lets go of all that it held; true when it may be used again (I3). */
  retire(): boolean {
    if (this.isKnown) return false;
    this.body = unbegun;
    this.gen = UNBEGUN;
    this.onExit = null;
    return true;
  }

  get name(): string {
    return bodyName(this.body);
  }

  override get goroutine(): G {
    return this;
  }

  get statusWord(): (typeof STATUS_WORDS)[number] {
    return STATUS_WORDS[this.status];
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Wait, unknown> {
    if (probe !== null) {
      probe();
      return PENDING;
    }
    if (this.phase === ARMED) {
      this.phase = PARKED;
      return PENDING;
    }
    if (this.phase !== PARKED) return this.#nextAnnounced();
    if (this.again !== null && !this.#tryAgain(this.again)) return PENDING;
    this.rt.listener?.wake(this);
    return this.#finish();
  }

  #nextAnnounced(): IteratorResult<Wait, unknown> {
    if (this.phase === FINISHED) return this.#finish();
    if (this.phase !== NOTED) {
      throw new MisuseError("an operation was iterated twice: create it anew for every `yield*`");
    }
    this.phase = ANNOUNCED;
    return PENDING;
  }

  #tryAgain(object: Operable): boolean {
    if ((object.resume as (g: G) => boolean).call(object, this)) return true;
    if (this.status === Status.RUNNING) this.status = Status.WAITING;
    this.rt.listener?.park(this, undefined);
    return false;
  }

  #finish(): IteratorResult<Wait, unknown> {
    this.phase = IDLE;
    this.kind = null;
    this.object = null;
    this.again = null;
    if (this.throws !== null) {
      const error = this.throws;
      this.throws = null;
      throw typeof error === "string" ? new PanicError(error) : error;
    }
    RESULT.value = this.value;
    this.value = undefined;
    return RESULT;
  }
}
