// MutexWord: the lock inside Mutex, RWMutex and Snapshot: mutual exclusion between threads in one word of shared memory.
//
// The word is 0 when free, else the owner's number with the CONTENDED bit when somebody may be asleep.
//
// Invariants:
//  I1. A thread sleeps only after it has stored CONTENDED, and an unlock that finds CONTENDED notifies, so no
//      wake-up is lost.
//  I2. A woken thread takes the lock with CONTENDED set: others may still be asleep, it cannot know.
//  I3. Only the owner changes a taken word, except for setting CONTENDED. So "not mine" needs no second look.
//
// Source: Drepper, "Futexes Are Tricky" (2011), mutex 2; the owner in the word as in Linux' PI futexes. Differs from
// Go: unlock is tied to the thread that locked, which buys the owner check and the self-deadlock error at no cost
// (unlock's exchange becomes a compare-exchange). Rejected: two states (every unlock notifies: 49 ns against 17).

import { checkTimeout, parkTask, parkThread, type SlowPath, type WaitOptions } from "./park.js";
import { checkMayBlock, LockError, mayBlock, thisThread, threadName } from "./thread.js";

const FREE = 0;
const CONTENDED = 1;
// Bits 1 and 2 stand ready for a poisoned lock and for a starving waiter.
const OWNER_SHIFT = 3;
const SELF = (thisThread + 1) << OWNER_SHIFT;
const FLAGS = (1 << OWNER_SHIFT) - 1;

/** Go's texts, where it has one of its own. */
const UNLOCK_OF_UNLOCKED: Readonly<Record<string, string>> = { RWMutex: "sync: Unlock of unlocked RWMutex" };

/** The thread that holds a lock word, or -1. */
function ownerOf(word: number): number {
  return (word >> OWNER_SHIFT) - 1;
}

/** A lock in word `word` of `words`; `label` is the class that its messages name. See `Mutex`. */
export class MutexWord {
  readonly #words: Int32Array;
  readonly #word: number;
  readonly #label: string;

  constructor(words: Int32Array, word: number, label: string) {
    this.#words = words;
    this.#word = word;
    this.#label = label;
  }

  /** The thread that holds the lock (0: the main thread), or -1. Out of date as soon as you read it. */
  get owner(): number {
    return ownerOf(Atomics.load(this.#words, this.#word)); // ORDER: none needed; a hint for people
  }

  /** Locks; sleeps until the lock is free. Refused on the main thread (see `allowBlocking`). */
  lock(): void {
    // ORDER: acquire; pairs with the compare-exchange or store in unlock, so what the last holder wrote is visible
    // below. Sequentially consistent here; Rust would write Ordering::Acquire.
    if (mayBlock() && Atomics.compareExchange(this.#words, this.#word, FREE, SELF) === FREE) return;
    this.#lockSlow(Number.POSITIVE_INFINITY, "lock");
  }

  /** Locks if the lock is free now; never sleeps, so it is allowed on the main thread too. */
  tryLock(): boolean {
    // ORDER: acquire; pairs with unlock.
    return Atomics.compareExchange(this.#words, this.#word, FREE, SELF) === FREE;
  }

  /** Locks if that succeeds within `timeoutMs` milliseconds; returns whether it did. */
  tryLockFor(timeoutMs: number): boolean {
    checkTimeout(`${this.#label}.tryLockFor`, timeoutMs);
    // ORDER: acquire; pairs with unlock.
    if (mayBlock() && Atomics.compareExchange(this.#words, this.#word, FREE, SELF) === FREE) return true;
    return this.#lockSlow(timeoutMs, "tryLockFor");
  }

  /**
   * Locks without blocking the thread: the promise resolves to true once this thread holds the lock, to false after
   * `timeoutMs`, and rejects with the signal's reason when aborted. The thread is the owner, not the async task: a
   * second task of this thread waits its turn, but a blocking `lock` on it is a self-deadlock.
   */
  async lockAsync(options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout(`${this.#label}.lockAsync`, options.timeoutMs);
    options.signal?.throwIfAborted();
    return this.tryLock() || parkTask(this.#words, this.#acquire(), options);
  }

  /** Unlocks and wakes one waiter, if any. */
  unlock(): void {
    // ORDER: release; pairs with the compare-exchange in lock. Rust would write Ordering::Release.
    if (Atomics.compareExchange(this.#words, this.#word, SELF, FREE) === SELF) return;
    this.#unlockSlow();
  }

  /** Runs `body` with the lock held and returns its result; unlocks when it throws. `body` must not be async. */
  withLock<R>(body: () => R): R {
    this.lock();
    try {
      return body();
    } finally {
      this.unlock();
    }
  }

  /** Like `withLock` for the event loop: waits without blocking the thread; `body` may be async. */
  async withLockAsync<R>(body: () => R | Promise<R>, options: Pick<WaitOptions, "signal"> = {}): Promise<R> {
    await this.lockAsync(options);
    try {
      return await body();
    } finally {
      this.unlock();
    }
  }

  #lockSlow(timeoutMs: number, call: string): boolean {
    checkMayBlock(`${this.#label}.${call}`, "await mutex.lockAsync()");
    if (this.owner === thisThread) {
      throw new LockError(
        `${this.#label}.${call}: ${threadName(thisThread)} holds this lock already and would wait for itself for ever`,
      );
    }
    return parkThread(this.#words, this.#acquire(), timeoutMs);
  }

  *#acquire(): SlowPath {
    const words = this.#words;
    const word = this.#word;
    for (;;) {
      const seen = Atomics.load(words, word); // ORDER: none needed; the compare-exchange below decides
      if (seen === FREE) {
        // I2. ORDER: acquire; pairs with unlock.
        if (Atomics.compareExchange(words, word, FREE, SELF | CONTENDED) === FREE) return true;
        continue;
      }
      const marked = seen | CONTENDED;
      // I1. ORDER: none needed; it publishes no data, the unlocker's compare-exchange fails on it and looks.
      if (seen !== marked && Atomics.compareExchange(words, word, seen, marked) !== seen) continue;
      if ((yield [word, marked]) === "timed-out") return false;
    }
  }

  #unlockSlow(): void {
    const seen = Atomics.load(this.#words, this.#word); // ORDER: none needed; I3
    if ((seen & ~FLAGS) !== SELF) throw this.#notMine(seen);
    // ORDER: release; pairs with the compare-exchange in lock. A CONTENDED set between load and store is covered by
    // the notify, which comes in any case.
    Atomics.store(this.#words, this.#word, FREE);
    Atomics.notify(this.#words, this.#word, 1); // I1
  }

  #notMine(seen: number): LockError {
    if (seen === FREE)
      return new LockError(UNLOCK_OF_UNLOCKED[this.#label] ?? "sync: unlock of unlocked mutex");
    const [owner, self] = [threadName(ownerOf(seen)), threadName(thisThread)];
    return new LockError(`${this.#label}.unlock: ${owner} holds this lock, ${self} does not`);
  }

  /** Throws unless this thread holds the lock. @throws {LockError} as `unlock` */
  checkOwner(): void {
    const seen = Atomics.load(this.#words, this.#word); // ORDER: none needed; I3
    if ((seen & ~FLAGS) !== SELF) throw this.#notMine(seen);
  }
}
