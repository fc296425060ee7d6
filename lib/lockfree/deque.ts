// WorkDeque: one owner pushes and pops at the bottom, thieves steal at the top. What schedulers steal from.
//
// Invariants:
//  I1. The values stand at the positions #top … #bottom - 1; only the owner moves #bottom, #top only grows.
//  I2. The owner announces a pop by lowering #bottom *before* it reads #top. So of an owner and a thief that both want
//      the last value, at least one sees the other, and #top's compare-and-swap decides.
//  I3. A full ring is replaced by a larger one with the same values at the same positions; the old one is not written
//      to any more, so a thief that still reads it reads the right value.
//  I4. Positions count modulo 2 ** 32; a difference as a signed number says how many.
//
// Source: D. Chase, Y. Lev, Dynamic Circular Work-Stealing Deque (SPAA 2005); with the order of N. M. Lê et al.,
// Correct and Efficient Work-Stealing for Weak Memory Models (PPoPP 2013). Differs: `steal` tries again when it lost
// a race, instead of returning "abort".

import { AtomicInt32, AtomicPointer } from "../atomic/index.js";
import type { Go } from "../op/index.js";
import { checkCapacity, checkItem } from "./item.js";

class Ring<T> {
  readonly capacityItems: number;
  readonly #slots: readonly AtomicPointer<T | undefined>[];

  constructor(capacityItems: number) {
    this.capacityItems = capacityItems;
    this.#slots = Array.from({ length: capacityItems }, () => new AtomicPointer<T | undefined>(undefined));
  }

  at(position: number): AtomicPointer<T | undefined> {
    return this.#slots[position & (this.capacityItems - 1)] as AtomicPointer<T | undefined>;
  }
}

/**
 * A deque for work stealing, without locks: its owner, one goroutine, uses `push` and `pop` (last in, first out);
 * anybody may `steal` (first in, first out). Its methods are generators whose every access to shared state is an
 * operation.
 *
 * **Happens-before:** a `push` synchronizes before the `pop` or `steal` that returns its value.
 * **Cost:** O(1) amortized; `pop` needs a compare-and-swap for the last value only. **Limits:** a stolen value (and
 * the last one popped) stays reachable until its slot is used again; `push` and `pop` by two goroutines at a time lose values.
 *
 * @throws {RangeError} `` WorkDeque: expected `capacityItems` to be a power of two in 1..1073741824, got 3 ``
 * @throws {TypeError} `WorkDeque.push: expected a value, got undefined, which pop returns for an empty deque`
 * @example
 * await run(function* () {
 *   const deque = new WorkDeque<string>();
 *   for (const job of ["a", "b", "c"]) yield* deque.push(job);
 *   console.log(yield* deque.pop(), yield* deque.steal()); // prints: c a
 * });
 */
export class WorkDeque<T> {
  readonly #top = new AtomicInt32();
  readonly #bottom = new AtomicInt32();
  readonly #ring: AtomicPointer<Ring<T>>;

  /** The deque grows beyond `capacityItems` as needed. */
  constructor(capacityItems = 8) {
    checkCapacity("WorkDeque", capacityItems, 1);
    this.#ring = new AtomicPointer(new Ring<T>(capacityItems));
  }

  /** Puts `value` at the bottom. Owner only. */
  *push(value: T): Go {
    checkItem("WorkDeque.push", "pop", "deque", value);
    const bottom = yield* this.#bottom.load();
    const top = yield* this.#top.load();
    let ring = yield* this.#ring.load();
    if (((bottom - top) | 0) >= ring.capacityItems) ring = yield* this.#grow(ring, top, bottom);
    yield* ring.at(bottom).store(value);
    yield* this.#bottom.store((bottom + 1) | 0);
  }

  /** Takes the value at the bottom; undefined when the deque is empty. Owner only. */
  *pop(): Go<T | undefined> {
    const bottom = ((yield* this.#bottom.load()) - 1) | 0;
    const ring = yield* this.#ring.load();
    yield* this.#bottom.store(bottom); // I2
    const top = yield* this.#top.load();
    const others = (bottom - top) | 0;
    if (others < 0) {
      yield* this.#bottom.store((bottom + 1) | 0);
      return undefined;
    }
    if (others > 0) return yield* ring.at(bottom).swap(undefined);
    const value = yield* ring.at(bottom).load(); // the last one: thieves may want it
    const isOurs = yield* this.#top.compareAndSwap(top, (top + 1) | 0);
    yield* this.#bottom.store((bottom + 1) | 0);
    return isOurs ? value : undefined;
  }

  /** Takes the value at the top; undefined when the deque is empty. */
  *steal(): Go<T | undefined> {
    for (;;) {
      const top = yield* this.#top.load();
      const bottom = yield* this.#bottom.load();
      if (((bottom - top) | 0) <= 0) return undefined;
      const ring = yield* this.#ring.load();
      const value = yield* ring.at(top).load(); // before the swap: afterwards the owner may overwrite it
      if (yield* this.#top.compareAndSwap(top, (top + 1) | 0)) return value;
    }
  }

  *#grow(old: Ring<T>, top: number, bottom: number): Go<Ring<T>> {
    const ring = new Ring<T>(old.capacityItems * 2);
    for (let at = top; at !== bottom; at = (at + 1) | 0) yield* ring.at(at).store(yield* old.at(at).load());
    yield* this.#ring.store(ring); // I3
    return ring;
  }
}
