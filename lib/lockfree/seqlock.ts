// SeqLock: a few values that are read together without writing anything; readers retry when a writer came between.
//
// Invariants:
//  I1. #sequence is odd while a writer is at work, and no number comes twice (but for 2 ** 31 writes during one read).
//  I2. A reader returns only what it read between two equal, even sequences: then no write began or ended meanwhile.
//
// Source: Linux include/linux/seqlock.h; H.-J. Boehm, Can Seqlocks Get Along with Programming Language Memory
// Models? (MSPC 2012). Differs: every word is an atomic of its own, so there is no race between copying and writing.

import { AtomicPointer, AtomicUint32 } from "../atomic/index.js";
import type { Go } from "../op/index.js";
import { backOff } from "./backoff.js";

/**
 * A tuple of values, written as a whole and read as a whole. For small data that is read often and written rarely:
 * readers write nothing, so they cannot slow each other down; but writers can starve them. Its methods are generators
 * whose every access to shared state is an operation.
 *
 * **Happens-before:** a `write` synchronizes before the `read` that returns its values, and before later `write`s.
 * **Cost:** O(values); a `read` repeats as long as writes come between. While a writer is at work others give way:
 * they let others run eight times, then sleep up to 1 ms.
 *
 * @throws {TypeError} `SeqLock: expected at least one value, got none`
 * @throws {TypeError} `SeqLock.write: expected 2 values, got 1`
 * @example
 * await run(function* () {
 *   const range = new SeqLock<[low: number, high: number]>(0, 9);
 *   yield* range.write(10, 19);
 *   const [low, high] = yield* range.read();
 *   console.log(low, high); // prints: 10 19
 * });
 */
export class SeqLock<T extends readonly unknown[]> {
  readonly #sequence = new AtomicUint32();
  readonly #words: readonly AtomicPointer<unknown>[];

  constructor(...values: T) {
    if (values.length === 0) throw new TypeError("SeqLock: expected at least one value, got none");
    this.#words = values.map((value) => new AtomicPointer<unknown>(value));
  }

  /** Returns values that one `write` (or the constructor) has set together. */
  *read(): Go<T> {
    for (let round = 0; ; round++) {
      const before = yield* this.#sequence.load();
      if (before % 2 === 0) {
        const copy: unknown[] = [];
        for (const word of this.#words) copy.push(yield* word.load());
        if ((yield* this.#sequence.load()) === before) return copy as unknown as T; // I2
      }
      yield* backOff(round);
    }
  }

  /** Sets all values. Writers exclude each other. */
  *write(...values: T): Go {
    if (values.length !== this.#words.length) {
      throw new TypeError(`SeqLock.write: expected ${this.#words.length} values, got ${values.length}`);
    }
    const before = yield* this.#enter();
    for (const [i, word] of this.#words.entries()) yield* word.store(values[i]);
    yield* this.#sequence.store((before + 2) >>> 0);
  }

  /** Makes the sequence odd; returns the even number that it was (I1). */
  *#enter(): Go<number> {
    for (let round = 0; ; round++) {
      const before = yield* this.#sequence.load();
      if (before % 2 === 0 && (yield* this.#sequence.compareAndSwap(before, before + 1))) return before;
      yield* backOff(round);
    }
  }
}
