// RingWords: positions, slots and sleepers of a Ring: one thread fills, one other empties, and a side sleeps on the other's position.
//
// Each side has a line of its own with its position and what it last saw of the other's, so the lines travel between the
// cores only when a side believes the ring full or empty.
//
// Invariants:
//  I1. Positions count in twos, modulo 2^32: TAIL's are written by the producer only, HEAD's by the consumer only, and
//      0 <= TAIL - HEAD <= 2 * capacity. The lowest bit of TAIL says that the consumer may sleep on TAIL, that of HEAD that the
//      producer may sleep on HEAD.
//  I2. The producer writes the item before it moves TAIL; the consumer reads it before it moves HEAD. (The tempting wrong
//      order, TAIL first, hands out what the slot held a round ago.)
//  I3. Who goes to sleep sets the bit by compare-exchange on the position that it has looked at; who moves a position gets
//      the old word from the same exchange, and wakes when the bit was set. One word, so one of the two sees the other.
//  I4. `close` sets CLOSED before it clears both bits; a sleeper looks at CLOSED after it has set its bit. A producer's exchange
//      clears a bit only when it notifies. So a sleep that nobody would end cannot begin.
//  I5. A waiter that gives up leaves its bit: another task of its thread may sleep there. Too many bits cost a notify.
//  I6. A select that waits has noted itself and set the same bit (ringselects.ts), so it is woken with the sleepers.
//
// Source: Lamport (1983) for the two positions, Lee et al., "MCRingBuffer" (2010) for the remembered ones. Differs: the sleeper's
// bit lies in the position's word, so a send is one atomic exchange.
// Rejected: a word of its own for each sleeper, looked at after every move: a second atomic access for each item.

import { ChannelError } from "./channelerror.js";
import { LINE_BYTES } from "./memory.js";
import type { SlowPath } from "./park.js";
import { RING_SELECTS_BYTES, RingSelects } from "./ringselects.js";
import { type ChannelCase, type Outcome, SENT } from "./selectcase.js";

const LINE = LINE_BYTES / 4;
/** The producer's line. */
const TAIL = LINE;
const SEEN_HEAD = LINE + 1;
/** The consumer's line. */
const HEAD = 2 * LINE;
const SEEN_TAIL = 2 * LINE + 1;
/** A line that is hardly ever written. */
const CLOSED = 3 * LINE;
/** The selects that wait, on a line of their own (I6). */
const SELECTS = 4 * LINE;

const ASLEEP = 1;
const POSITION = ~ASLEEP;

/** Bytes before the first item. The first line is the owner's. */
export const RING_HEADER_BYTES: number = 4 * LINE_BYTES + RING_SELECTS_BYTES;

/** Numbers of a ring, or of a batch for it. */
export type RingNumbers = Int32Array | Float64Array;

/** The ring in `words`, whose items are `items`; their count is a power of two. */
export class RingWords {
  readonly #words: Int32Array;
  readonly #items: RingNumbers;
  readonly #mask: number;
  /** The distance of TAIL and HEAD in a full ring. */
  readonly #full: number;
  /** Those that wait for items, and those that wait for room. */
  readonly #takers: RingSelects;
  readonly #givers: RingSelects;

  constructor(words: Int32Array, items: RingNumbers) {
    this.#words = words;
    this.#items = items;
    this.#mask = items.length - 1;
    this.#full = 2 * items.length;
    this.#takers = new RingSelects(words, SELECTS, 0);
    this.#givers = new RingSelects(words, SELECTS, 1);
  }

  get isClosed(): boolean {
    return Atomics.load(this.#words, CLOSED) === 1; // ORDER: acquire; pairs with the exchange in close
  }

  /** Items inside; a hint. */
  get length(): number {
    const head = Atomics.load(this.#words, HEAD) & POSITION; // ORDER: before TAIL, so that the difference is never negative
    const tail = Atomics.load(this.#words, TAIL) & POSITION; // ORDER: a hint for people
    return Math.min((tail - head) >>> 1, this.#items.length);
  }

  /** Closed and empty. The consumer's question. */
  get isOver(): boolean {
    // ORDER: CLOSED before TAIL: what was sent before the close is seen.
    return this.isClosed && (Atomics.load(this.#words, TAIL) & POSITION) === (this.#words[HEAD]! & POSITION);
  }

  /** Sends `value` if there is room. @throws {ChannelError} `send on closed channel` */
  push(value: number): boolean {
    const words = this.#words;
    // Not atomic: a close that is ordered before this send is seen; one beside it may come before or after, as in Go.
    if (words[CLOSED] === 1) throw new ChannelError("send on closed channel");
    const tail = words[TAIL]! & POSITION; // I1: ours but for the bit
    if (((tail - words[SEEN_HEAD]!) | 0) === this.#full && this.#room(tail) === 0) return false;
    this.#items[(tail >>> 1) & this.#mask] = value;
    // I2, I3. ORDER: release; pairs with the load in pull.
    if ((Atomics.exchange(words, TAIL, (tail + 2) | 0) & ASLEEP) !== 0) this.#wake(TAIL);
    return true;
  }

  /** Sends what fits of `values` from index `from` on and returns the index after it. @throws {ChannelError} as push */
  pushMany(values: RingNumbers, from: number): number {
    const words = this.#words;
    if (words[CLOSED] === 1) throw new ChannelError("send on closed channel"); // as in push
    const tail = words[TAIL]! & POSITION; // I1: ours but for the bit
    const wanted = values.length - from;
    let room = (this.#full - (tail - words[SEEN_HEAD]!)) >>> 1;
    if (room < wanted) room = this.#room(tail);
    const count = Math.min(room, wanted);
    if (count === 0) return from;
    const [items, mask, first] = [this.#items, this.#mask, tail >>> 1];
    for (let i = 0; i < count; i++) items[(first + i) & mask] = values[from + i]!;
    // I2, I3. ORDER: release; pairs with the load in pullMany.
    if ((Atomics.exchange(words, TAIL, (tail + 2 * count) | 0) & ASLEEP) !== 0) this.#wake(TAIL);
    return from + count;
  }

  /** Receives an item if there is one. */
  pull(): number | undefined {
    const words = this.#words;
    const head = words[HEAD]! & POSITION; // I1: ours but for the bit
    if (words[SEEN_TAIL] === head) {
      const tail = Atomics.load(words, TAIL) & POSITION; // ORDER: acquire; pairs with the exchange in push: the item is there
      words[SEEN_TAIL] = tail;
      if (tail === head) return undefined;
    }
    const item = this.#items[(head >>> 1) & this.#mask]!;
    // I2, I3. ORDER: release; pairs with the load in #room.
    if ((Atomics.exchange(words, HEAD, (head + 2) | 0) & ASLEEP) !== 0) this.#wake(HEAD);
    return item;
  }

  /** Receives what is there into `into` and returns how many. */
  pullMany(into: RingNumbers): number {
    const words = this.#words;
    const head = words[HEAD]! & POSITION; // I1: ours but for the bit
    let there = (words[SEEN_TAIL]! - head) >>> 1;
    if (there < into.length) {
      words[SEEN_TAIL] = Atomics.load(words, TAIL) & POSITION; // ORDER: acquire; pairs with the exchange in pushMany
      there = (words[SEEN_TAIL]! - head) >>> 1;
    }
    const count = Math.min(there, into.length);
    if (count === 0) return 0;
    const [items, mask, first] = [this.#items, this.#mask, head >>> 1];
    for (let i = 0; i < count; i++) into[i] = items[(first + i) & mask]!;
    // I2, I3. ORDER: release; pairs with the load in #room.
    if ((Atomics.exchange(words, HEAD, (head + 2 * count) | 0) & ASLEEP) !== 0) this.#wake(HEAD);
    return count;
  }

  /** Lets no more items in. @throws {ChannelError} `close of closed channel` */
  close(): void {
    const words = this.#words;
    // I4. ORDER: release; pairs with the load in isClosed. After the last item's exchange of TAIL.
    if (Atomics.exchange(words, CLOSED, 1) === 1) throw new ChannelError("close of closed channel");
    for (const word of [TAIL, HEAD]) {
      Atomics.and(words, word, POSITION); // I4. ORDER: after CLOSED; pairs with the compare-exchange in #sleepOn
      this.#wake(word);
    }
  }

  /** Wakes all who wait for `word` to move: it has. Not on the fast path. */
  #wake(word: number): void {
    Atomics.notify(this.#words, word);
    (word === TAIL ? this.#takers : this.#givers).wake(); // I6
  }

  /** Until there is room or the ring is closed. The producer's. */
  untilRoom(): SlowPath {
    return this.#until(HEAD, () => this.#hasRoom());
  }

  /** Until there is an item or the ring is closed. The consumer's. */
  untilItem(): SlowPath {
    return this.#until(TAIL, () => this.#hasItem());
  }

  /** A case of a select: send by `attempt`. The producer's. */
  sendCase(attempt: () => boolean): ChannelCase & { readonly kind: "send" } {
    return this.#case("send", HEAD, () => (attempt() ? SENT : null));
  }

  /** A case of a select: receive by `attempt`. The consumer's. */
  recvCase(attempt: () => Outcome | null): ChannelCase & { readonly kind: "recv" } {
    return this.#case("recv", TAIL, attempt);
  }

  #case<K extends "send" | "recv">(
    kind: K,
    word: number,
    attempt: () => Outcome | null,
  ): ChannelCase & { readonly kind: K } {
    const selects = kind === "recv" ? this.#takers : this.#givers;
    return {
      kind,
      attempt,
      isReady: () => (kind === "recv" ? this.#hasItem() : this.#hasRoom()) || this.isClosed,
      enlist: (ticket, stamp) => {
        const isNoted = selects.enlist(ticket, stamp);
        const seen = Atomics.load(this.#words, word); // ORDER: after the note; the compare-exchange fails when it has moved since
        // I6. ORDER: release; pairs with the exchanges in push and pull, and with the and in close.
        Atomics.compareExchange(this.#words, word, seen, seen | ASLEEP);
        return isNoted;
      },
      strike: (ticket) => selects.strike(ticket),
      finish: () => null, // nobody claims these cases
      look: () => {},
    };
  }

  #hasItem(): boolean {
    // ORDER: acquire; pairs with the exchange in push.
    return (Atomics.load(this.#words, TAIL) & POSITION) !== (this.#words[HEAD]! & POSITION);
  }

  #hasRoom(): boolean {
    return this.#room(this.#words[TAIL]! & POSITION) > 0;
  }

  /** Sleeps on the other side's position `word` until `isReady` or closed. */
  *#until(word: number, isReady: () => boolean): SlowPath {
    const words = this.#words;
    for (;;) {
      const seen = Atomics.load(words, word); // ORDER: before the look; the compare-exchange fails when it has moved since
      if (isReady() || this.isClosed) return true;
      const marked = seen | ASLEEP;
      // I3. ORDER: release; pairs with the exchanges in push and pull, and with the and in close.
      if (seen !== marked && Atomics.compareExchange(words, word, seen, marked) !== seen) continue;
      if (this.isClosed) return true; // I4
      if ((yield [word, marked]) === "timed-out") return isReady() || this.isClosed; // I5
    }
  }

  /** How many items fit, now. */
  #room(tail: number): number {
    // ORDER: acquire; pairs with the exchange in pull: the slot has been read.
    const head = Atomics.load(this.#words, HEAD) & POSITION;
    this.#words[SEEN_HEAD] = head;
    return (this.#full - (tail - head)) >>> 1;
  }
}
