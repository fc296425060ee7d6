// FreeList: a pool of slots as a Treiber stack over nodes that are used again and again: where ABA lives.
//
// Invariants:
//  I1. The word #top holds a slot's number plus one (0: none) in its low 16 bits, and a tag above.
//  I2. With tags, every successful compare-and-swap writes a tag that was not there before, so a word that is read
//      again unchanged means that nothing happened in between (but for 65,536 changes during one acquire).
//
// The tempting wrong version is `isTagged: false`. A reads top 0 and next 1, and stops. B acquires 0 and 1, and
// releases 0. A's compare-and-swap finds 0 on top, as it was, and puts 1 there, which B still owns: two owners.
// A garbage collector prevents this for nodes (see `TreiberStack`), but not for nodes that a pool gives out again.
//
// Source: IBM System/370 Principles of Operation (1983), appendix A: the counter beside the pointer.

import { AtomicUint32 } from "../atomic/index.js";
import type { Go } from "../op/index.js";

const INDEX_BITS = 16;
const INDEX_MASK = 2 ** INDEX_BITS - 1;

export interface FreeListOptions {
  /** Whether the word on top carries a tag against ABA. Default true; false shows what happens without. */
  isTagged?: boolean;
}

/**
 * A pool of the slots 0 … `capacityItems - 1`, all free at first, for any number of goroutines, without locks.
 * Its methods are generators whose every access to shared state is an operation.
 *
 * **Happens-before:** a `release` synchronizes before the `acquire` that returns the same slot.
 * **Cost:** lock-free: O(1) without contention. **Limits:** a slot that is released twice is not noticed.
 *
 * @throws {RangeError} `` FreeList: expected `capacityItems` to be an integer in 1..65535, got 0 ``
 * @throws {RangeError} `` FreeList.release: expected `slot` to be an integer in 0..2, got 3 ``
 * @example
 * await run(function* () {
 *   const pool = new FreeList(2);
 *   console.log(yield* pool.acquire(), yield* pool.acquire(), yield* pool.acquire()); // prints: 0 1 undefined
 *   yield* pool.release(0);
 *   console.log(yield* pool.acquire()); // prints: 0
 * });
 */
export class FreeList {
  readonly #top: AtomicUint32;
  readonly #next: readonly AtomicUint32[];
  readonly #isTagged: boolean;

  constructor(capacityItems: number, options: FreeListOptions = {}) {
    checkRange("FreeList", "capacityItems", capacityItems, 1, INDEX_MASK);
    this.#isTagged = options.isTagged ?? true;
    this.#next = Array.from(
      { length: capacityItems },
      (_, slot) => new AtomicUint32(slot + 1 < capacityItems ? slot + 2 : 0), // I1
    );
    this.#top = new AtomicUint32(1);
  }

  /** Takes a free slot; undefined when there is none. The one released last comes first. */
  *acquire(): Go<number | undefined> {
    for (;;) {
      const top = yield* this.#top.load();
      const slot = (top & INDEX_MASK) - 1;
      if (slot < 0) return undefined;
      const next = yield* (this.#next[slot] as AtomicUint32).load();
      if (yield* this.#top.compareAndSwap(top, this.#word(top, next))) return slot;
    }
  }

  /** Gives back a slot that `acquire` returned. */
  *release(slot: number): Go {
    checkRange("FreeList.release", "slot", slot, 0, this.#next.length - 1);
    for (;;) {
      const top = yield* this.#top.load();
      yield* (this.#next[slot] as AtomicUint32).store(top & INDEX_MASK);
      if (yield* this.#top.compareAndSwap(top, this.#word(top, slot + 1))) return;
    }
  }

  /** The word that follows `top`: another index and, with tags, the next tag (I2). */
  #word(top: number, index: number): number {
    const tag = this.#isTagged ? (top >>> INDEX_BITS) + 1 : 0;
    return ((tag << INDEX_BITS) | index) >>> 0;
  }
}

function checkRange(what: string, parameter: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new RangeError(
    `${what}: expected \`${parameter}\` to be an integer in ${low}..${high}, got ${String(value)}`,
  );
}
