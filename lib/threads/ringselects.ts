// RingSelects: the selects that wait at a Ring, and how they are woken.
//
// A sleeping thread sleeps on the other side's position; a select sleeps on its ticket (tickets.ts), because it waits at several
// channels. So it notes its ticket here, and sets the same bit in the position as a sleeper does (ringwords.ts I3): who moves a position
// and finds the bit wakes both kinds. Who finds none pays nothing for selects.
//
// Invariants:
//  I1. A select notes itself, then sets the bit, then looks (select.ts I2). When the bit cannot be set the position has just moved,
//      and the look sees that. So what comes after the look finds bit and note.
//  I2. The bit goes with the first move, so all selects of that side are woken: each looks, and notes itself anew.
//  I3. A side has one thread, so notes are made by one thread at a time. A note whose ticket does not wait any more, because it was
//      woken or its thread has died, is free.

import { LINE_BYTES } from "./memory.js";
import { isTicketWaiting, wakeTicket } from "./tickets.js";

/** How many selects a side has room for. Others look every millisecond. */
const PLACES = 4;
const PLACE_WORDS = 2;

/** Bytes of the notes of both sides. */
export const RING_SELECTS_BYTES: number = LINE_BYTES;

/** The selects of one side, whose notes begin at word `at` of `words`. */
export class RingSelects {
  readonly #words: Int32Array;
  readonly #at: number;

  /** `side`: 0 or 1. */
  constructor(words: Int32Array, first: number, side: 0 | 1) {
    this.#words = words;
    this.#at = first + side * PLACES * PLACE_WORDS;
  }

  /** Notes a select; false when there is no room. Before it sets the bit (I1). */
  enlist(ticket: number, stamp: number): boolean {
    for (let place = 0; place < PLACES; place++) {
      const at = this.#at + place * PLACE_WORDS;
      const noted = Atomics.load(this.#words, at); // ORDER: none needed; written by this side's thread only (I3)
      if (noted !== 0 && isTicketWaiting(noted, this.#words[at + 1]!)) continue;
      this.#words[at + 1] = stamp;
      Atomics.store(this.#words, at, ticket); // I1. ORDER: release; pairs with the load in wake. Before the bit
      return true;
    }
    return false;
  }

  /** Takes the note back. The bit stays: it costs a look here, no more. */
  strike(ticket: number): void {
    for (let place = 0; place < PLACES; place++) {
      const at = this.#at + place * PLACE_WORDS;
      // ORDER: none needed; who reads the ticket meanwhile cannot wake another wait with its stamp (tickets.ts I1).
      if (Atomics.compareExchange(this.#words, at, ticket, 0) === ticket) return;
    }
  }

  /** Wakes all (I2), after the position has moved or the ring was closed. */
  wake(): void {
    for (let place = 0; place < PLACES; place++) {
      const at = this.#at + place * PLACE_WORDS;
      const ticket = Atomics.load(this.#words, at); // ORDER: acquire; pairs with the store in enlist. After the move
      if (ticket !== 0) wakeTicket(ticket, this.#words[at + 1]!);
    }
  }
}
