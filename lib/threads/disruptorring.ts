// DisruptorRing: where the words of a Disruptor lie, for its producers and its consumers.
//
// Invariants:
//  I1. Positions count in twos, modulo 2^32; position p lies in place (p / 2) mod capacity. CLAIMED is the next one to give to a
//      producer; its lowest bit says closed.
//  I2. A place's word is p + 1 once the value of position p is there.

import { LINE_BYTES } from "./memory.js";
import { Waiters } from "./waiters.js";
import type { WaitStrategy } from "./waitstrategy.js";

const LINE = LINE_BYTES / 4;
export const CLAIMED = LINE;
export const GATE = 2 * LINE;
export const ITEMS = 3 * LINE;
export const ROOM = 3 * LINE + 2;
export const CLOSED_BIT = 1;
/** Words before the first consumer's line. */
export const RING_HEADER_WORDS = 4 * LINE;

const PASSED = 0;
const AFTER = 1;
const LEFT = 2;

/** The words of one ring. */
export class DisruptorRing {
  readonly words: Int32Array;
  readonly values: Float64Array;
  readonly capacity: number;
  readonly consumers: number;
  readonly strategy: WaitStrategy;
  readonly #published: number;
  readonly #items: Waiters;
  readonly #room: Waiters;

  constructor(
    buffer: SharedArrayBuffer,
    offset: number,
    capacity: number,
    consumers: number,
    strategy: WaitStrategy,
  ) {
    const bytes = DisruptorRing.bytes(capacity, consumers);
    this.words = new Int32Array(buffer, offset, bytes / 4);
    this.values = new Float64Array(buffer, offset + bytes - capacity * 8, capacity);
    this.capacity = capacity;
    this.consumers = consumers;
    this.strategy = strategy;
    this.#published = this.line(consumers);
    this.#items = new Waiters(this.words, ITEMS, () => true);
    this.#room = new Waiters(this.words, ROOM, () => true);
  }

  /** Bytes of a ring. */
  static bytes(capacity: number, consumers: number): number {
    const places = Math.ceil((capacity * 4) / LINE_BYTES) * LINE_BYTES;
    return (RING_HEADER_WORDS + consumers * LINE) * 4 + places + capacity * 8;
  }

  /** First word of consumer `n`'s line. */
  line(n: number): number {
    return RING_HEADER_WORDS + n * LINE;
  }

  /** The word that consumer `n` moves. */
  passedWord(n: number): number {
    return this.line(n) + PASSED;
  }

  /** The word with the consumers before `n`, a bit each. */
  afterWord(n: number): number {
    return this.line(n) + AFTER;
  }

  /** The word that is 1 once consumer `n` has left. */
  leftWord(n: number): number {
    return this.line(n) + LEFT;
  }

  /** Where the value of a position stands (I1). */
  place(position: number): number {
    return (position >>> 1) & (this.capacity - 1);
  }

  /** The word that says whether a position is published (I2). */
  publishedWord(position: number): number {
    return this.#published + this.place(position);
  }

  /** Of consumers `mask` that have not left, the least that one has passed, as a difference to `position`, in twos. */
  leastPassed(mask: number, position: number, most: number): number {
    let least = most;
    for (let n = 0; n < this.consumers; n++) {
      if ((mask & (1 << n)) === 0) continue;
      if (Atomics.load(this.words, this.leftWord(n)) !== 0) continue; // ORDER: acquire; pairs with the store in leave
      // ORDER: acquire; pairs with the store in tryTake: the consumer has done with what it has passed.
      least = Math.min(least, (Atomics.load(this.words, this.passedWord(n)) - position) | 0);
    }
    return least;
  }

  /** Wakes who waits for items: consumers, after a publish, or after their predecessors have moved. */
  wakeConsumers(): void {
    this.#items.wakeAll();
  }

  /** Wakes who waits for room. */
  wakeProducers(): void {
    this.#room.wakeAll();
  }
}
