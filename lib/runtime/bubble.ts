// Bubble: goroutines with a clock of their own, which moves only when all of them are durably blocked.
//
// While a goroutine of a bubble runs, the run's clock *is* the bubble's (`rt.nowNs`, `rt.timers`), so no primitive
// knows of bubbles. A run without bubbles pays one comparison per goroutine, channel and slow operation; from the
// first bubble on, the fast paths are off.
//
// Invariants:
//  I1. `#running` is the number of members that are not durably blocked. It is counted where it changes: in the
//      `status` of a member, which is an accessor (Go: changegstatus, called by casgstatus).
//  I2. `rt.bubble` is the bubble whose clock is in place; null between two steps of the run.
//  I3. Time moves, `wait` returns and the bubble ends in `#settle` only, when #running is 0.
//  I4. Timers of one instant fire in an order that the run's choices decide, so that it is explored and replayed.
//
// Source: Go src/runtime/synctest.go (1.26). Differs: locks that only the bubble's goroutines use are durable too;
// in Go they never are, since their state does not say who holds them.

import type { Go } from "../op/index.js";
import { current } from "./current.js";
import { PanicError } from "./errors.js";
import { type G, Status } from "./g.js";
import type { Operable, OpKind } from "./opkind.js";
import type { Runtime } from "./runtime.js";
import { type Timer, Timers } from "./timers.js";

const BLOCKED = "deadlock: all goroutines in bubble are blocked";
const LEFT = "deadlock: main bubble goroutine has exited but blocked goroutines remain";
const WOKEN_FROM_OUTSIDE = "semaphore wake of synctest goroutine from outside bubble";

export class Bubble {
  readonly id: number;
  readonly rt: Runtime;
  readonly root: G;
  nowNs = 0;
  readonly timers = new Timers();
  /** What the body of the bubble returned. */
  result: unknown = undefined;
  #outsideNs = 0;
  #outsideTimers: Timers;
  #total = 0;
  #running = 0;
  #main: G | null = null;
  #waiter: G | null = null;
  #isDone = false;
  #isOver = false;
  /** Members whose present operation, if it waits, can be ended by the bubble itself only. */
  readonly #durable = new WeakSet<G>();

  constructor(rt: Runtime, id: number, root: G) {
    this.rt = rt;
    this.id = id;
    this.root = root;
    this.#outsideTimers = rt.timers;
  }

  /** The time outside, while the bubble's own is in place. */
  get outsideNs(): number {
    return this.#outsideNs;
  }

  /** Puts the bubble's clock in place (I2). */
  enter(): void {
    const { rt } = this;
    this.#outsideNs = rt.nowNs;
    this.#outsideTimers = rt.timers;
    rt.nowNs = this.nowNs;
    rt.timers = this.timers;
    rt.bubble = this;
  }

  leave(): void {
    const { rt } = this;
    rt.nowNs = this.#outsideNs;
    rt.timers = this.#outsideTimers;
    rt.bubble = null;
  }

  /** Starts the goroutine that the bubble is for. */
  begin(body: () => Go<unknown>): void {
    const keep = this.#keepResult(body);
    Object.defineProperty(keep, "name", { value: body.name });
    this.#main = inBubble(this.rt, this, () => this.rt.spawn(keep, []));
    this.root.again = this.#keeper;
  }

  #keepResult(body: () => Go<unknown>): () => Go<void> {
    const bubble = this;
    return function* () {
      bubble.result = yield* body();
    };
  }

  /** Takes `g`, which was just created, among the members. */
  adopt(g: G): void {
    this.#total++;
    this.#running++;
    let status: Status = g.status;
    const set = (next: Status): void => {
      const was = status;
      status = next;
      this.#changed(g, was, next);
    };
    Object.defineProperty(g, "status", { get: () => status, set, enumerable: true });
    if (!this.rt.isControlled) (g as { gen: Go<unknown> }).gen = this.#inside(g.gen);
  }

  /** The generator of a member, each of whose steps has the bubble's clock: in direct runs. */
  #inside(gen: Go<unknown>): Go<unknown> {
    const inner = gen as { next(): IteratorResult<never, unknown> };
    const next = (): IteratorResult<never, unknown> => {
      this.enter();
      try {
        return inner.next();
      } finally {
        this.leave();
        this.#fireDue();
      }
    };
    const outer = { next, [Symbol.iterator]: () => outer };
    return outer as unknown as Go<unknown>;
  }

  /** I1 */
  #changed(g: G, was: Status, next: Status): void {
    const wasRunning = was !== Status.WAITING || !this.#durable.has(g);
    const isRunning = next !== Status.DEAD && (next !== Status.WAITING || !this.#durable.has(g));
    if (next === Status.DEAD) {
      this.#total--;
      if (g === this.#main) this.#isDone = true;
    }
    if (wasRunning === isRunning) return;
    if (isRunning) {
      if (g.kind?.wait === "sync.Cond.Wait" && this.rt.bubble !== this) this.rt.fatal(WOKEN_FROM_OUTSIDE);
      this.#running++;
      return;
    }
    this.#running--;
    this.rt.listener?.release(g, this);
    if (this.#running === 0 && !this.rt.isControlled && this.root.status === Status.WAITING) {
      this.rt.ready(this.root); // it settles when its turn comes
    }
  }

  /** Says whether what `g` is about to do is durable, should it have to wait. */
  expect(g: G, isDurable: boolean): void {
    if (isDurable) this.#durable.add(g);
    else this.#durable.delete(g);
  }

  isDurable(g: G): boolean {
    return this.#durable.has(g);
  }

  /** Lets `g` wait until all other members are durably blocked. */
  wait(g: G): void {
    if (this.#waiter !== null) throw new PanicError("wait already in progress");
    this.#waiter = g;
    this.rt.block(g);
  }

  /** After a step of a member, in a controlled run: does what the end of all activity asks for. */
  stepped(): void {
    this.#fireDue();
    if (this.#running === 0 && !this.#isOver && this.#settle()) this.rt.wake(this.root);
  }

  /** How the root goes on, in direct runs each time when all activity has ended. */
  readonly #keeper: Operable = {
    label: "",
    perform: () => true,
    resume: (g: G): boolean => {
      if (!this.#isOver && !this.#settle()) return false;
      if (this.#total > 0) g.throws = this.#isDone ? LEFT : BLOCKED;
      else g.value = this.result;
      return true;
    },
  };

  /** Nobody is active: fires what is due, ends a `wait`, moves the clock, or finds that it is over: then true. */
  #settle(): boolean {
    while (this.#running === 0) {
      const next = this.timers.peek();
      if (next !== undefined && (next.whenNs <= this.nowNs || (this.#waiter === null && !this.#isDone))) {
        this.nowNs = Math.max(this.nowNs, next.whenNs);
        this.#fireDue();
      } else if (this.#waiter !== null) {
        const g = this.#waiter;
        this.#waiter = null;
        this.rt.listener?.acquire(g, this);
        inBubble(this.rt, this, () => this.rt.wake(g));
      } else {
        return this.#end();
      }
    }
    return false;
  }

  #end(): true {
    this.#isOver = true;
    this.rt.listener?.acquire(this.root, this);
    for (let timer = this.timers.peek(); timer !== undefined; timer = this.timers.peek()) {
      this.timers.remove(timer); // time has stopped
    }
    this.rt.bubbles?.ended(this);
    return true;
  }

  /** Fires every timer whose time has come (I4); also after a step, for a timer of zero in a bubble that never rests. */
  #fireDue(): void {
    for (;;) {
      const due: Timer[] = [];
      for (
        let timer = this.timers.peek();
        timer !== undefined && timer.whenNs <= this.nowNs;
        timer = this.timers.peek()
      ) {
        this.timers.remove(timer);
        due.push(timer);
      }
      if (due.length === 0) return;
      while (due.length > 0) {
        const i = this.rt.pick(due.length);
        const timer = due[i] as Timer;
        due[i] = due[due.length - 1] as Timer;
        due.pop();
        fire(this, timer);
      }
    }
  }
}

function fire(bubble: Bubble, timer: Timer): void {
  const { g } = current;
  current.g = null; // a timer wakes on nobody's behalf
  inBubble(bubble.rt, bubble, () => timer.fire());
  current.g = g;
}

/** Calls `f` on the clock of `bubble` (null: on the run's own), whichever is in place now. */
export function inBubble<T>(rt: Runtime, bubble: Bubble | null, f: () => T): T {
  const was = rt.bubble;
  if (was === bubble) return f();
  was?.leave();
  bubble?.enter();
  try {
    return f();
  } finally {
    bubble?.leave();
    was?.enter();
  }
}

/** Says that `object`, whose constructor calls this, belongs to the bubble in which it is made. */
export function created(object: object): void {
  const bubble = current.rt?.bubble;
  if (bubble !== null && bubble !== undefined) bubble.rt.bubbles?.own(object, bubble);
}

/** Ends the run when a timer that belongs to a bubble is stopped or reset outside. */
export function touchTimer(what: "stop" | "reset", timer: object): void {
  const rt = current.rt;
  if (rt === null || rt.bubbles === null || !rt.bubbles.isForeign(timer, rt.bubble)) return;
  rt.fatal(`${what} of synctest timer from outside bubble`);
}

/** A try form is about to look at `object`: what was noted happens first, and it must not cross a bubble's border. */
export function touchChan(kind: OpKind, object: Operable): void {
  const { g } = current;
  if (g !== null && g.rt.bubbles !== null) g.rt.bubbles.before(g, kind, object, undefined);
}
