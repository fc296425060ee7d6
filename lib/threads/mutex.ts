// Mutex: a MutexWord in memory of its own, that travels between threads.

import { type Handle, type Placement, place, type Shared } from "./memory.js";
import { MutexWord } from "./mutexword.js";

const BYTES = 12;
const WORD = 1;
const NAME = 2;

/**
 * A mutual exclusion lock between threads. A new Mutex is unlocked. Not reentrant; unlock it on the thread that locked it.
 *
 * Blocked threads barge: a running thread may take the lock before one that was woken, which keeps a busy lock fast.
 * Once a waiter has waited 1 ms the lock is handed over, first come, first served, until nobody waits that long (Go's
 * normal and starvation modes).
 *
 * When a thread dies, or its body returns, with the lock held, the next to lock gets it all the same, and
 * `isPoisoned` is true until `clearPoison()`: look whether the data are whole. An error thrown inside `withLock` unlocks and does not poison.
 *
 * **Happens-before:** an `unlock` synchronizes before the next `lock` that succeeds, on any thread.
 * **Cost:** uncontended lock + unlock are two compare-exchanges; a contended one is a futex wait (10-50 us).
 * **Limits:** who sleeps already notices the owner's death within 50 ms, or, if it has slept longer, in at most as long as it
 * has slept, and 1 s at most. A poisoned lock is slower until `clearPoison()`.
 *
 * @throws {LockError} `sync: unlock of unlocked mutex` (from `unlock`)
 * @throws {LockError} `Mutex.lock: thread 3 holds this lock already and would wait for itself for ever`
 * @example
 * const [mu, money] = [new Mutex(), new Int32Array(new SharedArrayBuffer(4))];
 * await team(2, (t, mu, money) => {
 *   for (let i = 0; i < 1000; i++) mu.withLock(() => money[0]!++);
 * }, { args: [mu, money] });
 * console.log(money[0]); // prints: 2000
 * await team(1, (t, mu) => mu.lock(), { args: [mu] }); // forgets to unlock
 * await mu.withLockAsync(() => {
 *   console.log(mu.isPoisoned); // prints: true
 *   mu.clearPoison();
 * });
 */
export class Mutex extends MutexWord implements Shared {
  readonly handle: Handle;

  constructor(placement: Placement = {}) {
    const handle = place("Mutex", BYTES, placement);
    super(new Int32Array(handle.buffer, handle.offset, BYTES / 4), WORD, "Mutex", NAME);
    this.handle = handle;
  }

  /** Attaches to the mutex that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Mutex {
    return new Mutex({ at: handle });
  }
}
