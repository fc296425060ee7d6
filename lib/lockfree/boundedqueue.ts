// BoundedQueue: a ring of cells, each with a number that says whose turn it is.
//
// Invariants:
//  I1. A cell whose sequence is `pos` waits for the push at position `pos`; one whose sequence is `pos + 1` holds that
//      push's value; `pos + capacity` waits for the push one round later.
//  I2. Between winning a position and storing the sequence, a cell belongs to one goroutine.
//  I3. There are two cells or more: with one, I1's `pos + 1` and `pos + capacity` would be the same.
//  I4. Positions count modulo 2 ** 32; a difference as a signed number says which is ahead.
//
// Source: D. Vyukov, Bounded MPMC queue (1024cores.net, 2010).
// Limits, by design: a goroutine that has won a position and not stored yet hides the values behind it, so `tryPop`
// may say "empty", and `tryPush` "full", while values that were pushed stand further back. Not lock-free in the strict
// sense, and not linearizable as to these two answers; nothing is lost, doubled or overtaken.

import { AtomicPointer, AtomicUint32 } from "../atomic/index.js";
import type { Go } from "../op/index.js";
import { checkCapacity, checkItem } from "./item.js";

class Cell<T> {
  readonly sequence: AtomicUint32;
  readonly value = new AtomicPointer<T | undefined>(undefined);

  constructor(position: number) {
    this.sequence = new AtomicUint32(position); // I1
  }
}

/**
 * A queue of a fixed capacity for any number of goroutines, without locks. Its methods are generators whose every
 * access to shared state is an operation. They never wait: they say whether they could.
 *
 * **Happens-before:** a `tryPush` synchronizes before the `tryPop` that returns its value, and that one before the
 * `tryPush` that uses the cell again.
 * **Cost:** one compare-and-swap without contention; no allocation per value.
 * **Limits:** both may answer no while another goroutine is in the middle of the same cell.
 *
 * @throws {RangeError} `` BoundedQueue: expected `capacityItems` to be a power of two in 2..1073741824, got 3 ``
 * @throws {TypeError} `BoundedQueue.tryPush: expected a value, got undefined, which tryPop returns for an empty queue`
 * @example
 * await run(function* () {
 *   const queue = new BoundedQueue<string>(2);
 *   console.log(yield* queue.tryPush("a"), yield* queue.tryPush("b")); // prints: true true
 *   console.log(yield* queue.tryPush("c")); // prints: false
 *   console.log(yield* queue.tryPop(), yield* queue.tryPop(), yield* queue.tryPop()); // prints: a b undefined
 * });
 */
export class BoundedQueue<T> {
  readonly #cells: readonly Cell<T>[];
  readonly #tail = new AtomicUint32(); // Vyukov: enqueue_pos_
  readonly #head = new AtomicUint32(); // Vyukov: dequeue_pos_

  constructor(capacityItems: number) {
    checkCapacity("BoundedQueue", capacityItems, 2);
    this.#cells = Array.from({ length: capacityItems }, (_, position) => new Cell<T>(position));
  }

  /** Puts `value` at the end; false when the queue is full. */
  *tryPush(value: T): Go<boolean> {
    checkItem("BoundedQueue.tryPush", "tryPop", "queue", value);
    for (;;) {
      const pos = yield* this.#tail.load();
      const cell = this.#cellAt(pos);
      const ahead = ((yield* cell.sequence.load()) - pos) | 0; // I4
      if (ahead < 0) return false;
      if (ahead === 0 && (yield* this.#tail.compareAndSwap(pos, (pos + 1) >>> 0))) {
        yield* cell.value.store(value); // I2
        yield* cell.sequence.store((pos + 1) >>> 0);
        return true;
      }
    }
  }

  /** Takes the value at the front; undefined when the queue is empty. */
  *tryPop(): Go<T | undefined> {
    for (;;) {
      const pos = yield* this.#head.load();
      const cell = this.#cellAt(pos);
      const ahead = ((yield* cell.sequence.load()) - (pos + 1)) | 0;
      if (ahead < 0) return undefined;
      if (ahead === 0 && (yield* this.#head.compareAndSwap(pos, (pos + 1) >>> 0))) {
        const value = yield* cell.value.swap(undefined); // I2; and nothing is kept alive
        yield* cell.sequence.store((pos + this.#cells.length) >>> 0);
        return value;
      }
    }
  }

  #cellAt(pos: number): Cell<T> {
    return this.#cells[pos & (this.#cells.length - 1)] as Cell<T>;
  }
}
