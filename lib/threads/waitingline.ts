// WaitingLine: threads and tasks in the order in which they came. Whoever is at its head has its turn; it may give up, and
// it may die.
//
// A ticket is the number of a place in a ring. HEAD is the ticket whose turn it is, TAIL the next one to be given. A
// place says in one word which ticket it belongs to and how that stands, in another which thread has it.
//
// Invariants:
//  I1. A ticket is given by a compare-exchange that leaves at most PLACES between HEAD and TAIL, so no place is used twice
//      at a time; and the mark names its ticket, so what an older one left there is never believed.
//  I2. HEAD moves by one, by compare-exchange, over a place that is marked GONE, and by nothing else.
//  I3. Who moves HEAD looks at the place then; who comes marks its place and looks at HEAD then. So one of the two sees
//      the other, and the head is awake.
//  I4. Who marks a place GONE, or comes, or wakes by itself, moves HEAD as far as it goes. So a line whose head has gone,
//      or has died, never stands for long.
//  I5. The word `counter` grows with a ticket and shrinks with GONE, each in one straight line of code with the mark
//      (rwstate.ts, I2). So it is right whoever dies.
//
// Rejected: a linked list of waiters (a death in the middle of a change breaks it); one word that all sleep on (every
// step of the line would wake them all); the two counters of a ticket lock alone (who gives up would stop the line).

import { LockError, thisThread } from "./thread.js";

const HEAD = 0;
const TAIL = 1;
const PLACES_AT = 2;
const PLACES = 1024;
const PLACE_WORDS = 2;

/** A mark: how the ticket stands, what it is for, which it is. */
const WAITS = 1;
const HAS_TURN = 2;
const GONE = 3;
const KIND_SHIFT = 2;
const KIND_MASK = 12;
const TICKET_SHIFT = 4;

/** How many bytes a line takes. */
export const WAITING_LINE_BYTES = 4 * (PLACES_AT + PLACES * PLACE_WORDS);

/** The line in `words` from word `first`. */
export class WaitingLine {
  readonly #words: Int32Array;
  readonly #first: number;
  readonly #counter: number;
  readonly #one: number;
  readonly #label: string;

  /** `counter`: the word that counts who waits, in steps of `one`. */
  constructor(words: Int32Array, first: number, counter: number, one: number, label: string) {
    this.#words = words;
    this.#first = first;
    this.#counter = counter;
    this.#one = one;
    this.#label = label;
  }

  /** Takes a ticket for `kind` (0 to 3). @throws {LockError} `FairRWMutex: more than 1024 wait` */
  join(kind: number): number {
    const words = this.#words;
    for (;;) {
      const ticket = Atomics.load(words, this.#first + TAIL); // ORDER: none needed; the compare-exchange decides
      const length = (ticket - this.#head()) | 0;
      if (length >= PLACES) throw new LockError(`${this.#label}: more than ${PLACES} wait`);
      const place = this.placeOf(ticket);
      const tail = this.#first + TAIL;
      // I1. ORDER: before the mark; who finds the place without it leaves it to its owner (I3).
      if (Atomics.compareExchange(words, tail, ticket, (ticket + 1) | 0) !== ticket) continue;
      Atomics.add(words, this.#counter, this.#one); // I5. ORDER: none needed; who comes from here on has to queue
      Atomics.store(words, place + 1, thisThread); // ORDER: release; before the mark that makes it count
      Atomics.store(words, place, (ticket << TICKET_SHIFT) | (kind << KIND_SHIFT) | WAITS); // ORDER: before HEAD (I3)
      this.advance(); // I4
      return ticket;
    }
  }

  /** True when it is this ticket's turn. */
  isHead(ticket: number): boolean {
    return this.#head() === ticket;
  }

  /** The word on which this ticket's owner sleeps while it holds `waitingMark(ticket, kind)`. */
  placeOf(ticket: number): number {
    return this.#first + PLACES_AT + (ticket & (PLACES - 1)) * PLACE_WORDS;
  }

  /** What the place of a ticket holds until its turn. */
  waitingMark(ticket: number, kind: number): number {
    return (ticket << TICKET_SHIFT) | (kind << KIND_SHIFT) | WAITS;
  }

  /** What to store in the place of a ticket that has got what it wanted; then call `advance`. */
  goneMark(ticket: number): number {
    return (ticket << TICKET_SHIFT) | GONE;
  }

  /** Leaves the line without having got anything. */
  giveUp(ticket: number): void {
    // I5. ORDER: release; pairs with the load in advance. A turn that is given meanwhile goes on to the next (I4).
    Atomics.store(this.#words, this.placeOf(ticket), this.goneMark(ticket));
    Atomics.sub(this.#words, this.#counter, this.#one); // ORDER: none needed; as in join
    this.advance();
  }

  /** Moves HEAD over who has gone, and wakes the one whose turn it is. */
  advance(): void {
    const words = this.#words;
    for (;;) {
      const head = this.#head();
      const place = this.placeOf(head);
      const mark = Atomics.load(words, place); // ORDER: acquire; pairs with the marks' stores (I3)
      const standing = mark & ~KIND_MASK;
      if (standing === this.goneMark(head)) {
        // I2. ORDER: before the look at the next place (I3).
        Atomics.compareExchange(words, this.#first + HEAD, head, (head + 1) | 0);
      } else if (standing === this.waitingMark(head, 0)) {
        const turn = mark - WAITS + HAS_TURN;
        // ORDER: release; pairs with the load that the owner makes when it wakes.
        if (Atomics.compareExchange(words, place, mark, turn) !== mark) continue;
        Atomics.notify(words, place);
        return;
      } else return; // it has its turn already, or nobody is there, or the owner will look itself (I3)
    }
  }

  /** Takes the head out when its thread has died; true when it had. */
  buryHead(hasEnded: (thread: number) => boolean): boolean {
    this.advance();
    const head = this.#head();
    const place = this.placeOf(head);
    const mark = Atomics.load(this.#words, place); // ORDER: acquire; pairs with the store in join
    if (mark >> TICKET_SHIFT !== (head << TICKET_SHIFT) >> TICKET_SHIFT) return false;
    if ((mark & GONE) === 0 || (mark & GONE) === GONE) return false;
    // ORDER: acquire; pairs with the store in join.
    if (!hasEnded(Atomics.load(this.#words, place + 1))) return false;
    // ORDER: none needed; it decides which of those who noticed does it.
    if (Atomics.compareExchange(this.#words, place, mark, this.goneMark(head)) !== mark) return false;
    Atomics.sub(this.#words, this.#counter, this.#one); // I5. ORDER: none needed; as in join
    this.advance();
    return true;
  }

  /** True when somebody waits for `kind`. Out of date as soon as you read it. */
  includes(kind: number): boolean {
    const tail = Atomics.load(this.#words, this.#first + TAIL); // ORDER: none needed; a hint
    for (let ticket = this.#head(); ticket !== tail; ticket = (ticket + 1) | 0) {
      const mark = Atomics.load(this.#words, this.placeOf(ticket)); // ORDER: none needed; a hint
      const standing = mark & ~HAS_TURN & ~WAITS;
      const isHere = (mark & GONE) !== GONE && (mark & GONE) !== 0;
      if (isHere && standing === ((ticket << TICKET_SHIFT) | (kind << KIND_SHIFT))) return true;
    }
    return false;
  }

  #head(): number {
    return Atomics.load(this.#words, this.#first + HEAD); // ORDER: acquire; pairs with advance
  }
}
