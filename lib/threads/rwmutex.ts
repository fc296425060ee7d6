// RWMutex: many readers or one writer, across threads; a waiting writer holds new readers back (as Go's).
//
// Three words. `state` counts readers in twos; its lowest bit says that a writer is pending or inside. `queue` counts
// the readers asleep behind that writer, with a phase in its upper half. `writers` is a Mutex among writers.
//
// Invariants:
//  I1. A reader that finds the bit set takes its two back before it sleeps. So waiting readers hold nothing, and one
//      that gives up (timeout, abort) has nothing to repair but its place in the queue.
//  I2. The bit changes only while `writers` is held.
//  I3. A leaving writer clears the bit, then adds the queue's readers to `state`, then moves the phase on: those
//      asleep hold the lock before the next writer can come (Go's promise to waiting readers). The phase cannot move
//      again before they have left, so one bit of it would do.
//  I4. A reader looks at `state` again after it has queued; either it sees the bit cleared and takes itself out, or the
//      writer, which clears the bit before it reads the queue, sees the reader.
//  I5. Readers in twos: an unlock too many makes `state` negative or leaves the writer's bit alone, so it never lets a
//      reader in beside a writer.
//
// Source: the promises are Go's src/sync/rwmutex.go; the words are our own, because Go's reader that waits is
// already counted and could not give up. Rejected: a compare-exchange loop on one word (Rust's std): 2.2 times slower
// with two readers than one fetch-and-add.

import { type Handle, LINE_BYTES, type Placement, place, type Shared } from "./memory.js";
import { MutexWord } from "./mutexword.js";
import { checkTimeout, parkTask, parkThread, type SlowPath, type WaitOptions } from "./park.js";
import { checkMayBlock, LockError, mayBlock, thisThread, threadName } from "./thread.js";

const STATE = 1;
const QUEUE = 2;
const WRITERS = LINE_BYTES / 4;
const BYTES = 2 * LINE_BYTES;

const WRITER = 1;
const READER = 2;
const QUEUED = 0xffff;
const PHASE = 0x10000;

/**
 * A reader-writer lock between threads. A new RWMutex is unlocked.
 *
 * A waiting writer blocks new readers, and a leaving writer lets in the readers that waited for it, so neither side
 * starves. Not reentrant: a thread that takes a second read lock while a writer waits blocks for ever, as in Go.
 *
 * **Happens-before:** `unlock` synchronizes before any later `rLock` or `lock` returns; `rUnlock` before a later `lock` returns.
 * **Cost:** rLock + rUnlock without a writer are two atomic additions; readers share one word, so they slow each other.
 * **Limits:** 65 535 readers may wait at a time. When a thread that holds it dies the lock stays taken.
 *
 * @throws {LockError} `sync: RUnlock of unlocked RWMutex`, `sync: Unlock of unlocked RWMutex`
 * @example
 * const rw = new RWMutex();
 * const price = new Int32Array(new SharedArrayBuffer(8));
 * const seen = await team(3, (t, rw, price) => {
 *   if (t.id === 0) rw.withWrite(() => { price[0] = 7; price[1] = 7; });
 *   return rw.withRead(() => price[0] === price[1]);
 * }, { args: [rw, price] });
 * console.log(seen); // prints: [ true, true, true ]
 */
export class RWMutex implements Shared {
  readonly handle: Handle;
  readonly #words: Int32Array;
  readonly #writers: MutexWord;

  constructor(placement: Placement = {}) {
    this.handle = place("RWMutex", BYTES, placement);
    this.#words = new Int32Array(this.handle.buffer, this.handle.offset, BYTES / 4);
    this.#writers = new MutexWord(this.#words, WRITERS, "RWMutex");
  }

  /** Attaches to the lock that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): RWMutex {
    return new RWMutex({ at: handle });
  }

  /** Locks for reading; sleeps while a writer is inside or waits. Refused on the main thread. */
  rLock(): void {
    // ORDER: acquire; pairs with the store of the bit in unlock, so what the writer wrote is visible below.
    if (mayBlock() && (Atomics.add(this.#words, STATE, READER) & WRITER) === 0) return;
    this.#rLockSlow(Number.POSITIVE_INFINITY, "RWMutex.rLock");
  }

  /** Locks for reading if no writer is inside or waits; never sleeps. */
  tryRLock(): boolean {
    // ORDER: none needed; it only spares a writer the sight of readers that are none.
    if ((Atomics.load(this.#words, STATE) & WRITER) !== 0) return false;
    return this.#enter();
  }

  /** Locks for reading if that succeeds within `timeoutMs` milliseconds; returns whether it did. */
  tryRLockFor(timeoutMs: number): boolean {
    checkTimeout("RWMutex.tryRLockFor", timeoutMs);
    if (mayBlock() && this.#enter()) return true;
    return this.#rLockSlow(timeoutMs, "RWMutex.tryRLockFor", true);
  }

  /** Locks for reading without blocking the thread; resolves to false after `timeoutMs`. */
  async rLockAsync(options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout("RWMutex.rLockAsync", options.timeoutMs);
    options.signal?.throwIfAborted();
    return this.tryRLock() || parkTask(this.#words, this.#queueUp(), options);
  }

  /** Undoes one `rLock`. */
  rUnlock(): void {
    // ORDER: release; pairs with the load in the writer's drain: the reads above happen before its writes.
    const before = Atomics.sub(this.#words, STATE, READER);
    if (before >= READER && (before & WRITER) === 0) return;
    this.#rUnlockSlow(before);
  }

  /** Locks for writing; sleeps until readers and writers have left. Refused on the main thread. */
  lock(): void {
    checkMayBlock("RWMutex.lock", "await rwMutex.lockAsync()");
    this.#writers.lock();
    if (this.#announce()) return;
    parkThread(this.#words, this.#drain());
  }

  /** Locks for writing if nobody is inside or waits; never sleeps. */
  tryLock(): boolean {
    if (!this.#writers.tryLock()) return false;
    // ORDER: acquire; pairs with the subtraction in rUnlock.
    if (Atomics.compareExchange(this.#words, STATE, 0, WRITER) === 0) return true;
    this.#writers.unlock();
    return false;
  }

  /** Locks for writing if that succeeds within `timeoutMs` milliseconds; returns whether it did. */
  tryLockFor(timeoutMs: number): boolean {
    checkTimeout("RWMutex.tryLockFor", timeoutMs);
    checkMayBlock("RWMutex.tryLockFor", "await rwMutex.lockAsync({ timeoutMs })");
    const deadline = performance.now() + timeoutMs;
    if (!this.#writers.tryLockFor(timeoutMs)) return false;
    return (
      this.#announce() || parkThread(this.#words, this.#drain(), Math.max(0, deadline - performance.now()))
    );
  }

  /** Locks for writing without blocking the thread; resolves to false after `timeoutMs`. */
  async lockAsync(options: WaitOptions = {}): Promise<boolean> {
    const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
    checkTimeout("RWMutex.lockAsync", timeoutMs);
    signal?.throwIfAborted();
    const deadline = performance.now() + timeoutMs;
    if (!this.#writers.tryLock() && !(await this.#writers.lockAsync(options))) return false;
    if (this.#announce()) return true;
    return parkTask(this.#words, this.#drain(), {
      signal,
      timeoutMs: Math.max(0, deadline - performance.now()),
    });
  }

  /** Undoes `lock` and lets in the readers that waited for it. */
  unlock(): void {
    this.#writers.checkOwner();
    this.#clearWriter();
  }

  /** Runs `body` with the read lock held; unlocks when it throws. `body` must not be async. */
  withRead<R>(body: () => R): R {
    this.rLock();
    try {
      return body();
    } finally {
      this.rUnlock();
    }
  }

  /** Runs `body` with the write lock held; unlocks when it throws. `body` must not be async. */
  withWrite<R>(body: () => R): R {
    this.lock();
    try {
      return body();
    } finally {
      this.unlock();
    }
  }

  /** Like `withRead` for the event loop: waits without blocking the thread; `body` may be async. */
  async withReadAsync<R>(body: () => R | Promise<R>, options: Pick<WaitOptions, "signal"> = {}): Promise<R> {
    await this.rLockAsync(options);
    try {
      return await body();
    } finally {
      this.rUnlock();
    }
  }

  /** Like `withWrite` for the event loop: waits without blocking the thread; `body` may be async. */
  async withWriteAsync<R>(body: () => R | Promise<R>, options: Pick<WaitOptions, "signal"> = {}): Promise<R> {
    await this.lockAsync(options);
    try {
      return await body();
    } finally {
      this.unlock();
    }
  }

  /** Counts itself in; takes itself out again and returns false when a writer is there (I1). */
  #enter(): boolean {
    // ORDER: acquire; pairs with the subtraction of the bit in #clearWriter.
    if ((Atomics.add(this.#words, STATE, READER) & WRITER) === 0) return true;
    this.#leave();
    return false;
  }

  /** Takes two back; the last reader in front of a writer wakes it. */
  #leave(): void {
    // ORDER: release; pairs with the load in #drain.
    if (Atomics.sub(this.#words, STATE, READER) === WRITER + READER) Atomics.notify(this.#words, STATE);
  }

  /** `hasLeft`: the caller has already taken back the two with which it tried to enter. */
  #rLockSlow(timeoutMs: number, call: string, hasLeft = false): boolean {
    checkMayBlock(call, "await rwMutex.rLockAsync()");
    if (!hasLeft) this.#leave(); // I1: the fast path's two
    if (this.#writers.owner === thisThread) {
      throw new LockError(
        `${call}: ${threadName(thisThread)} holds the write lock and would wait for itself for ever`,
      );
    }
    return parkThread(this.#words, this.#queueUp(), timeoutMs);
  }

  #rUnlockSlow(before: number): void {
    if (before < READER) {
      Atomics.add(this.#words, STATE, READER); // ORDER: none needed; repairs the caller's mistake (I5)
      throw new LockError("sync: RUnlock of unlocked RWMutex");
    }
    if (before === WRITER + READER) Atomics.notify(this.#words, STATE);
  }

  *#queueUp(): SlowPath {
    const words = this.#words;
    for (;;) {
      const queue = Atomics.load(words, QUEUE); // ORDER: before the load of STATE; pairs with #admit
      if ((Atomics.load(words, STATE) & WRITER) === 0) {
        if (this.#enter()) return true;
        continue;
      }
      if ((queue & QUEUED) === QUEUED) throw new LockError("RWMutex: more than 65535 readers wait");
      // ORDER: before the load of STATE in #leaveQueue's caller below (I4); pairs with the load in #clearWriter.
      if (Atomics.compareExchange(words, QUEUE, queue, queue + 1) !== queue) continue;
      const phase = queue & ~QUEUED;
      let wake: string = "ok";
      for (;;) {
        const now = Atomics.load(words, QUEUE); // ORDER: acquire; pairs with the phase's move in #admit
        if ((now & ~QUEUED) !== phase) return true; // I3: let in
        const isOpen = (Atomics.load(words, STATE) & WRITER) === 0; // I4
        if (isOpen || wake === "timed-out") {
          if (!this.#leaveQueue(phase)) return true;
          if (wake === "timed-out") return false;
          break;
        }
        wake = yield [QUEUE, now];
      }
    }
  }

  /** Takes this reader out of the queue; false when the phase has moved on and it holds the lock. */
  #leaveQueue(phase: number): boolean {
    for (;;) {
      const now = Atomics.load(this.#words, QUEUE); // ORDER: acquire; pairs with #admit
      if ((now & ~QUEUED) !== phase) return false;
      // ORDER: none needed; competes with #admit for the queue's word only.
      if (Atomics.compareExchange(this.#words, QUEUE, now, now - 1) === now) return true;
    }
  }

  /** Sets the bit (I2); true when no reader is inside. */
  #announce(): boolean {
    // ORDER: acquire; pairs with the subtraction in rUnlock. No reader enters from here on.
    return Atomics.add(this.#words, STATE, WRITER) === 0;
  }

  *#drain(): SlowPath {
    for (;;) {
      const state = Atomics.load(this.#words, STATE); // ORDER: acquire; pairs with the subtraction in rUnlock
      if (state === WRITER) return true;
      if ((yield [STATE, state]) === "timed-out") {
        // ORDER: acquire; pairs with the subtraction in rUnlock. The last reader may have left meanwhile.
        if (Atomics.load(this.#words, STATE) === WRITER) return true;
        this.#clearWriter();
        return false;
      }
    }
  }

  #clearWriter(): void {
    // ORDER: release; pairs with the addition in rLock: the writes above happen before the next reader's reads.
    Atomics.sub(this.#words, STATE, WRITER);
    // ORDER: after the subtraction (I4).
    if ((Atomics.load(this.#words, QUEUE) & QUEUED) !== 0) this.#admit();
    this.#writers.unlock();
  }

  /** Gives the lock to the readers asleep (I3). Readers may still join or give up: then the number is put right. */
  #admit(): void {
    let admitted = 0;
    for (;;) {
      const queue = Atomics.load(this.#words, QUEUE); // ORDER: acquire; pairs with the readers' compare-exchange
      const waiting = queue & QUEUED;
      // ORDER: release; comes before the phase's move, so a reader let in finds itself counted.
      if (waiting !== admitted) Atomics.add(this.#words, STATE, (waiting - admitted) * READER);
      admitted = waiting;
      if (waiting === 0) return;
      const next = ((queue & ~QUEUED) + PHASE) | 0;
      // ORDER: release; pairs with the load in #queueUp.
      if (Atomics.compareExchange(this.#words, QUEUE, queue, next) === queue) break;
    }
    Atomics.notify(this.#words, QUEUE);
  }
}
