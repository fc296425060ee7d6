// DisruptorConsumer: one reader of a Disruptor's ring.
//
// Invariants:
//  I1. What it has passed is written by its own thread only, after the values were copied.
//  I2. It reads a position only after all of its predecessors have passed it, and only published ones.

import { CLAIMED, CLOSED_BIT, type DisruptorRing, ITEMS } from "./disruptorring.js";
import type { WaitOptions } from "./park.js";
import { deadlineOf, Waiters, waitUntil } from "./waiters.js";
import { waitBy } from "./waitstrategy.js";

/** One reader of a `Disruptor`, for one thread; `ring.consumer(n)` returns it. */
export class DisruptorConsumer {
  /** Its number. */
  readonly n: number;
  readonly #ring: DisruptorRing;
  readonly #waiters: Waiters;
  readonly #isReady = () => this.#mayRead(1) > 0 || this.isOver;

  constructor(ring: DisruptorRing, n: number) {
    this.#ring = ring;
    this.n = n;
    this.#waiters = new Waiters(ring.words, ITEMS, this.#isReady);
  }

  /** True when the ring is closed and this consumer has seen everything. */
  get isOver(): boolean {
    const { words } = this.#ring;
    const passed = words[this.#ring.passedWord(this.n)]!; // I1
    return Atomics.load(words, CLAIMED) === (passed | CLOSED_BIT); // ORDER: acquire; pairs with the or in close
  }

  /** How many numbers it has yet to see, published or on their way. Out of date as soon as you read it. */
  get lag(): number {
    const { words } = this.#ring;
    const passed = Atomics.load(words, this.#ring.passedWord(this.n)); // ORDER: before CLAIMED: never negative
    return (((Atomics.load(words, CLAIMED) & ~CLOSED_BIT) - passed) | 0) / 2; // ORDER: a hint
  }

  /** Copies what it may read now into `into`, as much as has room there; returns how many: 0 for none. Never sleeps. */
  tryTake(into: Float64Array): number {
    checkInto("tryTake", into);
    return this.#tryTake(into);
  }

  /** Copies what it may read into `into`; waits for the first. 0: the ring is closed, and this was all. */
  take(into: Float64Array): number {
    checkInto("take", into);
    for (;;) {
      const count = this.#tryTake(into);
      if (count > 0 || this.isOver) return count;
      const { strategy } = this.#ring;
      waitBy(
        strategy,
        this.#waiters,
        this.#isReady,
        "DisruptorConsumer.take",
        "await consumer.takeAsync(into)",
      );
    }
  }

  /** Like `take`, without blocking the thread; undefined after `timeoutMs`. */
  async takeAsync(into: Float64Array, options: WaitOptions = {}): Promise<number | undefined> {
    checkInto("takeAsync", into);
    const deadline = deadlineOf("DisruptorConsumer.takeAsync", options);
    for (;;) {
      const count = this.#tryTake(into);
      if (count > 0 || this.isOver) return count;
      if (!(await this.#waiters.waitAsync(waitUntil(options, deadline)))) return undefined;
    }
  }

  /** Is waited for no more, by producers and successors: for a reader that has enough, or whose thread has died. */
  leave(): void {
    Atomics.store(this.#ring.words, this.#ring.leftWord(this.n), 1); // ORDER: release; pairs with leastPassed
    this.#ring.wakeProducers();
    this.#ring.wakeConsumers();
  }

  #tryTake(into: Float64Array): number {
    const ring = this.#ring;
    const count = this.#mayRead(into.length);
    if (count === 0) return 0;
    const first = ring.words[ring.passedWord(this.n)]!; // I1
    for (let i = 0; i < count; i++) into[i] = ring.values[ring.place(first + 2 * i)]!;
    // I1. ORDER: release; pairs with the loads in leastPassed: the values were copied.
    Atomics.store(ring.words, ring.passedWord(this.n), (first + 2 * count) | 0);
    ring.wakeProducers();
    if (ring.consumers > 1) ring.wakeConsumers();
    return count;
  }

  /** How many positions it may read now, at most `most` (I2). */
  #mayRead(most: number): number {
    const ring = this.#ring;
    const first = ring.words[ring.passedWord(this.n)]!;
    const after = ring.words[ring.afterWord(this.n)]!; // does not change
    const limit = Math.min(most, ring.capacity);
    const count = after === 0 ? limit : Math.min(limit, ring.leastPassed(after, first, 2 * limit) / 2);
    for (let i = 0; i < count; i++) {
      const position = (first + 2 * i) | 0;
      // ORDER: acquire; pairs with the store in publish: the value is there.
      if (Atomics.load(ring.words, ring.publishedWord(position)) !== ((position + 1) | 0)) return i;
    }
    return Math.max(0, count);
  }
}

function checkInto(call: string, into: unknown): void {
  if (into instanceof Float64Array && into.length > 0) return;
  throw new TypeError(`DisruptorConsumer.${call}: expected \`into\` to be a Float64Array that is not empty`);
}
