// casLoop: the loop that makes any change of one atomic value atomic.

import type { Go, Op } from "../op/index.js";

/** What a loop of compare-and-swap works on: every atomic value, except an `AtomicValue` that is empty. */
export interface Swappable<T> {
  load(): Op<T>;
  compareAndSwap(old: T, value: T): Op<boolean>;
}

/**
 * Replaces the value `old` of `cell` by `change(old)` as one step, and returns the new value. It loads, computes and
 * swaps; when somebody else was faster, it begins again. `change` may run several times and must not have effects.
 * A generator: `yield*` it.
 *
 * The tempting wrong version loses updates: `yield* cell.store(change(yield* cell.load()))`.
 *
 * **Happens-before:** as the `load` and the successful `compareAndSwap` that it consists of.
 * **Cost:** lock-free: O(1) without contention; each failed round means that somebody else succeeded.
 *
 * @throws {TypeError} `casLoop: expected a value that is equal to itself, got NaN`
 * @example
 * await run(function* () {
 *   const balance = new AtomicInt32(50);
 *   console.log(yield* casLoop(balance, (old) => old * 3)); // prints: 150
 * });
 */
export function* casLoop<T>(cell: Swappable<T>, change: (old: T) => T): Go<T> {
  for (;;) {
    const old = yield* cell.load();
    if (Number.isNaN(old)) throw new TypeError("casLoop: expected a value that is equal to itself, got NaN");
    const value = change(old);
    if (yield* cell.compareAndSwap(old, value)) return value;
  }
}
