// ReadersFirstRWMutex: many readers or one writer, across threads; a waiting writer keeps nobody out.
//
// Invariants: those of rwstate.ts, rwlock.ts and rwgate.ts, and
//  I1. WRITER is set only where nobody reads. So readers wait for a writer inside, never for one that waits.
//  I2. A writer sleeps only after it has set DRAINING and seen a reader in the same word: this reader, or one that
//      came after it, is the last to leave and finds the mark.
//
// Source: the first readers-writers problem of Courtois, Heymans and Parnas (CACM 1971); glibc's default rwlock.

import type { Handle } from "./memory.js";
import type { RWOptions } from "./rwcore.js";
import { RWGate } from "./rwgate.js";
import { OWN_MARK, readersIn, STATE } from "./rwstate.js";

const DRAINING = OWN_MARK;

/**
 * A reader-writer lock between threads that prefers readers: `rLock` waits only for a writer that is inside. A thread may
 * take it for reading twice. Use it when writers may wait; while readers keep coming they wait for ever.
 *
 * Dead threads: as RWMutex.
 *
 * **Happens-before:** as RWMutex.
 * **Cost:** as RWMutex.
 *
 * @throws {LockError} `sync: RUnlock of unlocked ReadersFirstRWMutex`, `sync: Unlock of unlocked ReadersFirstRWMutex`
 * @example
 * const rw = new ReadersFirstRWMutex();
 * rw.tryRLock();
 * const writing = rw.lockAsync();
 * console.log(rw.tryRLock()); // prints: true
 * rw.rUnlock();
 * rw.rUnlock();
 * console.log(await writing, rw.tryRLock()); // prints: true false
 */
export class ReadersFirstRWMutex extends RWGate {
  constructor(options: RWOptions = {}) {
    super("ReadersFirstRWMutex", options);
  }

  /** Attaches to the lock that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): ReadersFirstRWMutex {
    return new ReadersFirstRWMutex({ at: handle });
  }

  protected override close(): number | undefined {
    for (;;) {
      const seen = Atomics.load(this.words, STATE); // ORDER: none needed; the compare-exchange decides
      if (readersIn(seen) === 0) {
        if (this.enterAt(seen)) return undefined; // I1
        continue;
      }
      if ((seen & DRAINING) !== 0) return seen;
      // I2. ORDER: before the sleep; pairs with the subtraction in rUnlock.
      if (Atomics.compareExchange(this.words, STATE, seen, seen | DRAINING) === seen) return seen | DRAINING;
    }
  }
}
