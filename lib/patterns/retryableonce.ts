// RetryableOnce: initialises once, where a failure does not count.
//
// Invariants:
//  I1. At most one body runs at a time; none runs after one has succeeded.
//  I2. The value is published after the body has returned, as a whole: nobody sees a half-made one.
//
// Source: Go sync.Once, whose second caller believes that a failed first one has done it: a body that panics is
// not run again, and `do` returns. Rejected: setting the flag before the body (that mistake), and resetting it in a
// catch (a caller in between has already gone on).

import type { Body, Go } from "../op/index.js";
import { Mutex } from "../sync/index.js";
import { begin } from "./arguments.js";

/**
 * Runs one body to success; everybody gets its value.
 *
 * Callers that come while a body runs wait. If it fails, its own caller gets the error and the next one tries.
 *
 * **Happens-before:** the end of the body that succeeded synchronizes before every return of `do`.
 * **Cost:** O(1), no lock once it is done; `do` is a generator.
 * @example
 * await run(function* () {
 *   const once = new RetryableOnce<string>();
 *   let attempts = 0;
 *   const init = function* () { if (++attempts < 2) throw new Error("not yet"); return "ready"; };
 *   for (let i = 0; i < 3; i++) {
 *     try { console.log(yield* once.do(init)); } catch (e) { console.log((e as Error).message); }
 *     // prints: not yet ready ready
 *   }
 *   console.log(attempts); // prints: 2
 * });
 * @see Go: sync.Once, which is run once even when it panics
 */
export class RetryableOnce<T> {
  readonly #mu = new Mutex();
  #result: { readonly value: T } | null = null;

  /** True once a body has succeeded. */
  get isDone(): boolean {
    return this.#result !== null;
  }

  /** Returns the value, running `body` for it if nobody has succeeded yet. */
  *do(body: Body<[], T>): Go<T> {
    if (this.#result !== null) return this.#result.value;
    yield* this.#mu.lock();
    try {
      // Somebody may have succeeded while we waited: the compiler cannot know.
      const done = this.#result as { readonly value: T } | null;
      if (done !== null) return done.value;
      const value = yield* begin("RetryableOnce", body, []);
      this.#result = { value }; // I2
      return value;
    } finally {
      yield* this.#mu.unlock();
    }
  }
}
