// DistributedRWMutex: many readers or one writer, across threads; each reader counts on a line of its own.
//
// Invariants: those of rwstate.ts, rwlock.ts, rwgate.ts and readerslots.ts, and
//  I1. A reader adds to its slot before it looks for WRITER; a writer sets WRITER before it adds up the slots. So one of
//      the two sees the other.
//  I2. Readers that a leaving writer let in are counted in the state, as in RWMutex, until they leave.
//  I3. LEFT changes whenever a reader leaves while WRITER is set, and a writer reads it before it adds up: so it sleeps
//      only while somebody is inside who will wake it.
//
// Source: the "big reader lock" of Linux 2.4 (brlock), lglocks; https://github.com/jonhoo/drwmutex. Differs: one word
// that all readers read says that a writer is there, in place of a mutex in each slot: a writer makes one step and
// looks, where theirs locks every slot.

import type { Handle } from "./memory.js";
import { ALONE, HELD } from "./readerslots.js";
import type { RWOptions } from "./rwcore.js";
import { RWGate, SPARE } from "./rwgate.js";
import { READER, readersIn, STATE, WRITER } from "./rwstate.js";
import { LockError, thisThread, threadName } from "./thread.js";

const LEFT = SPARE;

/**
 * A reader-writer lock between threads whose readers do not slow each other: every thread counts its reads on a cache
 * line of its own. Cheap for readers on many cores, dear for writers, which look at every thread's line. A waiting writer
 * holds new readers back, as in RWMutex.
 *
 * Dead threads: as RWMutex.
 *
 * **Happens-before:** as RWMutex.
 * **Cost:** rLock + rUnlock are two atomic additions and two loads, none of them on a line that readers change for
 * each other; lock is O(threads that have read).
 * **Limits:** as RWMutex; beyond `readers` threads (32 unless told) the others share one line.
 *
 * @throws {LockError} `sync: RUnlock of unlocked DistributedRWMutex`, `sync: Unlock of unlocked DistributedRWMutex`
 * @example
 * const rw = new DistributedRWMutex();
 * const sums = await team(2, (t, rw) => {
 *   let reads = 0;
 *   for (let i = 0; i < 1000; i++) rw.withRead(() => reads++);
 *   return reads;
 * }, { args: [rw] });
 * console.log(sums, rw.tryLock()); // prints: [ 1000, 1000 ] true
 */
export class DistributedRWMutex extends RWGate {
  constructor(options: RWOptions = {}) {
    super("DistributedRWMutex", options);
  }

  /** Attaches to the lock that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): DistributedRWMutex {
    return new DistributedRWMutex({ at: handle });
  }

  override rUnlock(): void {
    const { words, slot } = this;
    if (slot === 0 || words[slot] !== 0 || words[slot + ALONE]! <= 0) {
      this.#rUnlockSlow();
      return;
    }
    // ORDER: release; pairs with the sum in #isEmpty. Before the load of the state (I3).
    Atomics.sub(words, slot + ALONE, 1);
    if ((Atomics.load(words, STATE) & WRITER) !== 0) this.wakeEmpty();
  }

  protected override enterRead(): boolean {
    const words = this.words;
    const slot = this.slot === 0 ? this.claimSlot() : this.slot;
    Atomics.add(words, slot + ALONE, 1); // I1. ORDER: before the load of the state
    // ORDER: acquire; pairs with the compare-exchange in unlock.
    if ((Atomics.load(words, STATE) & WRITER) === 0) return true;
    Atomics.sub(words, slot + ALONE, 1); // ORDER: release; as in rUnlock
    this.wakeEmpty();
    return false;
  }

  protected override get isReading(): boolean {
    if (this.slot === 0 || this.slots.isShared(this.slot)) return false;
    return this.words[this.slot]! + this.words[this.slot + ALONE]! > 0;
  }

  protected override wakeEmpty(): void {
    Atomics.add(this.words, LEFT, 1); // ORDER: after the step that left (I3)
    Atomics.notify(this.words, LEFT);
  }

  protected override get watched(): number {
    return LEFT;
  }

  protected override close(): number | undefined {
    const left = Atomics.load(this.words, LEFT); // ORDER: before the sum (I3)
    const seen = Atomics.or(this.words, STATE, WRITER); // I1. ORDER: before the sum
    // ORDER: acquire; pairs with the subtractions in rUnlock.
    if (readersIn(seen) > 0 || this.slots.sum(ALONE) > 0) return left;
    this.noteInside();
    return undefined;
  }

  protected override enterAt(): boolean {
    if (this.close() === undefined) return true;
    this.open();
    return false;
  }

  #rUnlockSlow(): void {
    const words = this.words;
    const slot = this.slot === 0 ? this.claimSlot() : this.slot;
    for (;;) {
      const given = Atomics.load(words, slot); // ORDER: none needed; the compare-exchange decides
      if (given > 0) {
        // ORDER: none needed; a compare-exchange because slot 0 is shared.
        if (Atomics.compareExchange(words, slot, given, given - 1) !== given) continue;
        Atomics.sub(words, STATE, READER); // I2. ORDER: release; pairs with the load in close
      } else {
        if (words[slot + ALONE]! <= 0) throw this.#notReading();
        Atomics.sub(words, slot + ALONE, 1); // ORDER: release; as in rUnlock
      }
      if ((Atomics.load(words, STATE) & WRITER) !== 0) this.wakeEmpty();
      return;
    }
  }

  #notReading(): LockError {
    if (this.slots.sum(HELD) + this.slots.sum(ALONE) === 0) {
      return new LockError("sync: RUnlock of unlocked DistributedRWMutex");
    }
    return new LockError(`DistributedRWMutex.rUnlock: ${threadName(thisThread)} does not hold the read lock`);
  }
}
