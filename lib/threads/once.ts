// Once: one action that runs exactly once, whichever thread comes first; the others wait until it is over.
//
// Invariants:
//  I1. DONE is set after the action has returned or thrown, so whoever passes sees what it wrote.
//  I2. The action runs with the lock held and DONE seen unset under that lock, so it runs once.
//  I3. When the thread that runs it dies, DONE is still unset: the next to come gets the lock and runs the action.
//
// Source: Go src/sync/once.go. The tempting wrong version sets the flag first (`if (exchange(done, 1) === 0) action()`):
// the second thread then passes while the first is still inside.

import { type Handle, type Placement, place, type Shared } from "./memory.js";
import { MutexWord } from "./mutexword.js";
import type { WaitOptions } from "./park.js";
import { checkMayBlock, LockError, thisThread, threadName } from "./thread.js";

const BYTES = 16;
const DONE = 1;
const LOCK = 2;
const NAME = 3;

/**
 * Runs an action exactly once among all threads.
 *
 * An action that throws counts as having run, as in Go; the error goes to the thread that ran it. One whose thread died
 * does not: the next to come, or to wait, runs its own action, and `isPoisoned` tells it that another had begun.
 *
 * **Happens-before:** the end of the action synchronizes before the return of any `do` or `doAsync`.
 * **Cost:** once done, one atomic load.
 * **Limits:** after such a death the action must be able to begin again.
 *
 * @throws {LockError} `Once.do: thread 3 is running the action and would wait for itself for ever`
 * @example
 * const once = new Once();
 * const table = new Int32Array(new SharedArrayBuffer(4));
 * const seen = await team(3, (t, once, table) => {
 *   once.do(() => { table[0]! += 7; });
 *   return table[0];
 * }, { args: [once, table] });
 * console.log(seen); // prints: [ 7, 7, 7 ]
 */
export class Once implements Shared {
  readonly handle: Handle;
  readonly #words: Int32Array;
  readonly #lock: MutexWord;

  constructor(placement: Placement = {}) {
    this.handle = place("Once", BYTES, placement);
    this.#words = new Int32Array(this.handle.buffer, this.handle.offset, BYTES / 4);
    this.#lock = new MutexWord(this.#words, LOCK, "Once", NAME);
  }

  /** Attaches to the Once that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Once {
    return new Once({ at: handle });
  }

  /** True when the action is over. */
  get isDone(): boolean {
    return Atomics.load(this.#words, DONE) === 1; // ORDER: acquire; pairs with the store in #finish
  }

  /** True when a thread has died inside an action: what that one had begun may be half done. */
  get isPoisoned(): boolean {
    return this.#lock.isPoisoned;
  }

  /**
   * Runs `action` if nobody has; else sleeps until it is over. Returns true to the one that ran it. `action` must not be async.
   * On the main thread it is refused only when it would have to wait.
   */
  do(action: () => void): boolean {
    if (this.isDone) return false;
    if (!this.#lock.tryLock()) this.#wait();
    try {
      if (this.isDone) return false; // I2
      try {
        action();
      } finally {
        this.#finish();
      }
      return true;
    } finally {
      this.#lock.unlock();
    }
  }

  /** Like `do` for the event loop: waits without blocking the thread; `action` may be async. */
  async doAsync(
    action: () => void | Promise<void>,
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<boolean> {
    if (this.isDone) return false;
    await this.#lock.lockAsync({ signal: options.signal });
    try {
      if (this.isDone) return false; // I2
      try {
        await action();
      } finally {
        this.#finish();
      }
      return true;
    } finally {
      this.#lock.unlock();
    }
  }

  #finish(): void {
    Atomics.store(this.#words, DONE, 1); // I1. ORDER: release; pairs with the load in isDone
  }

  #wait(): void {
    if (this.#lock.owner === thisThread) {
      const self = threadName(thisThread);
      throw new LockError(`Once.do: ${self} is running the action and would wait for itself for ever`);
    }
    checkMayBlock("Once.do", "await once.doAsync(action)");
    this.#lock.lock();
  }
}
