// RWMutex: many readers or one writer, across threads; a waiting writer holds new readers back (as Go's).
//
// Invariants: those of rwstate.ts, rwlock.ts and rwgate.ts, and
//  I1. Once WRITER is set no reader comes in, so the readers that a writer waits for only become fewer.
//
// Source: the promises are Go's src/sync/rwmutex.go.

import type { Handle } from "./memory.js";
import type { RWOptions } from "./rwcore.js";
import { RWGate } from "./rwgate.js";
import { readersIn, STATE, WRITER } from "./rwstate.js";

/**
 * A reader-writer lock between threads. A new RWMutex is unlocked.
 *
 * A waiting writer blocks new readers, and a leaving writer lets in the readers that waited for it, so neither side
 * starves. Not reentrant. Locks belong to the thread that took them, for reading too.
 *
 * When a thread dies that reads, its reads are taken back; when one dies that writes, the lock goes on to the next
 * one with `poisoned` set.
 *
 * **Happens-before:** `unlock` synchronizes before any later `rLock` or `lock` returns; `rUnlock` before a later `lock` returns.
 * **Cost:** rLock + rUnlock without a writer are two atomic additions; readers share one word, so they slow each other.
 * **Limits:** at most 32,767 reads at a time, and 8,190 readers that wait.
 *
 * @throws {LockError} `sync: RUnlock of unlocked RWMutex`, `sync: Unlock of unlocked RWMutex`
 * @throws {LockError} `RWMutex.rLock: thread 3 reads already and would wait for a writer that waits for it`
 * @throws {LockError} `RWMutex.lock: thread 3 holds the read lock and would wait for itself for ever`
 * @example
 * const rw = new RWMutex();
 * const price = new Int32Array(new SharedArrayBuffer(8));
 * const seen = await team(3, (t, rw, price) => {
 *   if (t.id === 0) rw.withWrite(() => { price[0] = 7; price[1] = 7; });
 *   return rw.withRead(() => price[0] === price[1]);
 * }, { args: [rw, price] });
 * console.log(seen); // prints: [ true, true, true ]
 */
export class RWMutex extends RWGate {
  constructor(options: RWOptions = {}) {
    super("RWMutex", options);
  }

  /** Attaches to the lock that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): RWMutex {
    return new RWMutex({ at: handle });
  }

  protected override close(): number | undefined {
    // I1. ORDER: acquire; pairs with the subtraction in rUnlock.
    const seen = Atomics.or(this.words, STATE, WRITER) | WRITER;
    if (readersIn(seen) > 0) return seen;
    this.noteInside();
    return undefined;
  }
}
