// Bulkhead: a bound on how many calls of one kind are under way, so that one of them cannot take every goroutine.
//
// Invariants:
//  I1. At most `limit` calls are running; somebody waits only while exactly so many are.
//  I2. A place that becomes free goes to the first waiter at once: nobody overtakes.
//  I3. A waiter whose time is over has left the queue before anyone else can run.
//
// Source: M. Nygard, Release It! (2007); ThreadPoolBulkhead of resilience4j for the bounded queue.

import type { Body, Go } from "../op/index.js";
import { type G, type Operable, type OpKind, operate, step, Timer, WaitQueue } from "../runtime/index.js";
import { atLeast, begin, integer } from "./arguments.js";

const ENTER: OpKind = { name: "enter", wait: "bulkhead" };
const LEAVE: OpKind = { name: "leave", wait: "" };

export interface BulkheadOptions {
  /** How many calls may run at the same time. */
  limit: number;
  /** How many more may wait for a place. Default 0: who finds no place is refused. */
  queue?: number;
  /** How long one may wait, in milliseconds. Default: for ever. */
  waitMs?: number;
}

/** The bulkhead had no place: the call was not made. */
export class BulkheadFullError extends Error {
  override readonly name: string = "BulkheadFullError";
}

/**
 * A compartment: at most `limit` calls at once, at most `queue` more waiting, first in, first out.
 *
 * **Happens-before:** the end of a call synchronizes before the start of the call that gets its place.
 * **Cost:** O(1) per call, O(log timers) for one that waits with a limit; `call` is a generator.
 * @throws {BulkheadFullError} `bulkhead: full (1 running, 0 waiting)` (from `call`)
 * @throws {BulkheadFullError} `bulkhead: no place within 100 ms` (from `call`)
 * @throws {RangeError} `` Bulkhead: expected `limit` to be an integer >= 1, got 0 `` and the like
 * @example
 * await run(function* () {
 *   const bulkhead = new Bulkhead({ limit: 1 });
 *   go(function* () {
 *     yield* bulkhead.call(function* () { yield* sleep(10); });
 *   });
 *   yield* sleep(1);
 *   try {
 *     yield* bulkhead.call(function* () {});
 *   } catch (e) {
 *     console.log((e as Error).message); // prints: bulkhead: full (1 running, 0 waiting)
 *   }
 * }, { clock: "jump" });
 */
export class Bulkhead implements Operable {
  readonly label = "bulkhead";
  readonly #limit: number;
  readonly #queue: number;
  readonly #waitMs: number;
  #running = 0;
  readonly #waiters = new WaitQueue();

  constructor(options: BulkheadOptions) {
    this.#limit = integer("Bulkhead", "limit", options.limit, 1);
    const queue = options.queue ?? 0;
    this.#queue = queue === Number.POSITIVE_INFINITY ? queue : integer("Bulkhead", "queue", queue, 0);
    this.#waitMs = atLeast("Bulkhead", "waitMs", options.waitMs ?? Number.POSITIVE_INFINITY, 0);
  }

  /** How many calls are running. */
  get running(): number {
    return this.#running;
  }

  /** How many wait for a place. */
  get waiting(): number {
    return this.#waiters.length;
  }

  /** Calls `body(...args)` as soon as there is a place, or throws BulkheadFullError. */
  *call<A extends unknown[], T>(body: Body<A, T>, ...args: A): Go<T> {
    yield* operate<void>(ENTER, this, undefined);
    try {
      return yield* begin("Bulkhead", body, args);
    } finally {
      yield* step(LEAVE, this, undefined);
    }
  }

  perform(g: G, kind: OpKind): boolean {
    if (kind === ENTER) return this.#enter(g);
    const first = this.#waiters.shift()?.goroutine;
    if (first === undefined) {
      this.#running--;
    } else {
      const timer = first.item as Timer | undefined; // I2: its place is ours
      if (timer !== undefined) first.rt.timers.remove(timer);
      first.item = undefined;
      first.rt.wake(first);
    }
    return true;
  }

  #enter(g: G): boolean {
    if (this.#running < this.#limit) {
      this.#running++;
      return true;
    }
    if (this.#waiters.length >= this.#queue || this.#waitMs === 0) {
      throw new BulkheadFullError(
        `bulkhead: full (${this.#running} running, ${this.#waiters.length} waiting)`,
      );
    }
    this.#waiters.pushBack(g);
    g.rt.block(g);
    if (this.#waitMs < Number.POSITIVE_INFINITY) {
      const timer = new Timer(() => this.#giveUp(g));
      g.item = timer;
      g.rt.timers.add(timer, g.rt.nowNs + this.#waitMs * 1e6);
    }
    return false;
  }

  #giveUp(g: G): void {
    this.#waiters.remove(g); // I3
    g.item = undefined;
    g.throws = new BulkheadFullError(`bulkhead: no place within ${this.#waitMs} ms`);
    g.rt.wake(g);
  }
}
