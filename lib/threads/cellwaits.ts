// CellWaits: who waits at a queue of cells, and how they are woken: sleeping threads, pending tasks, and selects.
//
// Invariants:
//  I1. A waiter counts itself, remembers the side's sequence of wake-ups, looks again, and sleeps on that sequence. Who
//      hands a cell on does so before it looks at the counts. So one of the two sees the other.
//  I2. Both sides' counts share a word, so who hands a cell on looks once: senders in the lower half, receivers in the upper.
//  I3. A select stands in the table with its ticket and is counted. Waking it is one compare-exchange on the ticket from
//      the value noted here, so a ticket that is used for another wait by now is not taken for this one.
//  I4. A waiter sleeps at most a second before it looks by itself: a wake-up that went to a thread which died delays the
//      others, no more.
//  I5. While WAKING is set for a side, one sleeper is on its way and nobody wakes another: it clears the mark before it looks, so
//      it sees what came meanwhile, and wakes on when there is more (cells.ts I4). Otherwise who fills a queue would
//      notify for each item during the 50 us that a thread takes to wake up. If it dies on the way: I4.
//
// Rejected: counts as flags, cleared by who finds nobody asleep (a waiter between its look and its sleep loses its flag).

import { LINE_BYTES } from "./memory.js";
import type { SlowPath } from "./park.js";
import { lookAfter } from "./roster.js";
import { isTicketDead, wakeTicket } from "./tickets.js";

const LINE = LINE_BYTES / 4;
/** Both sides' counts (I2). */
const COUNTS = 3 * LINE;
/** How many selects stand in the table. */
const SELECTS = 3 * LINE + 3;
/** Beside each side's sequence (I5). */
const WAKING = 5;
const TABLE = 4 * LINE;
const PLACES = LINE;
const PLACE_WORDS = 2;

/** Bytes of the header that the waits take, with the lines of the owner and of the positions. */
export const WAITS_END_BYTES: number = 6 * LINE_BYTES;

/** A side: the word of its sequence of wake-ups. */
export const SENDERS: number = 3 * LINE + 1;
export const RECEIVERS: number = 3 * LINE + 2;
/** One of the sides. */
export type Side = number;

function unit(side: Side): number {
  return side === SENDERS ? 1 : 1 << 16;
}

/** The waiters of the queue in `words`. */
export class CellWaits {
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** Nonzero when anybody waits on either side. After the store of the cell's word. */
  counts(): number {
    return Atomics.load(this.#words, COUNTS); // I1. ORDER: after that store; pairs with the addition in join
  }

  /** True when `counts` has somebody on `side`. */
  isAwaited(counts: number, side: Side): boolean {
    return (side === SENDERS ? counts & 0xffff : counts >>> 16) !== 0;
  }

  /** Wakes one of `side`: a sleeper, else a select. */
  wake(side: Side): void {
    const words = this.#words;
    // I5. ORDER: after the store of the cell's word; pairs with the store in until.
    if (Atomics.load(words, side + WAKING) !== 0) return;
    Atomics.store(words, side + WAKING, 1); // ORDER: before the notify
    Atomics.add(words, side, 1); // ORDER: release; pairs with the load in until. Before the notify
    if (Atomics.notify(words, side, 1) !== 0) return;
    Atomics.store(words, side + WAKING, 0); // ORDER: nobody is on its way
    this.#wakeSelect(side);
  }

  /** Wakes everybody on `side`. */
  wakeAll(side: Side): void {
    Atomics.add(this.#words, side, 1); // ORDER: release; pairs with the load in until. Before the notify
    Atomics.notify(this.#words, side);
    while (this.#wakeSelect(side));
  }

  /** Waits on `side` until `isReady`; `look` is called when it has waited a while. */
  *until(side: Side, isReady: () => boolean, look: () => unknown): SlowPath {
    const words = this.#words;
    this.#join(side);
    try {
      for (let looks = 0; ; ) {
        const wakeups = Atomics.load(words, side); // I1. ORDER: before the look; pairs with the addition in wake
        if (isReady()) return true;
        const wake = yield [side, wakeups, lookAfter(looks)]; // I4
        Atomics.store(words, side + WAKING, 0); // I5. ORDER: before the look; pairs with the load in wake
        if (wake === "timed-out") return isReady();
        if (wake !== "look") continue;
        looks++;
        look();
      }
    } finally {
      this.#leave(side);
    }
  }

  /** Puts a select into the table; false when there is no place, and then it has to look by itself. */
  enlist(side: Side, ticket: number, stamp: number): boolean {
    for (let place = 0; place < PLACES; place++) {
      const at = TABLE + place * PLACE_WORDS;
      const seen = Atomics.load(this.#words, at); // ORDER: none needed; the compare-exchange decides
      if (seen !== 0 && (seen < 0 || !isTicketDead(seen >>> 1))) continue;
      if (Atomics.compareExchange(this.#words, at, seen, -1) !== seen) continue; // ORDER: claims the place
      if (seen === 0) Atomics.add(this.#words, SELECTS, 1); // ORDER: before the entry; pairs with the load in #wakeSelect
      this.#words[at + 1] = stamp;
      this.#join(side);
      // I3. ORDER: release; pairs with the load in #wakeSelect. Before the select's look
      Atomics.store(this.#words, at, (ticket << 1) | (side === SENDERS ? 0 : 1));
      return true;
    }
    return false;
  }

  /** Takes a select out of the table. */
  strike(side: Side, ticket: number): void {
    const entry = (ticket << 1) | (side === SENDERS ? 0 : 1);
    for (let place = 0; place < PLACES; place++) {
      const at = TABLE + place * PLACE_WORDS;
      // ORDER: none needed; nobody else removes the entry of a thread that lives.
      if (Atomics.compareExchange(this.#words, at, entry, 0) !== entry) continue;
      Atomics.sub(this.#words, SELECTS, 1); // ORDER: none needed; too high a count costs a walk
      this.#leave(side);
      return;
    }
  }

  #wakeSelect(side: Side): boolean {
    if (Atomics.load(this.#words, SELECTS) === 0) return false; // ORDER: after the counts; pairs with the addition in enlist
    for (let place = 0; place < PLACES; place++) {
      const at = TABLE + place * PLACE_WORDS;
      const entry = Atomics.load(this.#words, at); // ORDER: acquire; pairs with the store in enlist
      if (entry <= 0 || (entry & 1) !== (side === SENDERS ? 0 : 1)) continue;
      if (wakeTicket(entry >>> 1, this.#words[at + 1]!)) return true; // I3
    }
    return false;
  }

  #join(side: Side): void {
    Atomics.add(this.#words, COUNTS, unit(side)); // I1. ORDER: before the looks that follow; pairs with the load in counts
  }

  #leave(side: Side): void {
    Atomics.sub(this.#words, COUNTS, unit(side)); // ORDER: none needed; too high a count costs a notify
  }
}
