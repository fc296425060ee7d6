// WaitingLine: threads and tasks in the order in which they came. Whoever is at its head has its turn; it may give up, and
// it may die, between any two steps.
//
// A ticket is the number of a place in a ring. HEAD is the ticket whose turn it is, TAIL the next one to be given. A
// place says in one word which ticket it belongs to, which thread has that, what for, and how it stands.
//
// Invariants:
//  I1. Who takes a ticket puts its own name in the place by one compare-exchange. So there is no ticket without a thread, and no
//      step between the two in which it could die. TAIL follows, moved by whoever finds it behind.
//  I2. A ticket is given only while fewer than PLACES lie between HEAD and TAIL, so no place is used twice at a time.
//      Tickets count modulo TICKETS, and the mark says which turn of the ring it is for, so what an older one left
//      there is never believed.
//  I3. HEAD moves by one, by compare-exchange, over a place that is marked GONE, and never past TAIL.
//  I4. Who moves HEAD looks at the place then; who comes marks its place and looks at HEAD then. So one of the two sees
//      the other, and the head is awake.
//  I5. Who marks a place GONE, or comes, or wakes by itself, moves HEAD as far as it goes. So a line whose head has gone,
//      or has died, never stands for long.
//  I6. The field in the state is 0 only when nobody waits, but for who has just come and has not set it yet. Each who comes
//      changes it after TAIL; who empties the line reads the state, then TAIL, then clears it by compare-exchange
//      from what it read. So it never clears what another has set. Whoever sleeps sees it set first.
//      Set for nobody (its thread died) it only sends who comes through the line, which clears it.
//
// Source: the claim of a place by compare-exchange, and TAIL that others move on, as in Michael and Scott's queue (PODC 1996).
// Rejected: a linked list of waiters (a death in the middle of a change breaks it); one word that all sleep on (every
// step of the line would wake them all); the two counters of a ticket lock alone (who gives up, or dies with a ticket
// in its hand and no name on it, would stop the line); a count of who waits (wrong by one after a death).

import type { Watched } from "./park.js";
import { LockError, thisThread } from "./thread.js";

const HEAD = 0;
const TAIL = 1;
const PLACES_AT = 2;
const PLACES = 1024;
/** 2 ** 21 tickets: with 17 bits of the turn's thread and 4 of the rest, 11 bits remain to tell turns of the ring apart. */
const TICKETS = 1 << 21;
const TURN_SHIFT = 21;
const TURN_MASK = -1 << TURN_SHIFT;

/** How a ticket stands, in the low bits; 0: the place was never used. */
const WAITS = 1;
const HAS_TURN = 2;
const GONE = 3;
const KIND_SHIFT = 2;
const KIND_MASK = 3 << KIND_SHIFT;
const THREAD_SHIFT = 4;
/** For threads whose number is as high or higher: nobody knows whether they have ended (roster.ts, I2). */
const UNKNOWN = 0x1ffff;
const SELF = Math.min(thisThread, UNKNOWN) << THREAD_SHIFT;

/** How many bytes a line takes. */
export const WAITING_LINE_BYTES = 4 * (PLACES_AT + PLACES);

/** The line in `words` from word `first`. */
export class WaitingLine {
  readonly #words: Int32Array;
  readonly #first: number;
  readonly #state: number;
  readonly #one: number;
  readonly #mask: number;
  readonly #label: string;

  /** `mask`: the field of word `state` that is not 0 while somebody waits (I6); its lowest bit is `one`. */
  constructor(words: Int32Array, first: number, state: number, one: number, mask: number, label: string) {
    this.#words = words;
    this.#first = first;
    this.#state = state;
    this.#one = one;
    this.#mask = mask;
    this.#label = label;
  }

  /** Takes a ticket for `kind` (0 to 3). @throws {LockError} `FairRWMutex: more than 1024 wait` */
  join(kind: number): number {
    const words = this.#words;
    for (;;) {
      const ticket = this.#tail();
      if (distance(this.#head(), ticket) >= PLACES) {
        if (this.#tail() !== ticket) continue; // others have come and gone meanwhile: HEAD may be beyond the old TAIL
        throw new LockError(`${this.#label}: more than ${PLACES} wait`);
      }
      const place = this.#placeOf(ticket);
      const seen = Atomics.load(words, place); // ORDER: none needed; the compare-exchange decides
      if (isOf(seen, ticket)) this.#passTail(ticket);
      else if (seen === 0 || isOf(seen, ticket - PLACES)) {
        // I1. ORDER: before TAIL and HEAD (I4).
        if (Atomics.compareExchange(words, place, seen, waitingMark(ticket, kind)) !== seen) continue;
        this.#passTail(ticket);
        this.flag(ticket);
        this.advance(); // I5
        return ticket;
      } // else TAIL has moved on since
    }
  }

  /** Changes the field of the state (I6). */
  flag(ticket: number): void {
    const words = this.#words;
    const field = ((ticket % (this.#mask / this.#one)) + 1) * this.#one;
    for (;;) {
      const seen = Atomics.load(words, this.#state); // ORDER: none needed; the compare-exchange decides
      const next = (seen & ~this.#mask) | field;
      // ORDER: after TAIL (I6); who comes from here on has to queue.
      if (seen === next || Atomics.compareExchange(words, this.#state, seen, next) === seen) return;
    }
  }

  /** What the field becomes when the head, `ticket`, leaves the line; `seen` is the state, read before. */
  without(ticket: number, seen: number): number {
    return this.#tail() === next(ticket) ? seen & ~this.#mask : seen; // I6
  }

  /** Clears the field if it is set for nobody; true when it was. */
  settle(): boolean {
    for (;;) {
      const seen = Atomics.load(this.#words, this.#state); // ORDER: before TAIL (I6)
      if ((seen & this.#mask) === 0 || this.#head() !== this.#tail()) return false;
      // ORDER: none needed; from here on nobody has to queue.
      if (Atomics.compareExchange(this.#words, this.#state, seen, seen & ~this.#mask) === seen) return true;
    }
  }

  /** True when it is this ticket's turn. */
  isHead(ticket: number): boolean {
    return this.#head() === ticket;
  }

  /** What the owner of a ticket sleeps on until its turn. */
  watched(ticket: number, kind: number): Watched {
    return [this.#placeOf(ticket), waitingMark(ticket, kind)];
  }

  #placeOf(ticket: number): number {
    return this.#first + PLACES_AT + (ticket & (PLACES - 1));
  }

  /** Leaves the line, with or without what it waited for. */
  leave(ticket: number): void {
    // ORDER: release; pairs with the load in advance. A turn that is given meanwhile goes on to the next (I5).
    Atomics.store(this.#words, this.#placeOf(ticket), turnOf(ticket) | GONE);
    this.advance();
  }

  /** Moves HEAD over who has gone, and wakes the one whose turn it is. */
  advance(): void {
    const words = this.#words;
    for (;;) {
      const head = this.#head();
      const place = this.#placeOf(head);
      const mark = Atomics.load(words, place); // ORDER: acquire; pairs with the marks' stores (I4)
      if (!isOf(mark, head)) return; // nobody is there; who comes will look itself (I4)
      const standing = mark & GONE;
      if (standing === GONE) {
        this.#passTail(head); // I3
        // I3. ORDER: before the look at the next place (I4).
        Atomics.compareExchange(words, this.#first + HEAD, head, next(head));
      } else if (standing === WAITS) {
        // ORDER: release; pairs with the load that the owner makes when it wakes.
        if (Atomics.compareExchange(words, place, mark, mark - WAITS + HAS_TURN) !== mark) continue;
        Atomics.notify(words, place);
        return;
      } else return; // it has its turn already
    }
  }

  /** Takes the head out when its thread has died; true when it had. */
  buryHead(hasEnded: (thread: number) => boolean): boolean {
    this.advance();
    const head = this.#head();
    const place = this.#placeOf(head);
    const mark = Atomics.load(this.#words, place); // ORDER: acquire; pairs with the compare-exchange in join
    if (!isOf(mark, head) || (mark & GONE) === GONE) return false;
    const thread = (mark >> THREAD_SHIFT) & UNKNOWN;
    if (thread === UNKNOWN || !hasEnded(thread)) return false;
    // ORDER: none needed; it decides which of those who noticed does it.
    if (Atomics.compareExchange(this.#words, place, mark, turnOf(head) | GONE) !== mark) return false;
    this.advance();
    return true;
  }

  /** True when somebody waits for `kind`. Out of date as soon as you read it. */
  includes(kind: number): boolean {
    const tail = this.#tail();
    for (let ticket = this.#head(); ticket !== tail; ticket = next(ticket)) {
      const mark = Atomics.load(this.#words, this.#placeOf(ticket)); // ORDER: none needed; a hint
      const isHere = isOf(mark, ticket) && (mark & GONE) !== GONE;
      if (isHere && (mark & KIND_MASK) >> KIND_SHIFT === kind) return true;
    }
    return false;
  }

  /** Moves TAIL over a ticket that has been taken, if nobody has yet. */
  #passTail(ticket: number): void {
    // I1. ORDER: after the place, before the state (I6).
    Atomics.compareExchange(this.#words, this.#first + TAIL, ticket, next(ticket));
  }

  #head(): number {
    return Atomics.load(this.#words, this.#first + HEAD); // ORDER: acquire; pairs with advance
  }

  #tail(): number {
    return Atomics.load(this.#words, this.#first + TAIL); // ORDER: acquire; pairs with #passTail; after the state (I6)
  }
}

function next(ticket: number): number {
  return (ticket + 1) % TICKETS;
}

function distance(head: number, tail: number): number {
  return (tail - head + TICKETS) % TICKETS;
}

/** Which turn of the ring a ticket is for, as marks have it. */
function turnOf(ticket: number): number {
  return (ticket >> 10) << TURN_SHIFT;
}

/** What the place of a ticket of this thread holds until its turn. */
function waitingMark(ticket: number, kind: number): number {
  return turnOf(ticket) | SELF | (kind << KIND_SHIFT) | WAITS;
}

/** True when `mark` belongs to `ticket`, which may be one turn of the ring before 0. */
function isOf(mark: number, ticket: number): boolean {
  return (mark & GONE) !== 0 && (mark & TURN_MASK) === turnOf(ticket);
}
