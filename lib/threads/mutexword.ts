// MutexWord: the lock inside Mutex, RWMutex and Snapshot: mutual exclusion between threads in one word of shared memory.
//
// The algorithm of the slow paths is in lockword.ts; here are the fast paths and what callers see.
//
// Invariants:
//  I1. Uncontended, `lock` is one compare-exchange from 0 and `unlock` one back to 0; no flag is set in the word.
//  I2. A lock is in the book of the thread's body (roster.ts) before the thread can hold it.
//
// Source: see lockword.ts. Differs from Go: unlock is tied to the thread that locked, which buys the owner check, the
// self-deadlock error and the repair after a death at no cost (unlock's exchange becomes a compare-exchange).

import { isWatching, lockName, noteFree, noteGiveUp, noteHold, noteWait } from "./lockgraph.js";
import {
  acquire,
  CONTENDED,
  FREE,
  isMine,
  ownerOf,
  POISONED,
  release,
  SELF,
  STARVING,
  tryTake,
  WATCHED,
} from "./lockword.js";
import { checkTimeout, parkTask, parkThread, type WaitOptions } from "./park.js";
import { type Abandonable, remember } from "./roster.js";
import { checkMayBlock, LockError, mayBlock, thisThread, threadName } from "./thread.js";
import { isTracing, traceFreed, traceHeld } from "./tracewriter.js";

/** Go's texts, where it has one of its own. */
const UNLOCK_OF_UNLOCKED: Readonly<Record<string, string>> = { RWMutex: "sync: Unlock of unlocked RWMutex" };

/** A lock in word `word` of `words`; `label` is the class that its messages name. See `Mutex`. */
export class MutexWord implements Abandonable {
  readonly #words: Int32Array;
  readonly #word: number;
  readonly #label: string;
  readonly #nameWord: number | undefined;

  /** `nameWord`: a word for the lock's number in the lock graph; without it the lock takes no part in that. */
  constructor(words: Int32Array, word: number, label: string, nameWord?: number) {
    this.#words = words;
    this.#word = word;
    this.#label = label;
    this.#nameWord = nameWord;
    // ORDER: none needed; a lock that is just being taken may stay out of the graph this once.
    if (nameWord !== undefined && (isWatching() || isTracing())) Atomics.or(words, word, WATCHED);
    remember(this); // I2
  }

  /** The thread that holds the lock (0: the main thread), or -1. Out of date as soon as you read it. */
  get owner(): number {
    return ownerOf(Atomics.load(this.#words, this.#word)); // ORDER: none needed; a hint for people
  }

  /**
   * True when a thread has ended with the lock held since the last `clearPoison`: what the lock protects may be half
   * changed. The lock itself works; whoever holds it decides.
   */
  get isPoisoned(): boolean {
    // ORDER: none needed; who holds the lock has seen the flag when it took it, for others it is a hint.
    return (Atomics.load(this.#words, this.#word) & POISONED) !== 0;
  }

  /**
   * Takes the mark of a death away. Hold the lock, and put right what it protects first.
   *
   * @throws {LockError} as `unlock`, when this thread does not hold the lock
   */
  clearPoison(): void {
    this.checkOwner();
    Atomics.and(this.#words, this.#word, ~POISONED); // ORDER: none needed; unlock publishes it
  }

  /** Locks; sleeps until the lock is free. Refused on the main thread (see `allowBlocking`). */
  lock(): void {
    // I1. ORDER: acquire; pairs with the compare-exchange in unlock, so what the last holder wrote is visible
    // below. Sequentially consistent here; Rust would write Ordering::Acquire.
    if (mayBlock() && Atomics.compareExchange(this.#words, this.#word, FREE, SELF) === FREE) return;
    this.#lockSlow(Number.POSITIVE_INFINITY, "lock");
  }

  /** Locks if the lock is free now, or its owner has ended; never sleeps, so it is allowed on the main thread too. */
  tryLock(): boolean {
    // ORDER: acquire; pairs with unlock.
    if (Atomics.compareExchange(this.#words, this.#word, FREE, SELF) === FREE) return true;
    return this.#noted(tryTake(this.#words, this.#word));
  }

  /** Locks if that succeeds within `timeoutMs` milliseconds; returns whether it did. */
  tryLockFor(timeoutMs: number): boolean {
    checkTimeout(`${this.#label}.tryLockFor`, timeoutMs);
    return (mayBlock() && this.tryLock()) || this.#lockSlow(timeoutMs, "tryLockFor");
  }

  /**
   * Locks without blocking the thread: the promise resolves to true once this thread holds the lock, to false after
   * `timeoutMs`, and rejects with the signal's reason when aborted. The thread is the owner, not the async task: a
   * second task of this thread waits its turn, but a blocking `lock` on it is a self-deadlock.
   */
  async lockAsync(options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout(`${this.#label}.lockAsync`, options.timeoutMs);
    options.signal?.throwIfAborted();
    if (this.tryLock()) return true;
    if (options.timeoutMs === 0) return false;
    return this.#noted(await parkTask(this.#words, acquire(this.#words, this.#word), options));
  }

  /** Unlocks and wakes one waiter, if any. */
  unlock(): void {
    // I1. ORDER: release; pairs with the compare-exchange in lock. Rust would write Ordering::Release.
    if (Atomics.compareExchange(this.#words, this.#word, SELF, FREE) === SELF) return;
    this.checkOwner();
    this.#release(0);
  }

  /** Unlocks, marked as poisoned, if this thread holds the lock: its body has ended. */
  abandon(): void {
    // ORDER: none needed; lockword.ts I3.
    if (isMine(Atomics.load(this.#words, this.#word))) this.#release(POISONED);
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

  /** Throws unless this thread holds the lock. @throws {LockError} as `unlock` */
  checkOwner(): void {
    const seen = Atomics.load(this.#words, this.#word); // ORDER: none needed; lockword.ts I3
    if (isMine(seen)) return;
    const owner = ownerOf(seen);
    if (owner < 0) throw new LockError(UNLOCK_OF_UNLOCKED[this.#label] ?? "sync: unlock of unlocked mutex");
    const [holder, self] = [threadName(owner), threadName(thisThread)];
    throw new LockError(`${this.#label}.unlock: ${holder} holds this lock, ${self} does not`);
  }

  #lockSlow(timeoutMs: number, call: string): boolean {
    checkMayBlock(`${this.#label}.${call}`, "await mutex.lockAsync()");
    if (this.owner === thisThread) {
      const self = threadName(thisThread);
      throw new LockError(
        `${this.#label}.${call}: ${self} holds this lock already and would wait for itself for ever`,
      );
    }
    if (this.#isWatched()) return this.#lockWatched(timeoutMs, call);
    return timeoutMs !== 0 && parkThread(this.#words, acquire(this.#words, this.#word), timeoutMs);
  }

  #release(flags: number): void {
    if (this.#isWatched()) {
      noteFree(this.#name());
      // ORDER: none needed; nobody watches any more, and a lock that misses this goes the slow way once more.
      if (!isWatching() && !isTracing()) Atomics.and(this.#words, this.#word, ~WATCHED);
    }
    if (isTracing()) {
      const seen = Atomics.load(this.#words, this.#word); // ORDER: none needed; lockword.ts I3
      traceFreed(this.#words, (seen & CONTENDED) !== 0, (seen & STARVING) !== 0);
    }
    release(this.#words, this.#word, flags);
  }

  #lockWatched(timeoutMs: number, call: string): boolean {
    if (this.tryLock()) return true;
    if (timeoutMs === 0) return false;
    if (timeoutMs === Number.POSITIVE_INFINITY && isWatching())
      noteWait(this.#name(), `${this.#label}.${call}`);
    let isTaken = false;
    try {
      isTaken = parkThread(this.#words, acquire(this.#words, this.#word), timeoutMs);
    } finally {
      if (!isTaken && isWatching()) noteGiveUp();
    }
    return this.#noted(isTaken);
  }

  #isWatched(): boolean {
    // ORDER: none needed; who holds the word sees its own hold's flag, for others it is a hint.
    return this.#nameWord !== undefined && (Atomics.load(this.#words, this.#word) & WATCHED) !== 0;
  }

  /** Notes that the lock was taken, if it was and somebody watches or records. */
  #noted(isTaken: boolean): boolean {
    if (!isTaken || !this.#isWatched()) return isTaken;
    if (isWatching()) noteHold(this.#name());
    if (isTracing()) traceHeld(this.#words);
    return true;
  }

  #name(): string {
    return lockName(this.#label, this.#words, this.#nameWord!);
  }
}
