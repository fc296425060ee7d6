// Waiters: those who sleep until something is there: a count of them, and a sequence of wake-ups that they sleep on.
//
// Invariants:
//  I1. A waiter counts itself, remembers the sequence, looks again, and sleeps on the sequence. Who makes something ready
//      does so before it looks at the count. So one of the two sees the other, and no wake-up is lost.
//  I2. A count that is too high (a waiter died) costs a notify; it is never too low.
//
// Source: the event count of Reed, Kanodia, "Synchronization with Eventcounts and Sequencers" (1979).

import { checkTimeout, parkTask, parkThread, type SlowPath, type WaitOptions } from "./park.js";
import { checkMayBlock } from "./thread.js";

/** Words that the waiters of one kind take: the sequence, then the count. */
export const WAITERS_WORDS = 2;

/** The waiters at word `at` of `words`, for what `isReady` looks at. */
export class Waiters {
  readonly #words: Int32Array;
  readonly #at: number;
  readonly #isReady: () => boolean;

  constructor(words: Int32Array, at: number, isReady: () => boolean) {
    this.#words = words;
    this.#at = at;
    this.#isReady = isReady;
  }

  /** Wakes one, after something has become ready. */
  wakeOne(): void {
    // I1. ORDER: after what made it ready; pairs with the addition in #path.
    if (Atomics.load(this.#words, this.#at + 1) === 0) return;
    Atomics.add(this.#words, this.#at, 1); // ORDER: release; pairs with the load in #path. Before the notify
    Atomics.notify(this.#words, this.#at, 1);
  }

  /** Wakes all, after something has become ready for more than one. */
  wakeAll(): void {
    // I1. ORDER: after what made it ready; pairs with the addition in #path.
    if (Atomics.load(this.#words, this.#at + 1) === 0) return;
    Atomics.add(this.#words, this.#at, 1); // ORDER: release; pairs with the load in #path. Before the notify
    Atomics.notify(this.#words, this.#at);
  }

  /** Sleeps until `isReady`. @throws {LockError} on a thread that must not sleep: `call`, use `instead` */
  wait(call: string, instead: string): void {
    checkMayBlock(call, instead);
    parkThread(this.#words, this.#path());
  }

  /** Waits for `isReady` without blocking the thread; false after the time. */
  waitAsync(options: WaitOptions): Promise<boolean> {
    return parkTask(this.#words, this.#path(), options);
  }

  *#path(): SlowPath {
    const words = this.#words;
    Atomics.add(words, this.#at + 1, 1); // I1. ORDER: before the look below; pairs with the loads in wakeOne and wakeAll
    try {
      for (;;) {
        const wakeups = Atomics.load(words, this.#at); // I1. ORDER: before the look; pairs with the additions in wake…
        if (this.#isReady()) return true;
        if ((yield [this.#at, wakeups]) === "timed-out") return this.#isReady();
      }
    } finally {
      Atomics.sub(words, this.#at + 1, 1); // ORDER: none needed; too high a count costs a notify
    }
  }
}

/** The options of the next wait of an operation that began when `deadline` was so far away. */
export function waitUntil(options: WaitOptions, deadline: number): WaitOptions {
  return { signal: options.signal, timeoutMs: Math.max(0, deadline - performance.now()) };
}

/** When a wait that begins now has to end. @throws {RangeError} for a time limit below 0; the signal's reason when it is aborted */
export function deadlineOf(call: string, { timeoutMs, signal }: WaitOptions): number {
  signal?.throwIfAborted();
  if (timeoutMs === undefined) return Number.POSITIVE_INFINITY;
  checkTimeout(call, timeoutMs);
  return performance.now() + timeoutMs;
}
