// WaitGroup: waits until as many threads have said `done` as were added.
//
// Invariants:
//  I1. Whoever brings the count to 0 wakes everybody; a waiter sleeps only on a count that it has seen above 0.
//
// Source: Go src/sync/waitgroup.go. Differs: no check for `add` concurrent with the first `wait`; the count is one
// word, waiters are not counted, so `done` at 0 always notifies.

import { type Handle, type Placement, place, type Shared } from "./memory.js";
import { checkTimeout, parkTask, parkThread, type SlowPath, type WaitOptions } from "./park.js";
import { checkMayBlock, LockError } from "./thread.js";

const BYTES = 8;
const COUNT = 1;

/**
 * Waits for a collection of threads to finish. `add` before the threads start, `done` when one has finished.
 *
 * **Happens-before:** `done` synchronizes before the return of a `wait` that it unblocks.
 * **Cost:** `add` and `done` are one atomic addition.
 *
 * @throws {LockError} `sync: negative WaitGroup counter` (from `add` and `done`)
 * @example
 * const wg = new WaitGroup();
 * wg.add(2);
 * const running = team(2, (t, wg) => wg.done(), { args: [wg] });
 * await wg.waitAsync();
 * await running;
 */
export class WaitGroup implements Shared {
  readonly handle: Handle;
  readonly #words: Int32Array;

  constructor(placement: Placement = {}) {
    this.handle = place("WaitGroup", BYTES, placement);
    this.#words = new Int32Array(this.handle.buffer, this.handle.offset, BYTES / 4);
  }

  /** Attaches to the wait group that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): WaitGroup {
    return new WaitGroup({ at: handle });
  }

  /** Adds `n`, which may be negative; wakes the waiters when the count reaches 0. */
  add(n: number): void {
    if (!Number.isInteger(n))
      throw new RangeError(`WaitGroup.add: expected \`n\` to be an integer, got ${String(n)}`);
    // ORDER: release; pairs with the load in wait.
    const count = Atomics.add(this.#words, COUNT, n) + n;
    if (count > 0) return;
    if (count < 0) {
      Atomics.sub(this.#words, COUNT, n); // ORDER: none needed; repairs the caller's mistake
      throw new LockError("sync: negative WaitGroup counter");
    }
    Atomics.notify(this.#words, COUNT); // I1
  }

  /** Takes one away. */
  done(): void {
    this.add(-1);
  }

  /** Sleeps until the count is 0. Refused on the main thread. */
  wait(): void {
    checkMayBlock("WaitGroup.wait", "await waitGroup.waitAsync()");
    parkThread(this.#words, this.#untilZero());
  }

  /** Sleeps until the count is 0, at most `timeoutMs` milliseconds; returns whether it is. */
  waitFor(timeoutMs: number): boolean {
    checkTimeout("WaitGroup.waitFor", timeoutMs);
    checkMayBlock("WaitGroup.waitFor", "await waitGroup.waitAsync({ timeoutMs })");
    return parkThread(this.#words, this.#untilZero(), timeoutMs);
  }

  /** Waits without blocking the thread; resolves to false after `timeoutMs`. */
  async waitAsync(options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout("WaitGroup.waitAsync", options.timeoutMs);
    return parkTask(this.#words, this.#untilZero(), options);
  }

  *#untilZero(): SlowPath {
    for (;;) {
      const count = Atomics.load(this.#words, COUNT); // ORDER: acquire; pairs with the addition in add
      if (count === 0) return true;
      if ((yield [COUNT, count]) === "timed-out") return false;
    }
  }
}
