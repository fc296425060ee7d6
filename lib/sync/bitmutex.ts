// BitMutex: the first generation of a mutex, one bit. Kept to be compared with SemaMutex and Mutex.
//
// Whoever finds the bit set gives way and looks again: nobody sleeps, nobody queues. So waiting costs processor time,
// the order of waiters is chance, and a deadlock is not seen, because everybody is busy looking.

import type { Op, Step } from "../op/index.js";
import {
  current,
  type G,
  noticed,
  type Operable,
  type OpKind,
  operate,
  ready,
  Status,
  step,
} from "../runtime/index.js";

const LOCK: OpKind = { name: "lock", wait: "", edge: "lock" };
const UNLOCK: OpKind = { name: "unlock", wait: "", edge: "unlock" };

/**
 * A mutex of one bit, whose waiters look again and again. Use Mutex; this one is for looking at.
 *
 * **Happens-before:** the n-th `unlock` synchronizes before the (n+1)-th `lock` returns.
 * **Cost:** a free lock O(1); a waiter costs one switch per look.
 * **Limits:** locking twice ends with `out-of-steps`, not with a deadlock report: nobody is asleep.
 * @throws {FatalError} `sync: unlock of unlocked mutex`
 * @example
 * await run(function* () {
 *   const mu = new BitMutex();
 *   yield* mu.lock();
 *   console.log(mu.tryLock()); // prints: false
 *   mu.unlock();
 * });
 */
export class BitMutex implements Operable {
  readonly label = "bitmutex";
  #isLocked = false;
  #looks = 0;

  /** How often somebody looked and found it locked. */
  get looks(): number {
    return this.#looks;
  }

  /** Locks; while it is locked, gives way and looks again. */
  lock(): Op<void> {
    if (current.isFast && this.tryLock()) return ready(LOCK, undefined);
    return operate(LOCK, this, undefined);
  }

  /** Locks if it is free. */
  tryLock(): boolean {
    const isLocked = this.#take();
    if (isLocked) noticed(LOCK, this);
    return isLocked;
  }

  #take(): boolean {
    if (this.#isLocked) return false;
    this.#isLocked = true;
    return true;
  }

  /** Unlocks. @throws {FatalError} `sync: unlock of unlocked mutex` */
  unlock(): Step {
    return step(UNLOCK, this, undefined);
  }

  perform(g: G, kind: OpKind): boolean {
    if (kind === LOCK) {
      g.again = this;
      return this.resume(g);
    }
    if (!this.#isLocked) g.rt.fatal("sync: unlock of unlocked mutex");
    this.#isLocked = false;
    return true;
  }

  /** Looks again. */
  resume(g: G): boolean {
    if (this.#take()) return true;
    this.#looks++;
    if (g.rt.isControlled) {
      g.rt.ready(g);
    } else {
      g.status = Status.RUNNABLE;
      g.rt.runq.yielded(g); // behind everybody who can run, as `gosched` does
    }
    return false;
  }
}
