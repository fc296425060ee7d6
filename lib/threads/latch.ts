// Latch: a gate that opens for good after `count` arrivals.
//
// Invariants:
//  I1. The count never goes below 0; whoever brings it to 0 wakes everybody.
//
// Source: java.util.concurrent.CountDownLatch. Differs from a WaitGroup: it cannot be used twice, and arriving once
// too often is harmless.

import { casFailed } from "./casfailures.js";
import { checkCount, type Handle, type Placement, place, type Shared } from "./memory.js";
import { checkTimeout, parkTask, parkThread, type SlowPath, type WaitOptions } from "./park.js";
import { checkMayBlock } from "./thread.js";

const BYTES = 8;
const LEFT = 1;
const MOST = 2 ** 31 - 1;

/**
 * Opens after `countDown` was called `count` times.
 *
 * **Happens-before:** each `countDown` synchronizes before the return of a `wait` that it lets pass.
 *
 * @throws {RangeError} ``Latch: expected `count` to be an integer from 0 to 2147483647, got -1``
 * @example
 * const ready = new Latch(2);
 * const running = team(2, (t, ready) => { ready.countDown(); ready.wait(); }, { args: [ready] });
 * await ready.waitAsync();
 * await running;
 */
export class Latch implements Shared {
  readonly handle: Handle;
  readonly #words: Int32Array;

  constructor(count: number, placement: Placement = {}) {
    if (placement.at === undefined) checkCount("Latch", "count", count, 0, MOST);
    this.handle = place("Latch", BYTES, placement);
    this.#words = new Int32Array(this.handle.buffer, this.handle.offset, BYTES / 4);
    // ORDER: none needed; before anybody else can have the handle.
    if (placement.at === undefined) Atomics.store(this.#words, LEFT, count);
  }

  /** Attaches to the latch that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Latch {
    return new Latch(0, { at: handle });
  }

  /** Arrivals still missing. */
  get left(): number {
    return Atomics.load(this.#words, LEFT); // ORDER: acquire; pairs with the compare-exchange in countDown
  }

  /** Arrives; the last arrival opens the gate. */
  countDown(): void {
    for (;;) {
      const left = this.left;
      if (left === 0) return; // I1
      // ORDER: release; pairs with the load in wait.
      if (Atomics.compareExchange(this.#words, LEFT, left, left - 1) !== left) {
        casFailed();
        continue;
      }
      if (left === 1) Atomics.notify(this.#words, LEFT); // I1
      return;
    }
  }

  /** Sleeps until the gate is open. Refused on the main thread. */
  wait(): void {
    checkMayBlock("Latch.wait", "await latch.waitAsync()");
    parkThread(this.#words, this.#untilOpen());
  }

  /** Sleeps until the gate is open, at most `timeoutMs` milliseconds; returns whether it is. */
  waitFor(timeoutMs: number): boolean {
    checkTimeout("Latch.waitFor", timeoutMs);
    checkMayBlock("Latch.waitFor", "await latch.waitAsync({ timeoutMs })");
    return parkThread(this.#words, this.#untilOpen(), timeoutMs);
  }

  /** Waits without blocking the thread; resolves to false after `timeoutMs`. */
  async waitAsync(options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout("Latch.waitAsync", options.timeoutMs);
    return parkTask(this.#words, this.#untilOpen(), options);
  }

  *#untilOpen(): SlowPath {
    for (;;) {
      const left = this.left;
      if (left === 0) return true;
      if ((yield [LEFT, left]) === "timed-out") return false;
    }
  }
}
