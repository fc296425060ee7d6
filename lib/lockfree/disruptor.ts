// Disruptor: a ring that producers fill in order and every consumer reads at its own pace, in batches.
//
// Invariants:
//  I1. #claimed counts the positions given out to producers; position p lives in slot p mod capacity.
//  I2. #published[slot] is p + 1 once the value of position p stands there. Producers may publish out of order; a
//      consumer stops at the first position that is not published.
//  I3. A position is given out only when every consumer has passed the one that had its slot before.
//  I4. A consumer with predecessors reads a position only after all of them have passed it.
//  I5. Positions count modulo 2 ** 32; a difference as a signed number says which is ahead.
//
// Source: M. Thompson et al., Disruptor (LMAX, 2011), and its MultiProducerSequencer. Differs: no cached sequences and
// no padding, which are about speed on real caches; waiting is yielding, then sleeping.

import { AtomicPointer, AtomicUint32 } from "../atomic/index.js";
import type { Go } from "../op/index.js";
import { MisuseError } from "../runtime/index.js";
import { backOff } from "./backoff.js";
import { checkCapacity } from "./item.js";

class Slot<T> {
  readonly published = new AtomicUint32(); // I2
  readonly value = new AtomicPointer<T | undefined>(undefined);
}

/** What a consumer needs of its ring. */
interface Source<T> {
  slotAt(position: number): Slot<T>;
  readonly capacityItems: number;
}

/** One reader of a `Disruptor`, for one goroutine; made by `consumer`. Its methods are generators. */
export class DisruptorConsumer<T> {
  readonly #source: Source<T>;
  readonly #after: readonly DisruptorConsumer<T>[];
  /** How many positions it has passed. Its own goroutine writes it; producers and successors read it. */
  readonly #passed = new AtomicUint32();

  constructor(source: Source<T>, after: readonly DisruptorConsumer<T>[]) {
    this.#source = source;
    this.#after = after;
  }

  /** Returns all values that it may read now, in order: none, when it has seen everything. */
  *tryTake(): Go<T[]> {
    const first = yield* this.#passed.load();
    const most = yield* this.#mayRead(first);
    const batch: T[] = [];
    while (batch.length < most) {
      const position = (first + batch.length) >>> 0;
      const slot = this.#source.slotAt(position);
      if ((yield* slot.published.load()) !== (position + 1) >>> 0) break; // I2
      batch.push((yield* slot.value.load()) as T);
    }
    if (batch.length > 0) yield* this.#passed.store((first + batch.length) >>> 0); // the whole batch at once
    return batch;
  }

  /** Returns all values that it may read, in order, waiting for the first one. */
  *take(): Go<T[]> {
    for (let round = 0; ; round++) {
      const batch = yield* this.tryTake();
      if (batch.length > 0) return batch;
      yield* backOff(round);
    }
  }

  /** How many positions before `position` it has yet to pass. */
  *lag(position: number): Go<number> {
    return (position - (yield* this.#passed.load())) | 0; // I5
  }

  /** How many positions from `first` on its predecessors have passed; a whole ring without them. */
  *#mayRead(first: number): Go<number> {
    let most = this.#source.capacityItems;
    for (const other of this.#after) most = Math.min(most, -(yield* other.lag(first))); // I4
    return most;
  }
}

/**
 * A ring of a fixed capacity through which any number of producers pass values to consumers that each see every value,
 * in the same order, without locks. Consumers can stand one after another, e.g. a journal before the business logic.
 * Its methods are generators whose every access to shared state is an operation.
 *
 * **Happens-before:** a `publish` synchronizes before the `take` that returns its values; a consumer's `take` before
 * that of its successors, once it has returned, and before the `publish` that uses the slots again.
 * **Cost:** one compare-and-swap and O(consumers) for a batch, O(1) for a value; nothing is allocated per value.
 * Waiting is letting others run eight times, then sleeping up to 1 ms. **Limits:** so nobody is ever seen to be
 * blocked: a ring whose consumer has ended makes `publish` wait for ever. A value stays reachable until its slot is
 * used again.
 *
 * @throws {RangeError} `` Disruptor: expected `capacityItems` to be a power of two in 1..1073741824, got 3 ``
 * @throws {RangeError} `Disruptor.publish: expected 1 to 4 values, got 5`
 * @throws {MisuseError} `Disruptor.publish: has no consumers; call consumer() first`
 * @throws {MisuseError} `Disruptor.consumer: values were published already; add consumers before`
 * @throws {MisuseError} `Disruptor.consumer: expected consumers of the same ring, got one of another`
 * @example
 * await run(function* () {
 *   const ring = new Disruptor<string>(4);
 *   const journal = ring.consumer();
 *   const logic = ring.consumer(journal);
 *   yield* ring.publish("a", "b");
 *   console.log(yield* logic.tryTake()); // prints: []
 *   console.log(yield* journal.take()); // prints: [ 'a', 'b' ]
 *   console.log(yield* logic.take()); // prints: [ 'a', 'b' ]
 * });
 */
export class Disruptor<T> {
  readonly #slots: readonly Slot<T>[];
  readonly #consumers: DisruptorConsumer<T>[] = [];
  readonly #claimed = new AtomicUint32();
  #isStarted = false;

  constructor(capacityItems: number) {
    checkCapacity("Disruptor", capacityItems, 1);
    this.#slots = Array.from({ length: capacityItems }, () => new Slot<T>());
  }

  /** Adds a consumer that sees each value after all of `after` have. Before the first `publish` only. */
  consumer(...after: DisruptorConsumer<T>[]): DisruptorConsumer<T> {
    if (this.#isStarted) {
      throw new MisuseError("Disruptor.consumer: values were published already; add consumers before");
    }
    if (after.some((other) => !this.#consumers.includes(other))) {
      throw new MisuseError("Disruptor.consumer: expected consumers of the same ring, got one of another");
    }
    const capacityItems = this.#slots.length;
    const added = new DisruptorConsumer<T>({ capacityItems, slotAt: (at) => this.#slotAt(at) }, after);
    this.#consumers.push(added);
    return added;
  }

  /** Publishes `values` at positions that follow each other, if all have room now; says whether it did. */
  *tryPublish(...values: T[]): Go<boolean> {
    this.#check("tryPublish", values.length);
    const first = yield* this.#claim(values.length);
    if (first === undefined) return false;
    for (const [i, value] of values.entries()) yield* this.#set((first + i) >>> 0, value);
    return true;
  }

  /** Publishes `values` at positions that follow each other; waits until all have room. */
  *publish(...values: T[]): Go {
    this.#check("publish", values.length);
    for (let round = 0; !(yield* this.tryPublish(...values)); round++) yield* backOff(round);
  }

  /** Claims `count` positions and returns the first, or undefined when the slowest consumer is too far behind (I3). */
  *#claim(count: number): Go<number | undefined> {
    for (;;) {
      const first = yield* this.#claimed.load();
      const end = (first + count) >>> 0;
      for (const consumer of this.#consumers)
        if ((yield* consumer.lag(end)) > this.#slots.length) return undefined;
      if (yield* this.#claimed.compareAndSwap(first, end)) return first;
    }
  }

  *#set(position: number, value: T): Go {
    const slot = this.#slotAt(position);
    yield* slot.value.store(value);
    yield* slot.published.store((position + 1) >>> 0); // I2
  }

  #slotAt(position: number): Slot<T> {
    return this.#slots[position & (this.#slots.length - 1)] as Slot<T>;
  }

  #check(method: string, count: number): void {
    if (count < 1 || count > this.#slots.length) {
      throw new RangeError(
        `Disruptor.${method}: expected 1 to ${this.#slots.length} values, got ${String(count)}`,
      );
    }
    if (this.#consumers.length === 0) {
      throw new MisuseError(`Disruptor.${method}: has no consumers; call consumer() first`);
    }
    this.#isStarted = true;
  }
}
