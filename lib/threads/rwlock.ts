// RWLock: the calls that all reader-writer locks between threads have, each with and without blocking. What they do when
// they need not wait is in rwcore.ts; how readers and writers wait for each other is the variant's.

import { checkTimeout, parkTask, type WaitOptions } from "./park.js";
import { hasEnded } from "./roster.js";
import { RWCore } from "./rwcore.js";
import { CLOSED, STATE } from "./rwstate.js";
import { checkMayBlock, LockError, mayBlock, thisThread, threadName } from "./thread.js";

/** The common part of RWMutex and its variants; see there. */
export abstract class RWLock extends RWCore {
  /** Locks for reading; sleeps while the lock is closed to readers. Refused on the main thread. */
  rLock(): void {
    if (mayBlock() && this.enterRead()) return;
    this.#rLockSlow("rLock", Number.POSITIVE_INFINITY);
  }

  /** Locks for reading if that needs no waiting; never sleeps. */
  tryRLock(): boolean {
    // ORDER: none needed; it only spares others the sight of a reader that is none.
    if ((Atomics.load(this.words, STATE) & CLOSED) === 0 && this.enterRead()) return true;
    return this.takeBack(hasEnded) && this.enterRead();
  }

  /** Locks for reading if that succeeds within `timeoutMs` milliseconds; returns whether it did. */
  tryRLockFor(timeoutMs: number): boolean {
    checkTimeout(`${this.label}.tryRLockFor`, timeoutMs);
    if (mayBlock() && this.enterRead()) return true;
    return this.#rLockSlow("tryRLockFor", timeoutMs);
  }

  /** Locks for reading without blocking the thread; resolves to false after `timeoutMs`, rejects when aborted. */
  async rLockAsync(options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout(`${this.label}.rLockAsync`, options.timeoutMs);
    options.signal?.throwIfAborted();
    return this.tryRLock() || parkTask(this.words, this.readPath(), options);
  }

  /** Locks for writing; sleeps until readers and writers have left. Refused on the main thread. */
  lock(): void {
    this.#lockFor("lock", Number.POSITIVE_INFINITY);
  }

  /** Locks for writing if nobody is inside or waits; never sleeps. */
  tryLock(): boolean {
    return this.enterWrite() || (this.takeBack(hasEnded) && this.enterWrite());
  }

  /** Locks for writing if that succeeds within `timeoutMs` milliseconds; returns whether it did. */
  tryLockFor(timeoutMs: number): boolean {
    checkTimeout(`${this.label}.tryLockFor`, timeoutMs);
    return this.#lockFor("tryLockFor", timeoutMs);
  }

  /** Locks for writing without blocking the thread; resolves to false after `timeoutMs`, rejects when aborted. */
  async lockAsync(options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout(`${this.label}.lockAsync`, options.timeoutMs);
    options.signal?.throwIfAborted();
    return this.enterWrite() || parkTask(this.words, this.writePath(), options);
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
    await this.rLockAsync({ signal: options.signal });
    try {
      return await body();
    } finally {
      this.rUnlock();
    }
  }

  /** Like `withWrite` for the event loop: waits without blocking the thread; `body` may be async. */
  async withWriteAsync<R>(body: () => R | Promise<R>, options: Pick<WaitOptions, "signal"> = {}): Promise<R> {
    await this.lockAsync({ signal: options.signal });
    try {
      return await body();
    } finally {
      this.unlock();
    }
  }

  #rLockSlow(call: string, timeoutMs: number): boolean {
    checkMayBlock(`${this.label}.${call}`, "await rwMutex.rLockAsync()");
    if (this.writer === thisThread) throw this.selfWait(call, "holds the write lock");
    if (call === "rLock" && this.isReading && this.hasWaitingWriter()) {
      const self = threadName(thisThread);
      throw new LockError(
        `${this.label}.rLock: ${self} reads already and would wait for a writer that waits for it`,
      );
    }
    return this.sleep(call, "read", this.readPath(), timeoutMs);
  }

  #lockFor(call: string, timeoutMs: number): boolean {
    checkMayBlock(`${this.label}.${call}`, "await rwMutex.lockAsync()");
    if (this.enterWrite()) return true;
    if (this.writer === thisThread) throw this.selfWait(call, "holds this lock already");
    if (this.isReading) throw this.selfWait(call, this.readerHolds);
    return this.sleep(call, "write", this.writePath(), timeoutMs);
  }
}
