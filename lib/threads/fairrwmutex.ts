// FairRWMutex: many readers or one writer, across threads, strictly in the order in which they came.
//
// Invariants: those of rworder.ts.

import type { Handle } from "./memory.js";
import type { RWOptions } from "./rwcore.js";
import { RWOrder } from "./rworder.js";

/**
 * A reader-writer lock between threads that serves first come, first served; readers that stand next to each other in
 * line get in together. Nobody starves, on either side. The price: a reader behind a waiting writer waits although
 * only readers are inside, and every step of the line wakes a thread (10-50 us).
 *
 * Dead threads: as RWMutex; one that dies in the line loses its place.
 *
 * **Happens-before:** as RWMutex.
 * **Cost:** without waiting, rLock + rUnlock are two atomic additions, lock + unlock four atomic steps.
 * **Limits:** at most 1,024 wait at a time.
 *
 * @throws {LockError} `sync: RUnlock of unlocked FairRWMutex`, `sync: Unlock of unlocked FairRWMutex`
 * @throws {LockError} `FairRWMutex: more than 1024 wait`
 * @example
 * const rw = new FairRWMutex();
 * rw.tryRLock();
 * const order: string[] = [];
 * const writing = rw.lockAsync().then(() => { order.push("writer"); rw.unlock(); });
 * const reading = rw.rLockAsync().then(() => { order.push("reader"); rw.rUnlock(); });
 * rw.rUnlock();
 * await Promise.all([writing, reading]);
 * console.log(order); // prints: [ 'writer', 'reader' ]
 */
export class FairRWMutex extends RWOrder {
  constructor(options: RWOptions = {}) {
    super("FairRWMutex", options);
  }

  /** Attaches to the lock that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): FairRWMutex {
    return new FairRWMutex({ at: handle });
  }
}
