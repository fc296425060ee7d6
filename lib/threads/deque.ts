// WorkDeque: a deque of numbers whose owner, one thread, pushes and pops at the bottom; all others steal at the top.
//
// Invariants:
//  I1. The items stand at the positions TOP … BOTTOM - 1; only the owner moves BOTTOM, TOP only grows.
//  I2. The owner announces a pop by lowering BOTTOM *before* it reads TOP. So of an owner and a thief that both want the
//      last item, at least one sees the other, and TOP's compare-exchange decides.
//  I3. Ring k has capacity * 2^k places. A full one is replaced by the next, with the same items at the same positions. The old
//      one is not written to any more, so a thief that still reads it reads the right item. All rings have their place from
//      the start; pages that nobody touches cost nothing.
//  I4. Positions count modulo 2^32; a difference as a signed number says how many.
//
// Source: D. Chase, Y. Lev, Dynamic Circular Work-Stealing Deque (SPAA 2005), with the order of N. M. Lê et al., Correct and
// Efficient Work-Stealing for Weak Memory Models (PPoPP 2013). Differs: `steal` tries again when it lost a race.

import { casFailed } from "./casfailures.js";
import { checkCount, type Handle, LINE_BYTES, type Placement, place, type Shared } from "./memory.js";
import { checkNumber } from "./nodepool.js";
import { LockError, thisThread, threadName } from "./thread.js";

const LINE = LINE_BYTES / 4;
const FIRST = 1;
const RINGS = 2;
const TOP = LINE;
const BOTTOM = 2 * LINE;
/** The number of the ring in use, and the owner's thread + 1: on the owner's line. */
const RING = BOTTOM + 1;
const OWNER = BOTTOM + 2;
const HEADER_BYTES = 3 * LINE_BYTES;
const MOST = 2 ** 24;
const DEFAULT_CAPACITY = 64;
const DEFAULT_MOST = 65_536;

/** Options of a new deque. */
export interface WorkDequeOptions extends Placement {
  /** How many items it has room for at first, rounded up to a power of two. Default: 64. */
  readonly capacityItems?: number;
  /** How many it grows to, rounded up to `capacityItems` times a power of two. Default: 65536. */
  readonly mostItems?: number;
}

/**
 * A deque of numbers (float64) for work stealing, without locks: its owner uses `push` and `pop` (last in, first out), anybody
 * may `steal` (first in, first out). The first thread that pushes or pops owns it. Nothing here waits.
 *
 * A thief or an owner that dies stops nobody; what a dead owner left can be stolen.
 *
 * **Happens-before:** a `push` synchronizes before the `pop` or `steal` that returns its value.
 * **Cost:** a push is one atomic load and one atomic store, amortized; a pop two stores and one load, and a compare-exchange for the
 * last item only; a steal four loads and a compare-exchange. Memory: 16 bytes for each of `mostItems`, touched as it grows.
 * **Limits:** it does not shrink. A thread that dies in the middle of a pop or steal may take its item with it.
 *
 * @throws {RangeError} `WorkDeque.push: expected room, all 65536 places are taken; pass { mostItems: … }`
 * @throws {RangeError} ``WorkDeque: expected `mostItems` to be an integer from 64 to 16777216, got 3``
 * @throws {LockError} `WorkDeque.pop: expected the deque's owner, thread 1, got thread 2; others steal`
 * @example
 * const jobs = new WorkDeque();
 * const sums = await team(2, (t, jobs) => {
 *   if (t.id === 0) for (let i = 1; i <= 100; i++) jobs.push(i);
 *   t.barrier();
 *   const next = () => (t.id === 0 ? jobs.pop() : jobs.steal());
 *   let sum = 0;
 *   for (let job = next(); job !== undefined; job = next()) sum += job;
 *   return sum;
 * }, { args: [jobs] });
 * console.log(sums[0]! + sums[1]!); // prints: 5050
 * @see D. Chase, Y. Lev (SPAA 2005)
 */
export class WorkDeque implements Shared {
  readonly handle: Handle;
  /** How many items it can grow to. */
  readonly mostItems: number;
  readonly #words: Int32Array;
  readonly #rings: readonly Float64Array[];

  constructor(options: WorkDequeOptions = {}) {
    const { at, capacityItems = DEFAULT_CAPACITY } = options;
    const { mostItems = Math.max(DEFAULT_MOST, capacityItems) } = options;
    if (at === undefined) {
      checkCount("WorkDeque", "capacityItems", capacityItems, 1, MOST);
      checkCount("WorkDeque", "mostItems", mostItems, capacityItems, MOST);
    }
    const first = 2 ** Math.ceil(Math.log2(capacityItems));
    const count = Math.max(0, Math.ceil(Math.log2(mostItems / first))) + 1;
    this.handle = place(
      "WorkDeque",
      HEADER_BYTES + (at === undefined ? ringBytes(first, count) : 0),
      options,
    );
    const { buffer, offset } = this.handle;
    this.#words = new Int32Array(buffer, offset, HEADER_BYTES / 4);
    if (at === undefined) {
      // ORDER: none needed; before anybody else can have the handle.
      this.#words[FIRST] = first;
      this.#words[RINGS] = count;
    }
    const smallest = this.#words[FIRST]!;
    this.#rings = Array.from({ length: this.#words[RINGS]! }, (_, ring) => {
      return new Float64Array(
        buffer,
        offset + HEADER_BYTES + ringBytes(smallest, ring),
        smallest * 2 ** ring,
      );
    });
    this.mostItems = this.#rings.at(-1)!.length;
  }

  /** Attaches to the deque that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): WorkDeque {
    return new WorkDeque({ at: handle });
  }

  /** How many items are inside. Out of date as soon as you read it. */
  get length(): number {
    const top = Atomics.load(this.#words, TOP); // ORDER: before BOTTOM, so that the difference is not below what it was
    return Math.max(0, (Atomics.load(this.#words, BOTTOM) - top) | 0); // I4. ORDER: a hint
  }

  /** Puts `value` at the bottom. Owner only. */
  push(value: number): void {
    checkNumber("WorkDeque.push", value);
    if (this.#words[OWNER] !== thisThread + 1) this.#own("push");
    if (this.#tryPush(value)) return;
    throw new RangeError(
      `WorkDeque.push: expected room, all ${this.mostItems} places are taken; pass { mostItems: … }`,
    );
  }

  /** Puts `value` at the bottom if there is room; says whether. Owner only. */
  tryPush(value: number): boolean {
    checkNumber("WorkDeque.tryPush", value);
    if (this.#words[OWNER] !== thisThread + 1) this.#own("tryPush");
    return this.#tryPush(value);
  }

  /** Takes the value at the bottom; undefined when there is none. Owner only. */
  pop(): number | undefined {
    const words = this.#words;
    if (words[OWNER] !== thisThread + 1) this.#own("pop");
    const bottom = (words[BOTTOM]! - 1) | 0; // I1: written by this thread only
    // I2. ORDER: sequentially consistent: this store comes before the load of TOP; in steal the load of BOTTOM comes after
    // that of TOP (Dekker). Rust would need a SeqCst fence.
    Atomics.store(words, BOTTOM, bottom);
    const top = Atomics.load(words, TOP);
    const others = (bottom - top) | 0;
    if (others < 0) {
      Atomics.store(words, BOTTOM, (bottom + 1) | 0); // ORDER: none needed; it was empty before, too
      return undefined;
    }
    const value = this.#at(bottom);
    if (others > 0) return value;
    // The last one: thieves may want it. ORDER: acquire and release; pairs with the compare-exchange in steal.
    const isOurs = Atomics.compareExchange(words, TOP, top, (top + 1) | 0) === top;
    Atomics.store(words, BOTTOM, (bottom + 1) | 0); // ORDER: after TOP has moved: it is empty
    return isOurs ? value : undefined;
  }

  /** Takes the value at the top; undefined when there is none. */
  steal(): number | undefined {
    const words = this.#words;
    for (;;) {
      const top = Atomics.load(words, TOP); // I2. ORDER: before BOTTOM
      const bottom = Atomics.load(words, BOTTOM); // ORDER: acquire; pairs with the store in #tryPush: the value is there
      if (((bottom - top) | 0) <= 0) return undefined;
      // Before the compare-exchange: afterwards the owner may put another one there. If it has, TOP has moved, and what
      // was read is dropped.
      const value = this.#at(top);
      // ORDER: release; pairs with the load in #tryPush: who fills the place anew comes after our read.
      if (Atomics.compareExchange(words, TOP, top, (top + 1) | 0) === top) return value;
      casFailed();
    }
  }

  #tryPush(value: number): boolean {
    const words = this.#words;
    const bottom = words[BOTTOM]!; // I1: written by this thread only
    const top = Atomics.load(words, TOP); // ORDER: acquire; pairs with the compare-exchange in steal: the place was read
    const length = (bottom - top) | 0;
    if (length >= this.#rings[words[RING]!]!.length && !this.#grow(top, length)) return false;
    const ring = this.#rings[words[RING]!]!;
    ring[bottom & (ring.length - 1)] = value;
    Atomics.store(words, BOTTOM, (bottom + 1) | 0); // ORDER: release; pairs with the load in steal
    return true;
  }

  /** The item of a position, in the ring of this moment. */
  #at(position: number): number {
    const ring = this.#rings[Atomics.load(this.#words, RING)]!; // I3. ORDER: acquire; pairs with the store in #grow
    return ring[position & (ring.length - 1)]!;
  }

  /** Moves `length` items from `top` on to the next ring; false when there is none. */
  #grow(top: number, length: number): boolean {
    const number = this.#words[RING]!; // written by this thread only
    const [from, to] = [this.#rings[number]!, this.#rings[number + 1]];
    if (to === undefined) return false;
    for (let i = 0; i < length; i++) {
      to[(top + i) & (to.length - 1)] = from[(top + i) & (from.length - 1)]!;
    }
    Atomics.store(this.#words, RING, number + 1); // I3. ORDER: release; pairs with the load in #at
    return true;
  }

  #own(call: string): void {
    // ORDER: none needed; it only tells threads apart.
    const owner = Atomics.compareExchange(this.#words, OWNER, 0, thisThread + 1) - 1;
    if (owner < 0 || owner === thisThread) return;
    throw new LockError(
      `WorkDeque.${call}: expected the deque's owner, ${threadName(owner)}, got ${threadName(thisThread)}; others steal`,
    );
  }
}

/** Bytes of the first `count` rings. */
function ringBytes(first: number, count: number): number {
  return first * (2 ** count - 1) * 8;
}
