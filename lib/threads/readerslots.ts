// ReaderSlots: one line per thread that says what this thread holds of a reader-writer lock, so that what a dead
// thread held can be taken back.
//
// The state counts readers with an atomic addition, which cannot say whose it is; and a thread may be ended between any
// two steps. So who adds or takes says so in its slot before (BEGUN) and after (ENTERED, LEFT or MOVED): plain additions
// on a line that stays in its core's cache. When a thread has died its slot is not believed: the state is counted
// anew from the slots of those that live.
//
// Invariants:
//  I1. A slot belongs to the thread whose mark it bears, for as long as this thread lives. Only its thread writes it.
//  I2. SLOTS_USED is raised before a slot is taken, so who reads it after has every slot in sight.
//  I3. Each step on the state that concerns readers lies between BEGUN + 1 and one of the other three + 1. So a slot in which BEGUN
//      is the sum of the three is at rest, and then the state counts ENTERED - LEFT reads of its thread, and its WAITS.
//  I4. Who reads all slots of the living twice, at rest and with the same BEGUN, and the state in between, has them all
//      at one moment. What the state counts beyond them then was left by the dead, and goes in one compare-exchange.
//  I5. One thread at a time does so (BURIER, which outlives its owner), and a dead thread's slot is freed only after that step.
//      So who dies over a burial leaves it to be done again, from the start, with the same result.
//  I6. Slot 0 is shared by the threads that found no slot free: they add atomically. What they hold when they die is not
//      taken back; and one that dies in the middle of a step leaves the lock without burials.
//
// Source: the two readings are Afek and others' "Atomic snapshots of shared memory" (J. ACM 1993), its first half. Rejected: a
// count without names: a dead reader would keep writers out for ever. Rejected: noting the thread in the word that
// counts: readers would need a compare-exchange loop, 2.2 times slower with two of them. Rejected: to believe the dead
// thread's slot: between the addition and its note it is wrong by one, and V8 does end threads there.

import { release, tryTake } from "./lockword.js";
import { LINE_BYTES } from "./memory.js";
import { hasEnded } from "./roster.js";
import {
  BURIER,
  PHASE,
  READER,
  readersIn,
  SLOT_COUNT,
  SLOTS_AT,
  SLOTS_USED,
  STATE,
  WAITING,
  waitingIn,
} from "./rwstate.js";
import { thisThread } from "./thread.js";

const LINE_WORDS = LINE_BYTES / 4;
const FREE = 0;
const SELF = thisThread + 1;
/** How often a burial looks again when the living are in the middle of a step. */
const MOST_LOOKS = 64;

/** The words of a slot. Steps begun; 0, so the fast path adds to the slot's own index. */
export const BEGUN = 0;
/** Steps that ended with one read more, one read less, neither. */
export const ENTERED = 1;
export const LEFT = 2;
export const MOVED = 3;
/** Whose slot it is. */
const MARK = 4;
/** Reads that this thread waits for, two words: in phase 0, in phase PHASE. */
export const WAITS = 5;
/** Reads that only this slot counts (DistributedRWMutex). */
export const ALONE = WAITS + 1;

/** How many bytes `count` slots take, the shared one included. */
export function slotsBytes(count: number): number {
  return (count + 1) * LINE_BYTES;
}

/** What the living have at one moment. */
interface Tally {
  readonly begun: readonly number[];
  readonly reads: number;
  /** By phase. */
  readonly waits: readonly [number, number];
}

/** The slots of one lock, seen from one thread. */
export class ReaderSlots {
  readonly #words: Int32Array;
  readonly #first: number;
  readonly #count: number;
  readonly #countsWaiting: boolean;

  /** `countsWaiting`: whether the state counts who waits by the slots' WAITS. */
  constructor(words: Int32Array, countsWaiting: boolean) {
    this.#words = words;
    this.#first = words[SLOTS_AT]!;
    this.#count = words[SLOT_COUNT]!;
    this.#countsWaiting = countsWaiting;
  }

  /** The index of the first word of this thread's slot; takes a free one, else the shared one (I6). */
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
        // ORDER: acquire; pairs with the store of FREE in #clear: its counts are 0.
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

  /** Adds one to word `which` of a slot (I3); the fast paths do so by themselves, in their own slot. */
  note(slot: number, which: number): void {
    Atomics.add(this.#words, slot + which, 1); // ORDER: before and after the step on the state (I3); slot 0 is shared
  }

  /** How many reads of `slot` the state counts. */
  reads(slot: number): number {
    const left = Atomics.load(this.#words, slot + LEFT); // ORDER: before ENTERED: never more than there are
    return (Atomics.load(this.#words, slot + ENTERED) - left) | 0; // ORDER: as above
  }

  /** The same of all slots. Out of date as soon as you read it. */
  get allReads(): number {
    return this.sum(ENTERED) - this.sum(LEFT);
  }

  /** The sum of word `which` over all slots. */
  sum(which: number): number {
    let sum = 0;
    const used = Atomics.load(this.#words, SLOTS_USED); // ORDER: acquire; pairs with #raiseUsed (I2)
    for (let n = 0; n <= used; n++) sum += Atomics.load(this.#words, this.#slot(n) + which); // ORDER: the caller's
    return sum;
  }

  /** Takes back what the threads hold that `hasEnded` names; true when there was one. Wakes who watches the state. */
  bury(hasEnded: (thread: number) => boolean): boolean {
    if (this.#dead(hasEnded).length === 0 || !tryTake(this.#words, BURIER)) return false; // I5
    try {
      const dead = this.#dead(hasEnded); // nobody else frees slots now
      let looks = 0;
      while (!this.#recount(dead)) if (++looks === MOST_LOOKS) return false;
      for (const slot of dead) this.#clear(slot);
    } finally {
      release(this.#words, BURIER);
    }
    Atomics.notify(this.#words, STATE);
    return true;
  }

  /** Gives up what this thread reads: its body has ended. What it still waits for is taken back when the thread ends. */
  abandon(slot: number): void {
    const words = this.#words;
    for (let reads = this.reads(slot); reads > 0; reads--) {
      this.note(slot, BEGUN);
      Atomics.sub(words, STATE, READER); // ORDER: release; pairs with the load in the writer's drain
      this.note(slot, LEFT);
    }
    Atomics.store(words, slot + ALONE, 0); // ORDER: release; pairs with the writer's sum
  }

  #dead(hasEnded: (thread: number) => boolean): number[] {
    const dead: number[] = [];
    for (let n = 1; n <= Atomics.load(this.#words, SLOTS_USED); n++) {
      const mark = Atomics.load(this.#words, this.#slot(n) + MARK); // ORDER: acquire; pairs with the thread's last steps
      if (mark !== FREE && hasEnded(mark - 1)) dead.push(this.#slot(n));
    }
    return dead;
  }

  /** Puts the state right (I4); false when it has to look again. */
  #recount(dead: readonly number[]): boolean {
    const words = this.#words;
    const tally = this.#tally(dead);
    const seen = Atomics.load(words, STATE); // ORDER: between the two readings (I4)
    const again = this.#tally(dead);
    if (tally === undefined || again === undefined || String(tally.begun) !== String(again.begun))
      return false;
    const [now, before] = (seen & PHASE) === 0 ? again.waits : [again.waits[1], again.waits[0]];
    // Who waited in the other phase has been given the lock.
    const reads = readersIn(seen) - again.reads - before;
    const waits = this.#countsWaiting ? waitingIn(seen) - now : 0;
    if (reads < 0 || waits < 0) return false;
    const next = (seen - reads * READER - waits * WAITING) | 0;
    // ORDER: release; pairs with the load in the writer's drain, which comes after the death anyway.
    return Atomics.compareExchange(words, STATE, seen, next) === seen;
  }

  /** The slots but those of the dead; undefined when one of them is not at rest (I3). */
  #tally(dead: readonly number[]): Tally | undefined {
    const words = this.#words;
    const begun: number[] = [];
    const sums: [number, number, number] = [0, 0, 0];
    const used = Atomics.load(words, SLOTS_USED); // ORDER: acquire; pairs with #raiseUsed (I2)
    for (let n = 0; n <= used; n++) {
      const slot = this.#slot(n);
      if (dead.includes(slot)) continue;
      const at = (which: number) => Atomics.load(words, slot + which); // ORDER: the second reading confirms the first (I4)
      const [start, entered, left, moved] = [at(BEGUN), at(ENTERED), at(LEFT), at(MOVED)];
      if (((start - entered - left - moved) | 0) !== 0) return undefined;
      begun.push(start);
      sums[0] += (entered - left) | 0;
      sums[1] += at(WAITS);
      sums[2] += at(WAITS + PHASE);
    }
    return { begun, reads: sums[0], waits: [sums[1], sums[2]] };
  }

  #clear(slot: number): void {
    for (const which of [BEGUN, ENTERED, LEFT, MOVED, WAITS, ALONE, WAITS + PHASE]) {
      Atomics.store(this.#words, slot + which, 0); // ORDER: release; pairs with the writer's sum (ALONE)
    }
    Atomics.store(this.#words, slot + MARK, FREE); // ORDER: release; pairs with the compare-exchange in claim
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
