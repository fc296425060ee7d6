// Goroutine: one on its thread: its generator, and the iterable that its waiting operations return.
//
// As in the laboratory: an operation that can proceed returns a shared iterator that is done at once; one that has to
// wait returns the goroutine, whose first `next()` yields to the scheduler and whose second one, after it was woken, is
// done. So no operation allocates.
//
// Invariants:
//  I1. A goroutine that is ARMED stands in a queue and was not yet iterated. Whoever finds it so, or finds READY armed,
//      has found an operation that was created and never yielded.
//
// Source: lib/runtime/g.ts.

import type { Go, Wait } from "../op/index.js";
import type { Callable } from "./functions.js";
import type { Scheduler } from "./scheduler.js";
import type { Enrolled } from "./select.js";

const PENDING: IteratorResult<Wait, never> = { done: false, value: Object.freeze({ wait: true as const }) };

export const Phase = { IDLE: 0, ARMED: 1, PARKED: 2 } as const;

/** What a woken goroutine does first. */
export interface Resumption {
  /** Sets `g.value`, or throws; false when it has to wait again. */
  resume(g: Goroutine): boolean;
}

/** The operation has its value already. */
export const HAS_VALUE: Resumption = { resume: () => true };

const RESULT: { done: true; value: unknown } = { done: true, value: undefined };

/** While a stack is taken: what the goroutine's `next()` calls before it parks again. */
let probe: (() => void) | null = null;

export class Goroutine {
  readonly scheduler: Scheduler;
  /** Its record in shared memory. */
  address = 0;
  local = 0;
  id = 0;
  parent = 0;
  body: Callable = nobody;
  gen: Go<unknown> = NOT_BEGUN;
  phase: number = Phase.IDLE;
  resumption: Resumption = HAS_VALUE;
  value: unknown = undefined;
  /** Go's wait reason, while it waits. */
  reason = "";
  /** The operation, and the address of what it waits for. */
  op = "";
  object = 0;
  /** What it waits on besides: a select's cases. */
  cases: readonly Enrolled[] | null = null;
  sinceMs = 0;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  get name(): string {
    return this.body.name === "" ? "func" : this.body.name;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Wait, unknown> {
    if (probe !== null) {
      probe();
      return PENDING;
    }
    if (this.phase === Phase.ARMED) {
      this.phase = Phase.PARKED;
      return PENDING;
    }
    if (this.phase !== Phase.PARKED)
      throw misuse("an operation was iterated twice: create it anew for every `yield*`");
    this.phase = Phase.IDLE; // also when it throws
    if (!this.resumption.resume(this)) {
      this.phase = Phase.PARKED;
      return PENDING;
    }
    this.scheduler.witness?.woken(this);
    RESULT.value = this.value;
    this.value = undefined;
    return RESULT;
  }

  /** Where it stands: resumes its generator down to its own `next()`. It must be parked. */
  stack(): string {
    let stack = "";
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 30;
    probe = () => {
      stack = String(new Error("probe").stack);
    };
    try {
      this.gen.next();
    } finally {
      probe = null;
      Error.stackTraceLimit = stackTraceLimit;
    }
    return stack;
  }
}

function* nothing(): Go {}
const NOT_BEGUN: Go<unknown> = nothing();
function nobody(): void {}

/** Lets go of what a dead goroutine held. */
export function retire(g: Goroutine): void {
  g.gen = NOT_BEGUN;
  g.body = nobody;
  g.value = undefined;
  g.cases = null;
  g.phase = Phase.IDLE;
}

/** The iterator of operations that could proceed at once. */
export class Ready {
  /** The operation that was created and not yet yielded (I1). */
  armed: string | null = null;
  readonly result: { done: true; value: unknown } = { done: true, value: undefined };

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Wait, unknown> {
    this.armed = null;
    return this.result;
  }
}

/** The iterator of steps: they have happened already. */
export const STEP = {
  may: true as const,
  [Symbol.iterator]() {
    return this;
  },
  next(): IteratorResult<Wait, void> {
    return STEP_RESULT;
  },
};
const STEP_RESULT: IteratorReturnResult<void> = { done: true, value: undefined };

/** The library was used in a way that cannot work. The host gives it the laboratory's class. */
export function misuse(message: string): Error {
  return Object.assign(new Error(message), { name: "MisuseError" });
}
