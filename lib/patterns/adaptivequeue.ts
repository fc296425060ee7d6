// AdaptiveQueue: a bounded queue whose bound follows what the consumers manage.
//
// Invariants:
//  I1. least <= limit <= most. A smaller limit drops nothing that was accepted: it is in force for new items.
//  I2. Items are taken first in, first out; a taker waits only while there is no item.
//  I3. The limit changes at the end of a period, computed at the first use after it: no goroutine, no timer.
//
// The rule, per period: throughput falls steeply while items wait -> halve the limit (a longer queue only adds
// waiting); throughput stays within 90% of the best for three periods -> try 10% more.
// Rejected: shrinking at any fall (with an empty queue it is the demand that falls); closing the channel and making
// one of another size (somebody still sends to the old one).

import type { Op, Step } from "../op/index.js";
import {
  type G,
  type Operable,
  type OpKind,
  operate,
  PanicError,
  step,
  WaitQueue,
} from "../runtime/index.js";
import { atLeast, integer, positive } from "./arguments.js";
import { Fifo } from "./fifo.js";

const OFFER: OpKind = { name: "offer", wait: "" };
const TAKE: OpKind = { name: "take", wait: "queue take" };
const CLOSE: OpKind = { name: "close", wait: "" };

/** How near to the best throughput counts as good, and for how many periods in a row before a larger limit is tried. */
const GOOD_SHARE = 0.9;
const PATIENCE_PERIODS = 3;

export interface AdaptiveQueueOptions {
  /** The largest limit, and the one at the start, in items. */
  most: number;
  /** The smallest limit, in items. Default 1. */
  least?: number;
  /** How often the limit is thought over, in milliseconds. Default 1,000. */
  periodMs?: number;
  /** A fall steeper than so many items per second, per second, shrinks the limit. Default 50. */
  fall?: number;
}

/**
 * A queue that refuses what it cannot hold, and learns how much that is.
 *
 * **Happens-before:** an `offer` that was accepted synchronizes before the `take` that returns its item.
 * **Cost:** O(1).
 * @throws {RangeError} `` AdaptiveQueue: expected `most` to be an integer >= 1, got 0 `` and the like
 * @throws {PanicError} `offer to closed queue` (from `offer`)
 * @example
 * await run(function* () {
 *   const queue = new AdaptiveQueue<string>({ most: 2 });
 *   for (const name of ["a", "b", "c"]) console.log(yield* queue.offer(name)); // prints: true true false
 *   console.log(queue.dropped); // prints: 1
 *   console.log(yield* queue.take()); // prints: a
 * });
 */
export class AdaptiveQueue<T> implements Operable {
  readonly label = "queue";
  readonly #most: number;
  readonly #least: number;
  readonly #periodNs: number;
  readonly #fall: number;
  readonly #items = new Fifo<T>();
  readonly #takers = new WaitQueue();
  #isClosed = false;
  #dropped = 0;

  #limit: number;
  #sinceNs = 0;
  #taken = 0;
  #perSecond = 0;
  #best = 0;
  #goodPeriods = 0;

  constructor(options: AdaptiveQueueOptions) {
    const of = "AdaptiveQueue";
    this.#most = integer(of, "most", options.most, 1);
    this.#least = integer(of, "least", options.least ?? 1, 1);
    if (this.#least > this.#most) {
      throw new RangeError(`${of}: expected \`least\` to be at most ${this.#most}, got ${this.#least}`);
    }
    this.#periodNs = positive(of, "periodMs", options.periodMs ?? 1000) * 1e6;
    this.#fall = atLeast(of, "fall", options.fall ?? 50, 0);
    this.#limit = this.#most;
  }

  /** The limit in force, in items. */
  get limit(): number {
    return this.#limit;
  }

  /** How many items wait. */
  get len(): number {
    return this.#items.length;
  }

  /** How many items were refused. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds `item` if the limit allows it; otherwise counts it as dropped and returns false. Never waits. */
  offer(item: T): Op<boolean> {
    return operate(OFFER, this, item);
  }

  /** Takes the oldest item; waits while there is none. A closed and empty queue gives `undefined` at once. */
  take(): Op<T | undefined> {
    return operate(TAKE, this, undefined);
  }

  /** Ends the queue: what waits in it can still be taken. A second close does nothing. */
  close(): Step {
    return step(CLOSE, this, undefined);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    this.#adapt(g.rt.nowNs);
    if (kind === OFFER) g.value = this.#offer(arg as T);
    else if (kind === TAKE) return this.#take(g);
    else this.#close();
    return true;
  }

  #offer(item: T): boolean {
    if (this.#isClosed) throw new PanicError("offer to closed queue");
    const taker = this.#takers.shift()?.goroutine;
    if (taker !== undefined) {
      this.#taken++;
      taker.value = item;
      taker.rt.wake(taker);
    } else if (this.#items.length < this.#limit) {
      this.#items.push(item);
    } else {
      this.#dropped++;
      return false;
    }
    return true;
  }

  #take(g: G): boolean {
    if (this.#items.length > 0) {
      this.#taken++;
      g.value = this.#items.shift();
    } else if (!this.#isClosed) {
      this.#takers.pushBack(g);
      g.rt.block(g);
      return false;
    }
    return true;
  }

  #close(): void {
    this.#isClosed = true;
    for (let w = this.#takers.shift(); w !== null; w = this.#takers.shift()) w.goroutine.rt.wake(w.goroutine);
  }

  #adapt(nowNs: number): void {
    const elapsedNs = nowNs - this.#sinceNs;
    if (elapsedNs < this.#periodNs) return; // I3
    const seconds = elapsedNs / 1e9;
    const perSecond = this.#taken / seconds;
    const slope = (perSecond - this.#perSecond) / seconds;
    this.#goodPeriods = perSecond > 0 && perSecond >= GOOD_SHARE * this.#best ? this.#goodPeriods + 1 : 0;
    if (slope < -this.#fall && this.#items.length > 0) {
      this.#limit = Math.max(this.#least, Math.floor(this.#limit / 2)); // I1
    } else if (this.#goodPeriods >= PATIENCE_PERIODS) {
      this.#limit = Math.min(this.#most, this.#limit + Math.ceil(this.#limit / 10));
      this.#goodPeriods = 0;
    }
    this.#best = Math.max(this.#best, perSecond);
    this.#perSecond = perSecond;
    this.#taken = 0;
    this.#sinceNs = nowNs;
  }
}
