// SemaMutex: the second generation of Go's mutex, waiters on a semaphore. Kept to be compared with BitMutex and Mutex.
//
// A released lock is open to everybody: a goroutine that runs takes it before the waiter that was woken gets there, and
// the waiter that lost queues again, at the back. So throughput is high and a waiter may starve: what the third
// generation's starvation mode puts an end to.
//
// Invariants:
//  I1. The state word: bit 0 locked, bit 1 woken, the number of waiters from bit 2 on.
//  I2. Every goroutine in #sema is parked with reason "semacquire".
//
// Source: Go 1.0 to 1.8, src/pkg/sync/mutex.go. Differs: no spinning (since 1.5), as on one CPU.

import type { Op, Step } from "../op/index.js";
import {
  current,
  type G,
  happened,
  noticed,
  type Operable,
  type OpKind,
  operate,
  ready,
  step,
  WaitQueue,
} from "../runtime/index.js";

const LOCK: OpKind = { name: "lock", wait: "semacquire", edge: "lock" };
const UNLOCK: OpKind = { name: "unlock", wait: "", edge: "unlock" };

const LOCKED = 1;
const WOKEN = 2;
const WAITER = 4; // Go: 1 << mutexWaiterShift, which was 2

/**
 * The mutex of Go 1.0 to 1.8: waiters sleep in a queue, and nobody is handed the lock. Use Mutex; this one is for
 * looking at.
 *
 * **Happens-before:** the n-th `unlock` synchronizes before the (n+1)-th `lock` returns.
 * **Cost:** O(1); an uncontended `lock` neither allocates nor yields.
 * **Limits:** a waiter may starve while others lock again and again.
 * @throws {FatalError} `sync: unlock of unlocked mutex`
 * @example
 * await run(function* () {
 *   const mu = new SemaMutex();
 *   yield* mu.lock();
 *   console.log(mu.tryLock()); // prints: false
 *   mu.unlock();
 * });
 * @see Go: sync.Mutex before 1.9
 */
export class SemaMutex implements Operable {
  readonly label = "semamutex";
  #state = 0;
  readonly #sema = new WaitQueue();

  /** Locks; sleeps while it is locked. */
  lock(): Op<void> {
    if (current.isFast && this.tryLock()) return ready(LOCK, undefined);
    return operate(LOCK, this, undefined);
  }

  /** Locks if it is free. */
  tryLock(): boolean {
    const isLocked = this.#take();
    if (isLocked && !current.isFast) noticed(LOCK, this);
    return isLocked;
  }

  #take(): boolean {
    if ((this.#state & LOCKED) !== 0) return false;
    this.#state |= LOCKED;
    return true;
  }

  /** Unlocks, and wakes a waiter unless one is awake already. @throws {FatalError} `sync: unlock of unlocked mutex` */
  unlock(): Step {
    if (!current.isFast || (this.#state & LOCKED) === 0) return step(UNLOCK, this, undefined);
    this.#release();
    return happened();
  }

  perform(g: G, kind: OpKind): boolean {
    if (kind === LOCK) {
      if (this.#take()) return true;
      this.#queue(g);
      return false;
    }
    if ((this.#state & LOCKED) === 0) g.rt.fatal("sync: unlock of unlocked mutex");
    this.#release();
    return true;
  }

  /** A woken waiter tries its luck against everybody else. */
  resume(g: G): boolean {
    this.#state &= ~WOKEN;
    if (this.#take()) return true;
    this.#queue(g); // at the back, however long it has waited
    return false;
  }

  #queue(g: G): void {
    this.#state += WAITER;
    g.again = this;
    this.#sema.pushBack(g); // I2
    g.rt.block(g);
  }

  #release(): void {
    this.#state -= LOCKED;
    if (this.#state < WAITER || (this.#state & WOKEN) !== 0) return;
    this.#state = (this.#state - WAITER) | WOKEN;
    const g = this.#sema.shift()?.goroutine;
    g?.rt.wake(g);
  }
}
