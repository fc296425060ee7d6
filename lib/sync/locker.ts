// Locker: whatever can be locked and unlocked; and the reading half of an RWMutex as one.
//
// Source: Go src/sync/mutex.go (Locker), rwmutex.go (RLocker).

import type { Op, Step } from "../op/index.js";

/** Something that can be locked and unlocked: a Mutex, an RWMutex, what `RWMutex.rLocker()` returns, or your own. */
export interface Locker {
  /** Locks; waits while it is locked. */
  lock(): Op<void>;
  /** Unlocks. */
  unlock(): Step;
}

/** What a lock for readers offers. */
interface ReadLock {
  rLock(): Op<void>;
  rUnlock(): Step;
}

/** A Locker whose `lock` and `unlock` are the `rLock` and `rUnlock` of the lock that it was made from. */
export class RLocker implements Locker {
  readonly #rw: ReadLock;

  constructor(rw: ReadLock) {
    this.#rw = rw;
  }

  lock(): Op<void> {
    return this.#rw.rLock();
  }

  unlock(): Step {
    return this.#rw.rUnlock();
  }
}
