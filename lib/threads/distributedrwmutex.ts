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
import { ALONE, BEGUN, ENTERED, LEFT as GONE, MOVED } from "./readerslots.js";
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
    if (slot === 0 || words[slot + ALONE]! <= 0 || words[slot + ENTERED] !== words[slot + GONE]) {
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
    // One step is all there is to count: nothing to be told apart when this thread dies here.
    Atomics.add(words, slot + ALONE, 1); // I1. ORDER: before the load of the state
    // ORDER: acquire; pairs with the compare-exchange in unlock.
    if ((Atomics.load(words, STATE) & WRITER) === 0) return true;
    Atomics.sub(words, slot + ALONE, 1); // ORDER: release; as in rUnlock
    this.wakeEmpty();
    return false;
  }

  protected override get isReading(): boolean {
    return this.slot !== 0 && this.slots.reads(this.slot) + this.words[this.slot + ALONE]! > 0;
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
    const slot = this.claimSlot();
    while (this.slots.reads(slot) > 0) {
      if (!this.#giveBack(slot)) continue;
      if ((Atomics.load(words, STATE) & WRITER) !== 0) this.wakeEmpty(); // ORDER: after the step that left (I3)
      return;
    }
    if (words[slot + ALONE]! <= 0) throw this.#notReading();
    Atomics.sub(words, slot + ALONE, 1); // ORDER: release; as in rUnlock
    if ((Atomics.load(words, STATE) & WRITER) !== 0) this.wakeEmpty(); // ORDER: after the step that left (I3)
  }

  /** Undoes a read that a leaving writer gave (I2); false when another thread that shares the slot came first. */
  #giveBack(slot: number): boolean {
    const { words, slots } = this;
    slots.note(slot, BEGUN);
    slots.note(slot, BEGUN); // twice, because the note decides here who does the step: the slot is not at rest between them
    const gone = Atomics.load(words, slot + GONE); // ORDER: none needed; the compare-exchange decides
    const isMine =
      // ORDER: none needed; a compare-exchange because slot 0 is shared.
      slots.reads(slot) > 0 && Atomics.compareExchange(words, slot + GONE, gone, gone + 1) === gone;
    if (isMine)
      Atomics.sub(words, STATE, READER); // ORDER: release; pairs with the load in close
    else slots.note(slot, MOVED);
    slots.note(slot, MOVED);
    return isMine;
  }

  #notReading(): LockError {
    if (this.slots.allReads + this.slots.sum(ALONE) === 0) {
      return new LockError("sync: RUnlock of unlocked DistributedRWMutex");
    }
    return new LockError(`DistributedRWMutex.rUnlock: ${threadName(thisThread)} does not hold the read lock`);
  }
}
