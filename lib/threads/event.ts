// Event: a flag that threads wait for; once set, everybody passes until it is reset.
//
// Invariants:
//  I1. A thread sleeps only on the value "not set"; `set` stores first and then wakes everybody.

import { type Handle, type Placement, place, type Shared } from "./memory.js";
import { checkTimeout, parkTask, parkThread, type SlowPath, type WaitOptions } from "./park.js";
import { checkMayBlock } from "./thread.js";

const BYTES = 8;
const FLAG = 1;

/**
 * A flag that threads can wait for. A new Event is not set.
 *
 * **Happens-before:** `set` synchronizes before the return of a `wait` or `isSet` that sees it.
 *
 * @example
 * const begin = new Event();
 * const running = team(2, (t, begin) => { begin.wait(); return t.id; }, { args: [begin] });
 * begin.set();
 * console.log(await running); // prints: [ 0, 1 ]
 */
export class Event implements Shared {
  readonly handle: Handle;
  readonly #words: Int32Array;

  constructor(placement: Placement = {}) {
    this.handle = place("Event", BYTES, placement);
    this.#words = new Int32Array(this.handle.buffer, this.handle.offset, BYTES / 4);
  }

  /** Attaches to the event that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Event {
    return new Event({ at: handle });
  }

  /** Sets the flag and wakes everybody who waits. */
  set(): void {
    // ORDER: release; pairs with the load in isSet and wait.
    if (Atomics.exchange(this.#words, FLAG, 1) === 0) Atomics.notify(this.#words, FLAG); // I1
  }

  /** Clears the flag: from now on `wait` sleeps again. */
  reset(): void {
    Atomics.store(this.#words, FLAG, 0); // ORDER: release; pairs with the load in isSet and wait
  }

  /** True while the flag is set. */
  get isSet(): boolean {
    return Atomics.load(this.#words, FLAG) === 1; // ORDER: acquire; pairs with the exchange in set
  }

  /** Sleeps until the flag is set. Refused on the main thread. */
  wait(): void {
    checkMayBlock("Event.wait", "await event.waitAsync()");
    parkThread(this.#words, this.#untilSet());
  }

  /** Sleeps until the flag is set, at most `timeoutMs` milliseconds; returns whether it is. */
  waitFor(timeoutMs: number): boolean {
    checkTimeout("Event.waitFor", timeoutMs);
    checkMayBlock("Event.waitFor", "await event.waitAsync({ timeoutMs })");
    return parkThread(this.#words, this.#untilSet(), timeoutMs);
  }

  /** Waits without blocking the thread; resolves to false after `timeoutMs`. */
  async waitAsync(options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout("Event.waitAsync", options.timeoutMs);
    return parkTask(this.#words, this.#untilSet(), options);
  }

  *#untilSet(): SlowPath {
    while (!this.isSet) {
      if ((yield [FLAG, 0]) === "timed-out") return this.isSet;
    }
    return true;
  }
}
