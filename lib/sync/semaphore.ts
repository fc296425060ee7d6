// Semaphore: a weighted semaphore. Any number of units may be acquired at once.
//
// Invariants:
//  I1. 0 <= #held <= size.
//  I2. Waiters are served first in, first out; one that asks for much holds up those behind it, so it is not starved.
//  I3. The first waiter asks for more than is free: who changes #held or the queue's head restores that.
//
// Source: golang.org/x/sync/semaphore (Weighted). Differs: a request that no size of the semaphore can meet waits
// outside the queue, as there, and without a context it waits for ever, which the deadlock report then shows.

import type { Op, Step } from "../op/index.js";
import {
  catchUp,
  current,
  type G,
  happened,
  noticed,
  type Operable,
  type OpKind,
  operate,
  PanicError,
  parking,
  ready,
  step,
  WaitQueue,
} from "../runtime/index.js";
import { type ContextLike, ContextWait, checkContext, isDone, type Outcome } from "./contextwait.js";

// A local name: V8 folds it, while an imported binding is loaded at every use.
const here = current;

const ACQUIRE: OpKind = { name: "acquire", wait: "select", edge: "acquire" }; // Go's is a select between the semaphore and the context
const RELEASE: OpKind = { name: "release", wait: "", edge: "release" };

interface Request {
  readonly units: number;
  readonly ctx: ContextLike;
}

function checked(name: string, n: number): number {
  if (!Number.isInteger(n)) {
    throw new RangeError(`Semaphore.${name}: expected \`n\` to be an integer >= 0, got ${String(n)}`);
  }
  if (n < 0) throw new PanicError("semaphore: n < 0");
  return n;
}

/**
 * A semaphore of `size` units. `acquire(n)` waits until `n` of them are free, in the order of arrival; a large request
 * is not overtaken by small ones.
 *
 * **Happens-before:** a `release` synchronizes before the return of an `acquire` that it makes possible.
 * **Cost:** O(1); `release` is O(waiters it lets in). A waiter whose context ends leaves the queue at once.
 * @throws {PanicError} `semaphore: size < 0`, `semaphore: n < 0`, `semaphore: released more than held`
 * @example
 * await run(function* () {
 *   const sem = new Semaphore(3);
 *   yield* sem.acquire(2);
 *   console.log(sem.tryAcquire(2)); // prints: false
 *   sem.release(2);
 *   console.log(sem.tryAcquire(3)); // prints: true
 * });
 * @see Go: golang.org/x/sync/semaphore.Weighted
 */
export class Semaphore implements Operable {
  readonly label = "semaphore";
  /** How many units there are. */
  readonly size: number;
  #held = 0;
  readonly #waiters = new WaitQueue();

  /** @throws {RangeError} `` Semaphore: expected `size` to be an integer >= 0, got 0.5 `` */
  constructor(size: number) {
    if (!Number.isInteger(size)) {
      throw new RangeError(`Semaphore: expected \`size\` to be an integer >= 0, got ${String(size)}`);
    }
    if (size < 0) throw new PanicError("semaphore: size < 0");
    this.size = size;
  }

  /**
   * Acquires `n` units; waits until they are free or `ctx` ends. Returns null when it has them, and otherwise the error
   * of the context, holding nothing then. A context that has ended before is an error even if units are free.
   *
   * @throws {PanicError} `semaphore: n < 0`
   * @throws {TypeError} `` Semaphore.acquire: expected `ctx` to be a Context, got null ``
   */
  acquire(n = 1, ctx?: ContextLike): Op<Error | null> {
    if (ctx === undefined) {
      if (!here.isFast || !Number.isInteger(n) || n < 0) {
        return operate(ACQUIRE, this, checked("acquire", n));
      }
      if (this.#hasRoom(n)) {
        this.#held += n;
        return ready(ACQUIRE, null);
      }
      const g = parking(ACQUIRE, this);
      g.value = null;
      this.#enqueue(g, n);
      return g as unknown as Op<Error | null>;
    }
    checkContext("Semaphore.acquire", ctx);
    return operate(ACQUIRE, this, { units: checked("acquire", n), ctx } satisfies Request);
  }

  /** Acquires `n` units if they are free and nobody waits. @throws {PanicError} `semaphore: n < 0` */
  tryAcquire(n = 1): boolean {
    checked("tryAcquire", n);
    catchUp();
    if (!this.#hasRoom(n)) return false;
    this.#held += n;
    noticed(ACQUIRE, this);
    return true;
  }

  /** Gives `n` units back. @throws {PanicError} `semaphore: released more than held` */
  release(n = 1): Step {
    if (here.isFast && Number.isInteger(n) && n >= 0 && this.#held >= n) {
      this.#release(n);
      return happened();
    }
    return step(RELEASE, this, checked("release", n));
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === RELEASE) {
      if (this.#held < (arg as number)) throw new PanicError("semaphore: released more than held"); // I1
      this.#release(arg as number);
      return true;
    }
    g.value = null;
    return typeof arg === "number" ? this.#acquire(g, arg) : this.#acquireWith(g, arg as Request);
  }

  #release(n: number): void {
    this.#held -= n;
    if (this.#waiters.head !== null) this.#admit();
  }

  #hasRoom(n: number): boolean {
    return this.#waiters.head === null && this.size - this.#held >= n;
  }

  #acquire(g: G, n: number): boolean {
    if (this.#hasRoom(n)) {
      this.#held += n;
      return true;
    }
    g.rt.block(g);
    this.#enqueue(g, n);
    return false;
  }

  #enqueue(g: G, n: number): void {
    if (n > this.size) return; // nobody will come
    g.item = n;
    this.#waiters.pushBack(g);
  }

  #acquireWith(g: G, { units, ctx }: Request): boolean {
    if (isDone(ctx)) {
      g.value = ctx.err();
      return true;
    }
    if (this.#hasRoom(units)) {
      this.#held += units;
      return true;
    }
    const wait = new ContextWait(g, ctx, (outcome) => this.#finish(outcome, units, ctx));
    wait.item = units;
    wait.begin(units <= this.size ? this.#waiters : null);
    return false;
  }

  #finish(outcome: Outcome, units: number, ctx: ContextLike): Error | null {
    if (outcome === "granted") return null;
    if (outcome === "granted too late") this.#held -= units;
    this.#admit(); // who left may have been the first one (I3)
    return ctx.err();
  }

  /** Lets in as many waiters as there is room for, from the front (I2). */
  #admit(): void {
    for (let w = this.#waiters.head; w !== null; w = this.#waiters.head) {
      const units = w.item as number;
      if (this.size - this.#held < units) return; // I3
      this.#held += units;
      this.#waiters.remove(w);
      w.item = undefined;
      if (w instanceof ContextWait) w.grant();
      else w.goroutine.rt.wake(w.goroutine);
    }
  }
}
