// Slots: small numbers for goroutines, so that vector clocks stay short however many goroutines come and go.
//
// Invariants:
//  I1. Times of a slot are handed out once: whoever has it, its next time is new.
//  I2. A slot is given to a new goroutine without loss if its creator knows of everything done in that slot: then the
//      former owner is ordered before the new one anyway.
//  I3. When all slots are taken, goroutines share them. Two that share one are taken for ordered where they are not, so a
//      race between these two may be missed; none is invented.
//
// Source: ThreadSanitizer (LLVM 14 and later) has 256 slots too, and gives them to threads as they run.

import { type Clock, SLOTS } from "./clock.js";

/** Freed slots that are looked at for a new goroutine: the latest ones, which its creator most likely waited for. */
const LOOK_AT = 8;

export class Slots {
  /** The last time handed out, by slot. */
  readonly #times: number[] = [];
  /** Slots whose goroutine has ended. */
  readonly #free: number[] = [];
  #turn = 0;

  /** How many were ever needed at once. */
  get count(): number {
    return this.#times.length;
  }

  /** The slot for a goroutine whose creator knows `known` (null: the first one). */
  take(known: Clock | null): number {
    const free = this.#free;
    const end = Math.max(0, free.length - LOOK_AT);
    for (let i = free.length - 1; known !== null && i >= end; i--) {
      const slot = free[i] as number;
      if (slot < known.length && (known[slot] as number) >= (this.#times[slot] as number))
        return this.#use(i); // I2
    }
    if (this.#times.length < SLOTS) return this.#times.push(0) - 1;
    if (free.length > 0) return this.#use(free.length - 1); // I3
    this.#turn = (this.#turn + 1) % SLOTS;
    return this.#turn; // I3
  }

  /** The next time of `slot` (I1). */
  tick(slot: number): number {
    const time = (this.#times[slot] as number) + 1;
    this.#times[slot] = time;
    return time;
  }

  /** Gives a slot back; harmless when it is shared. */
  release(slot: number): void {
    this.#free.push(slot);
  }

  #use(place: number): number {
    const slot = this.#free[place] as number;
    const last = this.#free.pop() as number;
    if (place < this.#free.length) this.#free[place] = last;
    return slot;
  }
}
