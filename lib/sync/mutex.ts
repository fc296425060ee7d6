// Mutex: mutual exclusion between goroutines.
//
// Invariants:
//  I1. The state word is Go's: bit 0 locked, bit 1 woken, bit 2 starving, the number of waiters from bit 3 on.
//  I2. In starvation mode nobody takes the lock except the waiter that it was handed to.
//  I3. Every goroutine in #waiters is parked with reason "sync.Mutex.Lock".
//  I4. Without waiters there is no starvation mode: the last one that leaves ends it.
//
// Source: Go src/internal/sync/mutex.go (1.27). Differs: time is the runtime's clock, so the starvation threshold
// is exact and reproducible on the virtual one; no spinning, as on one CPU. Rejected: hand-off on every unlock
// (convoys: each critical section then costs a switch).

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
  parking,
  ready,
  step,
  WaitQueue,
} from "../runtime/index.js";
import { checkLimit, isCancelled, type Leavable, performFor, type WaitLimit } from "./limit.js";

// A local name: V8 folds it, while an imported binding is loaded at every use.
const here = current;

const LOCK: OpKind = { name: "lock", wait: "sync.Mutex.Lock", edge: "lock" };
const TRY_LOCK_FOR: OpKind = { name: "tryLockFor", wait: "sync.Mutex.Lock", edge: "lock" };
const UNLOCK: OpKind = { name: "unlock", wait: "", edge: "unlock" };

const LOCKED = 1;
const WOKEN = 2;
const STARVING = 4;
const WAITER = 8; // Go: 1 << mutexWaiterShift
/** A waiter that has waited longer than this switches the mutex to starvation mode. */
const STARVATION_NS = 1_000_000;

/** `g.aux` of a waiter: 1 once it has waited too long. */
const IS_STARVING = 1;

/** The lock algorithm, apart from the operations: RWMutex has one inside, too. */
export class MutexCore {
  #state = 0;
  readonly #waiters = new WaitQueue();

  get isFree(): boolean {
    return (this.#state & (LOCKED | STARVING)) === 0;
  }

  get isLocked(): boolean {
    return (this.#state & LOCKED) !== 0;
  }

  /** Takes a lock that is free. */
  take(): void {
    this.#state |= LOCKED;
  }

  /** Takes the lock, or queues `g` and returns false; when woken, `g` calls `acquireAgain`. */
  acquire(g: G, again: Operable): boolean {
    if (this.isFree) {
      this.take();
      return true;
    }
    g.rt.block(g);
    this.enqueue(g, again);
    return false;
  }

  /** Queues `g`, which waits from now on. */
  enqueue(g: G, again: Operable): void {
    this.#state += WAITER;
    g.aux = 0;
    g.again = again;
    this.#waiters.pushBack(g);
  }

  /** The rest of Go's lockSlow after a wake-up: true when `g` has the lock now, false when it queued again. */
  acquireAgain(g: G): boolean {
    if (g.rt.nowNs - g.waitSinceNs > STARVATION_NS) g.aux = IS_STARVING;
    const old = this.#state;
    if ((old & STARVING) !== 0) {
      // I2: it was handed to us. Leave starvation mode if we did not starve or are the last waiter.
      this.#state += LOCKED - WAITER;
      if (g.aux !== IS_STARVING || old >>> 3 === 1) this.#state -= STARVING;
      return true;
    }
    this.#state = (old & ~WOKEN) | LOCKED;
    if ((old & LOCKED) === 0) return true;
    this.#state += WAITER;
    if (g.aux === IS_STARVING) this.#state |= STARVING;
    this.#waiters.pushFront(g); // it has waited before: last in, first out
    return false;
  }

  /** Releases the lock, which must be held. */
  release(): void {
    const state = this.#state - LOCKED;
    this.#state = state;
    if (state !== 0) this.#releaseTo(state);
  }

  #releaseTo(old: number): void {
    if ((old & STARVING) !== 0) {
      this.#wakeFirst(); // hand-off: LOCKED stays clear until the waiter runs (I2)
    } else if (old >>> 3 > 0 && (old & (LOCKED | WOKEN)) === 0) {
      this.#state = (old - WAITER) | WOKEN;
      this.#wakeFirst();
    }
  }

  /** Takes a waiter that gives up out of the queue; false when it was woken already. O(1). */
  leave(g: G): boolean {
    if (g.queue !== this.#waiters) return false;
    this.#waiters.remove(g);
    this.#state -= WAITER;
    if (this.#state >>> 3 === 0) this.#state &= ~STARVING; // I4
    return true;
  }

  #wakeFirst(): void {
    const g = this.#waiters.shift()?.goroutine;
    g?.rt.wake(g);
  }
}

/**
 * A mutual exclusion lock. A new Mutex is unlocked.
 *
 * Blocked goroutines are served in Go's order: barging in normal mode, first in first out once a waiter has
 * waited for 1 ms. Unlocking is not tied to the goroutine that locked.
 *
 * **Happens-before:** the n-th `unlock` synchronizes before the (n+1)-th `lock` returns.
 * **Cost:** O(1); an uncontended `lock` neither allocates nor yields.
 *
 * @throws {FatalError} `sync: unlock of unlocked mutex` (from `unlock`; it ends the run, `catch` cannot prevent it)
 * @example
 * await run(function* () {
 *   const mu = new Mutex();
 *   yield* mu.lock();
 *   console.log("inside"); // prints: inside
 *   mu.unlock();
 * });
 * @see Go: sync.Mutex
 */
export class Mutex implements Operable, Leavable {
  readonly label = "mutex";
  readonly #core = new MutexCore();

  /** Locks; waits while somebody else holds it (also when that is this goroutine: then for ever). */
  lock(): Op<void> {
    if (!here.isFast) return operate(LOCK, this, undefined);
    if (this.#core.isFree) {
      this.#core.take();
      return done(LOCK);
    }
    const g = parking(LOCK, this);
    this.#core.enqueue(g, this);
    return g as unknown as Op<void>;
  }

  /** Locks if the lock is free and no waiter is starving; the fastest way to lock. */
  tryLock(): boolean {
    if (!here.isFast) catchUp();
    if (!this.#take()) return false;
    if (!here.isFast) noticed(LOCK, this);
    return true;
  }

  #take(): boolean {
    if (!this.#core.isFree) return false;
    this.#core.take();
    return true;
  }

  /**
   * Locks if it gets the lock within `limit`: milliseconds, or `{ timeoutMs, signal }`. Says whether it did; who
   * gives up leaves the queue at once. A signal aborted before is not even tried, a time of 0 is `tryLock`.
   *
   * For a context, abort a signal when it ends: `afterCancel(ctx, function* () { controller.abort(ctx.err()); })`.
   * On the real clock a signal may come from the host: while somebody waits with one, no deadlock is reported.
   *
   * @throws {RangeError} `` Mutex.tryLockFor: expected `timeoutMs` to be a number, got NaN ``
   * @throws {TypeError} `` Mutex.tryLockFor: expected `signal` to be an AbortSignal, got 1 ``
   */
  tryLockFor(limit: WaitLimit): Op<boolean> {
    checkLimit("Mutex.tryLockFor", limit);
    if (here.isFast && this.#core.isFree && !isCancelled(limit)) {
      this.#core.take();
      return ready(TRY_LOCK_FOR, true);
    }
    return operate(TRY_LOCK_FOR, this, limit);
  }

  /** Unlocks. @throws {FatalError} `sync: unlock of unlocked mutex` */
  unlock(): Step {
    if (here.isFast && this.#core.isLocked) {
      this.#core.release();
      return happened();
    }
    return step(UNLOCK, this, undefined);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === LOCK) return this.#core.acquire(g, this);
    if (kind === TRY_LOCK_FOR) {
      const enter = (): boolean => this.#core.acquire(g, this);
      return performFor(g, this, arg as WaitLimit, () => this.#take(), enter);
    }
    if (!this.#core.isLocked) g.rt.fatal("sync: unlock of unlocked mutex");
    this.#core.release();
    return true;
  }

  resume(g: G): boolean {
    return this.#core.acquireAgain(g);
  }

  /** For waits with a limit. */
  leave(g: G): boolean {
    return this.#core.leave(g);
  }
}

/** Locks `mu` in the name of `g`, whose operation was another until now; false when it has to wait. */
export function lockFor(mu: Mutex, g: G): boolean {
  g.kind = LOCK;
  g.object = mu;
  return mu.perform(g, LOCK, undefined);
}
