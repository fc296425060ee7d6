// RWMutex: many readers or one writer. A pending writer blocks new readers.
//
// Invariants:
//  I1. #readerCount is the number of readers inside or queued, minus MAX_READERS while a writer holds or waits.
//  I2. #readerWait is the number of readers that the pending writer still waits for.
//  I3. Every goroutine in #readers is parked with reason "sync.RWMutex.RLock".
//  I4. A pending writer that gives up opens the door again: the readers that it kept out get in.
//
// Source: Go src/sync/rwmutex.go (1.27). A second `rLock` of the same goroutine deadlocks when a writer queues
// between the two, as in Go; there is no upgrade.

import type { Op, Step } from "../op/index.js";
import {
  catchUp,
  current,
  done,
  type G,
  happened,
  noticed,
  type Operable,
  type OpKind,
  operate,
  step,
  type Waiter,
  WaitQueue,
} from "../runtime/index.js";
import { checkLimit, type Leavable, performFor, type WaitLimit } from "./limit.js";
import { type Locker, RLocker } from "./locker.js";
import { MutexCore } from "./mutex.js";

// A local name: V8 folds it, while an imported binding is loaded at every use.
const here = current;

const R_LOCK: OpKind = { name: "rLock", wait: "sync.RWMutex.RLock", edge: "rLock" };
const TRY_R_LOCK_FOR: OpKind = { name: "tryRLockFor", wait: "sync.RWMutex.RLock", edge: "rLock" };
const R_UNLOCK: OpKind = { name: "rUnlock", wait: "", edge: "rUnlock" };
const LOCK: OpKind = { name: "lock", wait: "sync.RWMutex.Lock", edge: "lock" };
const TRY_LOCK_FOR: OpKind = { name: "tryLockFor", wait: "sync.RWMutex.Lock", edge: "lock" };
const UNLOCK: OpKind = { name: "unlock", wait: "", edge: "unlock" };

const MAX_READERS = 1 << 30; // Go: rwmutexMaxReaders

/**
 * A reader/writer lock: any number of readers or one writer. A blocked `lock` excludes new readers, so a writer
 * gets in; a new RWMutex is unlocked.
 *
 * **Happens-before:** `unlock` synchronizes before any later `rLock` and `lock`; `rUnlock` before the next `lock`.
 * Readers do not order each other.
 * **Cost:** O(1); an uncontended `rLock` neither allocates nor yields. `unlock` is O(readers woken).
 *
 * @throws {FatalError} `sync: RUnlock of unlocked RWMutex`, `sync: Unlock of unlocked RWMutex`
 * @example
 * await run(function* () {
 *   const rw = new RWMutex();
 *   yield* rw.rLock();
 *   yield* rw.rLock();
 *   console.log(rw.tryLock()); // prints: false
 *   rw.rUnlock();
 *   rw.rUnlock();
 *   console.log(rw.tryLock()); // prints: true
 * });
 * @see Go: sync.RWMutex
 */
export class RWMutex implements Operable, Leavable {
  readonly label = "rwmutex";
  readonly #w = new MutexCore();
  readonly #readers = new WaitQueue();
  #writer: G | null = null;
  #readerCount = 0;
  #readerWait = 0;

  /** Locks for reading; waits while a writer holds the lock or waits for it. */
  rLock(): Op<void> {
    if (here.isFast && this.#readerCount >= 0) {
      this.#readerCount++;
      return done(R_LOCK);
    }
    return operate(R_LOCK, this, undefined);
  }

  /** Locks for reading if no writer holds or waits. */
  tryRLock(): boolean {
    if (!here.isFast) catchUp();
    if (!this.#takeShare()) return false;
    if (!here.isFast) noticed(R_LOCK, this);
    return true;
  }

  #takeShare(): boolean {
    if (this.#readerCount < 0) return false;
    this.#readerCount++;
    return true;
  }

  /**
   * Locks for reading if that succeeds within `limit`: milliseconds, or `{ timeoutMs, signal }` as in
   * `Mutex.tryLockFor`; says whether it did.
   *
   * @throws {RangeError} `` RWMutex.tryRLockFor: expected `timeoutMs` to be a number, got NaN ``
   */
  tryRLockFor(limit: WaitLimit): Op<boolean> {
    checkLimit("RWMutex.tryRLockFor", limit);
    return operate(TRY_R_LOCK_FOR, this, limit);
  }

  /** Undoes one `rLock`. @throws {FatalError} `sync: RUnlock of unlocked RWMutex` */
  rUnlock(): Step {
    if (here.isFast && this.#readerCount > 0) {
      this.#readerCount--;
      return happened();
    }
    return step(R_UNLOCK, this, undefined);
  }

  /** Locks for writing; waits for the writers before it and for the readers inside. */
  lock(): Op<void> {
    if (here.isFast && this.#takeAll()) return done(LOCK);
    return operate(LOCK, this, undefined);
  }

  /** Locks for writing if nobody holds the lock. */
  tryLock(): boolean {
    if (!here.isFast) catchUp();
    if (!this.#takeAll()) return false;
    if (!here.isFast) noticed(LOCK, this);
    return true;
  }

  #takeAll(): boolean {
    if (this.#readerCount !== 0 || !this.#w.isFree) return false;
    this.#w.take();
    this.#readerCount = -MAX_READERS;
    return true;
  }

  /**
   * Locks for writing if that succeeds within `limit`: milliseconds, or `{ timeoutMs, signal }`; says whether it did.
   * A writer that gives up lets the readers in that it kept out.
   *
   * @throws {RangeError} `` RWMutex.tryLockFor: expected `timeoutMs` to be a number, got NaN ``
   */
  tryLockFor(limit: WaitLimit): Op<boolean> {
    checkLimit("RWMutex.tryLockFor", limit);
    return operate(TRY_LOCK_FOR, this, limit);
  }

  /** Unlocks for writing: the readers queued so far get in. @throws {FatalError} `sync: Unlock of unlocked RWMutex` */
  unlock(): Step {
    if (!here.isFast || this.#readerCount >= 0) return step(UNLOCK, this, undefined);
    this.#open();
    return happened();
  }

  /** Returns a Locker whose `lock` and `unlock` are this lock's `rLock` and `rUnlock`. */
  rLocker(): Locker {
    return new RLocker(this);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    switch (kind) {
      case R_LOCK:
        return this.#performRLock(g);
      case R_UNLOCK:
        return this.#performRUnlock(g);
      case LOCK:
        return this.#performLock(g);
      case TRY_R_LOCK_FOR: {
        const enter = (): boolean => this.#performRLock(g);
        return performFor(g, this, arg as WaitLimit, () => this.#takeShare(), enter);
      }
      case TRY_LOCK_FOR: {
        const enter = (): boolean => this.#performLock(g);
        return performFor(g, this, arg as WaitLimit, () => this.#takeAll(), enter);
      }
      default:
        return this.#performUnlock(g);
    }
  }

  /** A writer that waited for the inner mutex goes on. */
  resume(g: G): boolean {
    return this.#w.acquireAgain(g) && this.#announceWriter(g);
  }

  /** For waits with a limit: readers, writers in line, and the writer that waits for the readers inside. */
  leave(g: G): boolean {
    if (g.queue === this.#readers) {
      this.#readers.remove(g);
      this.#readerCount--; // I1
      return true;
    }
    if (this.#writer !== g) return this.#w.leave(g);
    this.#writer = null;
    this.#readerWait = 0; // I2
    this.#open(); // I4
    return true;
  }

  #performLock(g: G): boolean {
    return this.#w.acquire(g, this) && this.#announceWriter(g);
  }

  #performRLock(g: G): boolean {
    this.#readerCount++;
    if (this.#readerCount > 0) return true;
    this.#readers.pushBack(g); // I3
    g.rt.block(g);
    return false;
  }

  #performRUnlock(g: G): boolean {
    const left = --this.#readerCount;
    if (left >= 0) return true;
    if (left + 1 === 0 || left + 1 === -MAX_READERS) g.rt.fatal("sync: RUnlock of unlocked RWMutex");
    if (--this.#readerWait === 0 && this.#writer !== null) {
      const writer = this.#writer;
      this.#writer = null;
      writer.rt.wake(writer);
    }
    return true;
  }

  /** Closes the door to new readers (I1) and waits for those inside (I2). */
  #announceWriter(g: G): boolean {
    const inside = this.#readerCount;
    this.#readerCount -= MAX_READERS;
    this.#readerWait += inside;
    if (this.#readerWait === 0) return true;
    g.again = null; // the last reader finishes the job
    this.#writer = g;
    g.rt.block(g);
    return false;
  }

  #performUnlock(g: G): boolean {
    if (this.#readerCount >= 0) g.rt.fatal("sync: Unlock of unlocked RWMutex");
    this.#open();
    return true;
  }

  /** Opens the door to readers (I1) and lets the next writer compete. */
  #open(): void {
    this.#readerCount += MAX_READERS;
    while (this.#readers.head !== null) {
      const g = (this.#readers.shift() as Waiter).goroutine;
      g.rt.wake(g);
    }
    this.#w.release();
  }
}
