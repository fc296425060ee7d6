// ReaderSlots: one line per thread that says what this thread holds of a reader-writer lock, so that what a dead
// thread held can be taken back.
//
// Nobody but its thread writes a slot, so a note there is a plain addition on a line that stays in its core's cache.
//
// Invariants:
//  I1. A slot belongs to the thread whose mark it bears, for as long as this thread lives.
//  I2. SLOTS_USED is raised before a slot is taken, so who reads it after has every slot in sight.
//  I3. Slot 0 is shared by the threads that found no slot free. Counts there are added atomically where they are
//      believed, and nobody is buried by them.
//  I4. Who buries a thread puts its own mark, negated, in the slot first. When it dies over that, the next one goes on:
//      the counts leave the slot in the same straight line in which they leave the state (rwstate.ts, I2).
//
// Rejected: a count without names: a dead reader would keep writers out for ever. Rejected: noting the thread in the
// word that counts: readers would need a compare-exchange loop, 2.2 times slower with two of them.

import { LINE_BYTES } from "./memory.js";
import { hasEnded } from "./roster.js";
import { PHASE, READER, SLOT_COUNT, SLOTS_AT, SLOTS_USED, STATE, WAITING } from "./rwstate.js";
import { thisThread } from "./thread.js";

const LINE_WORDS = LINE_BYTES / 4;
const FREE = 0;
const SELF = thisThread + 1;

/** The words of a slot. Reads that the state counts; 0, so the fast path adds to the slot's own index. */
export const HELD = 0;
/** Whose slot it is. */
const MARK = 1;
/** Reads that this thread waits for, two words: in phase 0, in phase PHASE. */
export const WAITS = 2;
/** Reads that only this slot counts (DistributedRWMutex). */
export const ALONE = WAITS + 1 + PHASE;

/** How many bytes `count` slots take, the shared one included. */
export function slotsBytes(count: number): number {
  return (count + 1) * LINE_BYTES;
}

/** The slots of one lock, seen from one thread. */
export class ReaderSlots {
  readonly #words: Int32Array;
  readonly #first: number;
  readonly #count: number;

  constructor(words: Int32Array) {
    this.#words = words;
    this.#first = words[SLOTS_AT]!;
    this.#count = words[SLOT_COUNT]!;
  }

  /** The index of the first word of this thread's slot; takes a free one, else the shared one (I3). */
  claim(): number {
    const words = this.#words;
    for (let n = 1; n <= Atomics.load(words, SLOTS_USED); n++) {
      if (Atomics.load(words, this.#slot(n) + MARK) === SELF) return this.#slot(n); // ORDER: none needed; I1
    }
    for (const isRetry of [false, true]) {
      for (let n = 1; n <= this.#count; n++) {
        const slot = this.#slot(n);
        if (Atomics.load(words, slot + MARK) !== FREE) continue; // ORDER: none needed; the compare-exchange decides
        this.#raiseUsed(n); // I2
        // ORDER: acquire; pairs with the store of FREE in #takeBack: its counts are 0.
        if (Atomics.compareExchange(words, slot + MARK, FREE, SELF) === FREE) return slot;
      }
      if (isRetry || !this.bury(hasEnded)) break;
    }
    return this.#first;
  }

  /** True when `slot` is the one that threads share. */
  isShared(slot: number): boolean {
    return slot === this.#first;
  }

  /** The sum of word `field` over all slots. */
  sum(field: number): number {
    let sum = 0;
    const used = Atomics.load(this.#words, SLOTS_USED); // ORDER: acquire; pairs with #raiseUsed (I2)
    for (let n = 0; n <= used; n++) sum += Atomics.load(this.#words, this.#slot(n) + field); // ORDER: the caller's
    return sum;
  }

  /** Takes back what the threads hold that `hasEnded` names; true when there was one. */
  bury(hasEnded: (thread: number) => boolean): boolean {
    let hasBuried = false;
    for (let n = 1; n <= Atomics.load(this.#words, SLOTS_USED); n++) {
      const slot = this.#slot(n);
      const mark = Atomics.load(this.#words, slot + MARK); // ORDER: acquire; pairs with the thread's last steps
      if (mark === FREE || !hasEnded(Math.abs(mark) - 1)) continue;
      // I4. ORDER: acquire; pairs with the compare-exchange of one who died over this burial.
      if (Atomics.compareExchange(this.#words, slot + MARK, mark, -SELF) !== mark) continue;
      this.#takeBack(slot);
      hasBuried = true;
    }
    return hasBuried;
  }

  /** Gives up what this thread holds: its body has ended. What it still waits for is taken back when the thread ends. */
  abandon(slot: number): void {
    if (this.isShared(slot)) return;
    const words = this.#words;
    const held = words[slot]!;
    words[slot] = 0;
    Atomics.sub(words, STATE, held * READER); // ORDER: release; pairs with the load in the writer's drain
    Atomics.store(words, slot + ALONE, 0); // ORDER: release; pairs with the writer's sum
  }

  #takeBack(slot: number): void {
    const words = this.#words;
    for (;;) {
      const seen = Atomics.load(words, STATE); // ORDER: none needed; the compare-exchange decides
      const phase = seen & PHASE;
      // Who waited in the other phase has been given the lock.
      const held = words[slot]! + words[slot + WAITS + (phase ^ PHASE)]!;
      const next = seen - held * READER - words[slot + WAITS + phase]! * WAITING;
      // ORDER: release; pairs with the load in the writer's drain, which comes after the death anyway.
      if (Atomics.compareExchange(words, STATE, seen, next | 0) !== seen) continue;
      words[slot] = 0;
      words[slot + WAITS] = 0;
      words[slot + WAITS + PHASE] = 0;
      Atomics.store(words, slot + ALONE, 0); // ORDER: release; pairs with the writer's sum
      Atomics.store(words, slot + MARK, FREE); // ORDER: release; pairs with the compare-exchange in claim
      return;
    }
  }

  #raiseUsed(n: number): void {
    for (;;) {
      const used = Atomics.load(this.#words, SLOTS_USED); // ORDER: none needed; the compare-exchange decides
      if (used >= n) return;
      // ORDER: release; before the slot is taken (I2).
      if (Atomics.compareExchange(this.#words, SLOTS_USED, used, n) === used) return;
    }
  }

  #slot(n: number): number {
    return this.#first + n * LINE_WORDS;
  }
}
