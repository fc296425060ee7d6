// Cond: threads that wait until another says that something has changed.
//
// The sequence word moves with every signal and broadcast. A waiter remembers its value while it still holds the lock
// and sleeps only on that value.
//
// Invariants:
//  I1. A waiter reads the sequence and counts itself before it unlocks L. So a signal by a thread that changed the
//      condition under L after that finds the waiter counted, and moves the sequence from under it: asleep, it is
//      woken; not yet asleep, it does not fall asleep. (The tempting wrong version has no sequence: unlock, then
//      sleep; a signal between the two is lost.)
//  I2. `signal` wakes one sleeper of those there were; it lets pass who is just about to fall asleep as well. So a
//      waiter may return although the signal was for another: wait in a loop.
//  I3. Whatever ends the wait, L is held again afterwards.
//
// Source: the sequence word is glibc's condition variable before 2.25 and Rust's std (futex). Differs from Go: wait can
// return without a signal of its own (I2), and signals go to the sleepers in the order of the kernel's queue.

import { checkHandle, type Handle, isHandle, type Placement, place, type Shared } from "./memory.js";
import { Mutex } from "./mutex.js";
import { checkTimeout, parkTask, parkThread, type SlowPath, type WaitOptions } from "./park.js";
import { checkMayBlock } from "./thread.js";

const BYTES = 12;
const SEQUENCE = 1;
const WAITERS = 2;

/** The handle of a Cond: it takes the handle of its lock along. */
export interface CondHandle extends Handle {
  readonly lock: Handle;
}

/**
 * A condition variable: a place where threads wait for a change of what the lock `L` protects.
 *
 * Hold `L` for `wait`, and call it in a loop: `while (!condition) cond.wait()`. `signal` and `broadcast` may be called with or
 * without `L`, after the condition was changed under `L`.
 *
 * **Happens-before:** `signal` and `broadcast` synchronize before the return of a `wait` that they unblock.
 * **Cost:** signal without waiters is one atomic load; a wait is a futex wait and taking the lock again.
 *
 * @throws {LockError} `sync: unlock of unlocked mutex` (from the waits, when `L` is not held)
 * @example
 * const [cond, stock] = [new Cond(new Mutex()), new Int32Array(new SharedArrayBuffer(4))];
 * const sold = await team(2, (t, cond, stock) => {
 *   cond.L.lock();
 *   if (t.id === 0) stock[0] = 1;
 *   else while (stock[0] === 0) cond.wait();
 *   cond.L.unlock();
 *   cond.signal();
 *   return stock[0];
 * }, { args: [cond, stock] });
 * console.log(sold); // prints: [ 1, 1 ]
 */
export class Cond implements Shared {
  readonly handle: CondHandle;
  /** The lock that protects the condition. */
  readonly L: Mutex;
  readonly #words: Int32Array;

  constructor(lock: Mutex, placement: Placement = {}) {
    if (!(lock instanceof Mutex)) {
      throw new TypeError(
        `Cond: expected \`lock\` to be a Mutex of happens-before/threads, got ${typeof lock}`,
      );
    }
    this.handle = { ...place("Cond", BYTES, placement), lock: lock.handle };
    this.L = lock;
    this.#words = new Int32Array(this.handle.buffer, this.handle.offset, BYTES / 4);
  }

  /** Attaches to the condition, and the lock, that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Cond {
    const checked = checkHandle("Cond", BYTES, handle);
    const { lock } = checked as Partial<CondHandle>;
    if (!isHandle(lock)) throw new TypeError("Cond.attach: expected the handle of a Cond with its `lock`");
    return new Cond(Mutex.attach(lock), { at: checked });
  }

  /** Unlocks `L`, sleeps until woken, locks `L` again. Refused on the main thread. */
  wait(): void {
    checkMayBlock("Cond.wait", "await cond.waitAsync()");
    this.#wait(Number.POSITIVE_INFINITY);
  }

  /** Like `wait`, at most `timeoutMs` milliseconds (and the time to lock `L` again); returns false when it gave up. */
  waitFor(timeoutMs: number): boolean {
    checkTimeout("Cond.waitFor", timeoutMs);
    checkMayBlock("Cond.waitFor", "await cond.waitAsync({ timeoutMs })");
    return this.#wait(timeoutMs);
  }

  /**
   * Like `wait` without blocking the thread; resolves to false after `timeoutMs`. It settles, also when aborted, only
   * when `L` is held again.
   */
  async waitAsync(options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout("Cond.waitAsync", options.timeoutMs);
    options.signal?.throwIfAborted();
    const sequence = this.#enter();
    try {
      return await parkTask(this.#words, this.#untilAfter(sequence), options);
    } finally {
      this.#leave();
      await this.L.lockAsync(); // I3
    }
  }

  /** Wakes one waiter, if there is any. */
  signal(): void {
    this.#wake(1);
  }

  /** Wakes all waiters. */
  broadcast(): void {
    this.#wake(Number.POSITIVE_INFINITY);
  }

  #wake(waiters: number): void {
    // ORDER: after the unlock (or lock) of L by which the condition was changed; pairs with the addition in #enter (I1).
    if (Atomics.load(this.#words, WAITERS) === 0) return;
    Atomics.add(this.#words, SEQUENCE, 1); // ORDER: release; pairs with the load in #untilAfter
    Atomics.notify(this.#words, SEQUENCE, waiters);
  }

  #wait(timeoutMs: number): boolean {
    const sequence = this.#enter();
    try {
      return parkThread(this.#words, this.#untilAfter(sequence), timeoutMs);
    } finally {
      this.#leave();
      this.L.lock(); // I3
    }
  }

  /** Counts the waiter, unlocks, and returns the value to sleep on. */
  #enter(): number {
    this.L.checkOwner();
    Atomics.add(this.#words, WAITERS, 1); // ORDER: before the unlock (I1); pairs with the load in #wake
    const sequence = Atomics.load(this.#words, SEQUENCE); // ORDER: before the unlock (I1)
    this.L.unlock();
    return sequence;
  }

  #leave(): void {
    Atomics.sub(this.#words, WAITERS, 1); // ORDER: none needed; too high a count costs a notify
  }

  *#untilAfter(sequence: number): SlowPath {
    // ORDER: acquire; pairs with the addition in #wake.
    while (Atomics.load(this.#words, SEQUENCE) === sequence) {
      // ORDER: acquire; a signal may have come with the end of the time, and there may be no other waiter for it.
      if ((yield [SEQUENCE, sequence]) === "timed-out")
        return Atomics.load(this.#words, SEQUENCE) !== sequence;
    }
    return true;
  }
}
