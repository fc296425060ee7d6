// Semaphore: a fixed number of permits that threads take and give back, one or several at a time.
//
// Invariants:
//  I1. FREE changes by compare-exchange only and stays between 0 and SIZE.
//  I2. A waiter counts itself before it looks at FREE for the last time; a release changes FREE before it looks at the
//      waiters. So one of the two sees the other, and no wake-up is lost.
//  I3. With waiters for one permit only, a release of n wakes n. When somebody waits for several, it wakes all: the one
//      woken might not have enough yet while another would.
//
//  I4. A wake-up that goes to a thread which is terminated before it can act on it is not lost: sleepers look again
//      after a while (park.ts I4).
//
// Source: the promises and texts are those of golang.org/x/sync/semaphore. Differs: waiters barge, there is no queue.
// Rejected: a queue in shared memory; a waiter that gives up, or dies, would have to be taken out by the others. Noting who
// holds which permits, to give them back after a death: then only the taker could give back, and hand-overs, the reason to use
// a semaphore instead of a mutex, would be errors. POSIX semaphores attribute nothing either.

import { casFailed } from "./casfailures.js";
import { checkCount, type Handle, type Placement, place, type Shared } from "./memory.js";
import { checkTimeout, parkTask, parkThread, type SlowPath, type WaitOptions } from "./park.js";
import { lookAfter } from "./roster.js";
import { checkMayBlock, LockError } from "./thread.js";

const BYTES = 20;
const SIZE = 1;
const FREE = 2;
const WAITERS = 3;
/** Those among the waiters that want more than one permit. */
const HEAVY = 4;
const MOST = 2 ** 31 - 1;

/**
 * Lets at most `size` threads in at a time; a thread may take several permits at once. All permits are free at first.
 *
 * Permits belong to nobody: any thread may give back what another took. So the permits of a thread that dies are gone until
 * somebody who knows of it calls `release` in its place.
 *
 * **Happens-before:** a `release` synchronizes before the return of an `acquire` that takes one of its permits.
 * **Cost:** without waiting, acquire and release are one load and one compare-exchange each.
 * **Limits:** no order among waiters: who asks for many may wait while others pass with few (x/sync's has a queue).
 *
 * @throws {RangeError} ``Semaphore: expected `size` to be an integer from 1 to 2147483647, got 0``
 * @throws {LockError} `semaphore: released more than held` (from `release`)
 * @example
 * const two = new Semaphore(2);
 * const inside = new Int32Array(new SharedArrayBuffer(4));
 * const most = await team(3, (t, two, inside) => {
 *   return two.withPermit(() => {
 *     const now = Atomics.add(inside, 0, 1) + 1;
 *     Atomics.sub(inside, 0, 1);
 *     return now <= 2;
 *   });
 * }, { args: [two, inside] });
 * console.log(most); // prints: [ true, true, true ]
 */
export class Semaphore implements Shared {
  readonly handle: Handle;
  readonly #words: Int32Array;

  constructor(size: number, placement: Placement = {}) {
    if (placement.at === undefined) checkCount("Semaphore", "size", size, 1, MOST);
    this.handle = place("Semaphore", BYTES, placement);
    this.#words = new Int32Array(this.handle.buffer, this.handle.offset, BYTES / 4);
    if (placement.at !== undefined) return;
    Atomics.store(this.#words, SIZE, size); // ORDER: none needed; before anybody else can have the handle
    Atomics.store(this.#words, FREE, size); // ORDER: none needed; as above
  }

  /** Attaches to the semaphore that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Semaphore {
    return new Semaphore(1, { at: handle });
  }

  /** How many permits there are. */
  get size(): number {
    return this.#words[SIZE]!;
  }

  /** How many permits are free. Out of date as soon as you read it. */
  get free(): number {
    return Atomics.load(this.#words, FREE); // ORDER: none needed; a hint for people
  }

  /** Takes `permits`; sleeps until so many are free. Refused on the main thread. */
  acquire(permits = 1): void {
    this.#check("acquire", permits);
    checkMayBlock("Semaphore.acquire", "await semaphore.acquireAsync()");
    if (this.#take(permits)) return;
    parkThread(this.#words, this.#untilTaken(permits));
  }

  /** Takes `permits` if so many are free now; never sleeps. */
  tryAcquire(permits = 1): boolean {
    this.#check("tryAcquire", permits);
    return this.#take(permits);
  }

  /** Takes `permits` if that succeeds within `timeoutMs` milliseconds; returns whether it did. */
  tryAcquireFor(timeoutMs: number, permits = 1): boolean {
    this.#check("tryAcquireFor", permits);
    checkTimeout("Semaphore.tryAcquireFor", timeoutMs);
    checkMayBlock("Semaphore.tryAcquireFor", "await semaphore.acquireAsync(permits, { timeoutMs })");
    return this.#take(permits) || parkThread(this.#words, this.#untilTaken(permits), timeoutMs);
  }

  /** Takes `permits` without blocking the thread; resolves to false after `timeoutMs`. */
  async acquireAsync(permits = 1, options: WaitOptions = {}): Promise<boolean> {
    this.#check("acquireAsync", permits);
    if (options.timeoutMs !== undefined) checkTimeout("Semaphore.acquireAsync", options.timeoutMs);
    options.signal?.throwIfAborted();
    return this.#take(permits) || parkTask(this.#words, this.#untilTaken(permits), options);
  }

  /** Gives `permits` back and wakes whom they may serve. */
  release(permits = 1): void {
    this.#check("release", permits);
    const words = this.#words;
    for (;;) {
      const free = this.free;
      if (free + permits > this.size) throw new LockError("semaphore: released more than held"); // I1
      // ORDER: release; pairs with the compare-exchange in #take. Before the load of WAITERS (I2).
      if (Atomics.compareExchange(words, FREE, free, free + permits) === free) break;
      casFailed();
    }
    if (Atomics.load(words, WAITERS) === 0) return; // ORDER: after the compare-exchange (I2)
    // ORDER: none needed; a waiter that is missing here looks at FREE before it sleeps (I2).
    Atomics.notify(words, FREE, Atomics.load(words, HEAVY) === 0 ? permits : Number.POSITIVE_INFINITY); // I3
  }

  /** Runs `body` with one permit and returns its result; gives it back when `body` throws. `body` must not be async. */
  withPermit<R>(body: () => R): R {
    this.acquire();
    try {
      return body();
    } finally {
      this.release();
    }
  }

  /** Like `withPermit` for the event loop: waits without blocking the thread; `body` may be async. */
  async withPermitAsync<R>(
    body: () => R | Promise<R>,
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<R> {
    await this.acquireAsync(1, { signal: options.signal });
    try {
      return await body();
    } finally {
      this.release();
    }
  }

  #check(call: string, permits: number): void {
    checkCount(`Semaphore.${call}`, "permits", permits, 1, this.size);
  }

  #take(permits: number): boolean {
    for (;;) {
      const free = this.free;
      if (free < permits) return false;
      // ORDER: acquire; pairs with the compare-exchange in release.
      if (Atomics.compareExchange(this.#words, FREE, free, free - permits) === free) return true;
      casFailed();
    }
  }

  *#untilTaken(permits: number): SlowPath {
    const words = this.#words;
    if (permits > 1) Atomics.add(words, HEAVY, 1); // ORDER: before the addition to WAITERS: a release sees both (I3)
    Atomics.add(words, WAITERS, 1); // ORDER: before the loads of FREE below (I2)
    try {
      for (let looks = 0; ; ) {
        const free = this.free;
        if (this.#take(permits)) return true;
        if (free >= permits) continue; // it was there and is gone: look anew, for the sleep needs a short value
        const wake = yield [FREE, free, lookAfter(looks)];
        if (wake === "timed-out") return false;
        if (wake === "look") looks++; // I4
      }
    } finally {
      Atomics.sub(words, WAITERS, 1); // ORDER: none needed; too high a count costs a notify
      if (permits > 1) Atomics.sub(words, HEAVY, 1); // ORDER: none needed; as above
    }
  }
}
