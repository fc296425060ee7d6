// Cells: the bounded queue inside Queue and Chan: any number of sending and receiving threads.
//
// Each cell has a sequence word that says whose turn it is. A thread claims a position by compare-exchange on TAIL or HEAD,
// fills or reads the cell undisturbed, and hands the cell on by its sequence word.
//
// Invariants:
//  I1. Positions count in twos, modulo 2^32. The cell of position p may be filled while its word is p, read while it is
//      p + 1, and filled again at p + 2 * capacity.
//  I2. The lowest bit of TAIL says closed. A claim is a compare-exchange on an even TAIL, so none succeeds after close, and
//      what was claimed before will be published: it is over when TAIL is HEAD with that bit.
//  I3. TAIL and HEAD are first read plainly: an old value costs a failed compare-exchange. What is *not* done (NOT_NOW, OVER)
//      is decided on values read atomically.
//  I4. A wake-up wakes one. It may be for a cell behind one that is not handed on yet; then the one
//      woken sleeps again. So whoever goes through a side and sees the next cell ready, or the end, wakes on. (Without
//      that, two items and two receivers can end with one of each and nobody moving.)
//  I5. A thread notes its claim before it makes it (claims.ts). A cell whose thread has died is handed on by who waits for it,
//      one at a time, under REPAIR: a cell that was to be filled as EMPTIED, which receivers pass over.
//
// Source: Vyukov, "Bounded MPMC queue" (2010, 1024cores.net). Differs: positions in twos (a capacity of 1 works, close
// has a bit), threads can sleep, batches claim neighbouring cells at once, and a dead thread blocks nobody.

import { casFailed } from "./casfailures.js";
import { CellWaits, RECEIVERS, SENDERS, type Side, WAITS_END_BYTES } from "./cellwaits.js";
import { ChannelError } from "./channelerror.js";
import { clearClaim, fateOf, newChannelNumber, noteClaim } from "./claims.js";
import { LINE_BYTES } from "./memory.js";
import type { SlowPath } from "./park.js";
import { hasEnded, noticeEnd } from "./roster.js";
import { thisThread } from "./thread.js";

const LINE = LINE_BYTES / 4;
const TAIL = LINE;
const HEAD = 2 * LINE;
/** On the line of the waits: the channel's number for claims, and who repairs. */
const CHANNEL = 3 * LINE + 8;
const REPAIR = 3 * LINE + 9;
const CLOSED_BIT = 1;
/** In a cell's second word: its sender died; there is nothing in it. */
const EMPTIED = -2;

/** Bytes before the first cell. The first line is the owner's. */
export const CELLS_HEADER_BYTES: number = WAITS_END_BYTES;
/** In place of a position, which is even: no cell is ready. */
export const NOT_NOW = 1;
/** In place of a position: closed, and for a receiver also empty. */
export const OVER = 3;

/**
 * The queue of cells in `words`, each `cellWords` long. The first word of a cell is its sequence; the second may hold anything
 * that is not negative, or -1.
 */
export class Cells {
  readonly waits: CellWaits;
  readonly #words: Int32Array;
  readonly #mask: number;
  readonly #round: number;
  readonly #cellWords: number;
  #channel: number;

  constructor(words: Int32Array, capacity: number, cellWords: number) {
    this.#words = words;
    this.#mask = capacity - 1;
    this.#round = 2 * capacity;
    this.#cellWords = cellWords;
    this.#channel = words[CHANNEL]!;
    this.waits = new CellWaits(words);
  }

  /** Gives every cell its first turn. Before anybody else can have the handle. */
  initialize(): void {
    for (let i = 0; i < this.capacity; i++) this.#words[this.cell(2 * i)] = 2 * i; // I1
    this.#channel = newChannelNumber();
    this.#words[CHANNEL] = this.#channel;
  }

  /** How many cells there are. */
  get capacity(): number {
    return this.#mask + 1;
  }

  /** The index of the first word of the cell of `position`. */
  cell(position: number): number {
    return CELLS_HEADER_BYTES / 4 + ((position >>> 1) & this.#mask) * this.#cellWords;
  }

  /** True after `close`. */
  get isClosed(): boolean {
    return (Atomics.load(this.#words, TAIL) & CLOSED_BIT) !== 0; // ORDER: acquire; pairs with the or in close
  }

  /** Positions between head and tail; a hint. */
  get length(): number {
    const head = Atomics.load(this.#words, HEAD); // ORDER: before TAIL, so that the difference is never negative
    return Math.min(((Atomics.load(this.#words, TAIL) & ~CLOSED_BIT) - head) >>> 1, this.capacity); // ORDER: a hint
  }

  /** Claims a cell to fill: a position, `NOT_NOW` or `OVER`. */
  tryClaimSend(): number {
    const words = this.#words;
    let tail = words[TAIL]!; // I3
    for (;;) {
      // ORDER: acquire; pairs with the store in release: the cell has been read.
      const turn = (Atomics.load(words, this.cell(tail)) - tail) | 0;
      if (turn === 0) {
        noteClaim(this.#channel, tail, 1); // I5
        // ORDER: decides among senders; the cell's word carries the data.
        const seen = Atomics.compareExchange(words, TAIL, tail, (tail + 2) | 0);
        if (seen === tail) return tail;
        casFailed();
        clearClaim();
      }
      const now = Atomics.load(words, TAIL); // I3. ORDER: after the cell's word
      if ((now & CLOSED_BIT) !== 0) return OVER; // I2
      if (now === tail && turn < 0) return NOT_NOW;
      tail = now;
    }
  }

  /** Claims up to `most` neighbouring cells to fill, the first at the position returned; `claimed` tells how many. */
  tryClaimSends(most: number, claimed: { count: number }): number {
    const words = this.#words;
    for (;;) {
      const tail = Atomics.load(words, TAIL); // ORDER: before the cells' words
      if ((tail & CLOSED_BIT) !== 0) return OVER; // I2
      let count = 0;
      // ORDER: acquire; pairs with the store in release: the cells have been read.
      while (count < most && Atomics.load(words, this.cell(tail + 2 * count)) === ((tail + 2 * count) | 0))
        count++;
      if (count === 0) {
        if (((Atomics.load(words, this.cell(tail)) - tail) | 0) < 0) return NOT_NOW; // ORDER: as above
        continue;
      }
      noteClaim(this.#channel, tail, count); // I5
      claimed.count = count;
      if (Atomics.compareExchange(words, TAIL, tail, (tail + 2 * count) | 0) === tail) return tail; // ORDER: as in tryClaimSend
      casFailed();
      clearClaim();
    }
  }

  /** Claims a cell to read: a position, `NOT_NOW` or `OVER`. */
  tryClaimRecv(): number {
    const words = this.#words;
    let head = words[HEAD]!; // I3
    for (;;) {
      const cell = this.cell(head);
      // ORDER: acquire; pairs with the store in publish: the item is there.
      const turn = (Atomics.load(words, cell) - (head + 1)) | 0;
      if (turn === 0) {
        noteClaim(this.#channel, head | 1, 1); // I5
        // ORDER: decides among receivers.
        if (Atomics.compareExchange(words, HEAD, head, (head + 2) | 0) === head) {
          if (words[cell + 1] !== EMPTIED) return head;
          this.#passOver(head, 1);
        } else {
          casFailed();
          clearClaim();
        }
      }
      const now = Atomics.load(words, HEAD); // I3. ORDER: before TAIL
      // ORDER: acquire; pairs with the or in close. HEAD never passes TAIL: when TAIL is at `head`, HEAD still is.
      if (now === head && turn < 0) return Atomics.load(words, TAIL) === (head | CLOSED_BIT) ? OVER : NOT_NOW;
      head = now;
    }
  }

  /** Claims up to `most` neighbouring cells to read, the first at the position returned; `claimed` tells how many. */
  tryClaimRecvs(most: number, claimed: { count: number }): number {
    const words = this.#words;
    for (;;) {
      const head = Atomics.load(words, HEAD); // ORDER: before the cells' words and TAIL
      let count = 0;
      // ORDER: acquire; pairs with the store in publish: the items are there.
      while (
        count < most &&
        Atomics.load(words, this.cell(head + 2 * count)) === ((head + 2 * count + 1) | 0)
      ) {
        if (words[this.cell(head + 2 * count) + 1] === EMPTIED) break;
        count++;
      }
      if (count === 0) {
        const first = this.tryClaimRecv();
        claimed.count = 1;
        return first;
      }
      noteClaim(this.#channel, head | 1, count); // I5
      claimed.count = count;
      if (Atomics.compareExchange(words, HEAD, head, (head + 2 * count) | 0) === head) return head; // ORDER: as in tryClaimRecv
      casFailed();
      clearClaim();
    }
  }

  /** Hands `count` filled cells to the receivers. */
  publish(position: number, count = 1): void {
    for (let i = 0; i < count; i++) {
      // I1. ORDER: release; pairs with the load in tryClaimRecv.
      Atomics.store(this.#words, this.cell(position + 2 * i), (position + 2 * i + 1) | 0);
    }
    clearClaim();
    const counts = this.waits.counts();
    if (counts !== 0) this.#wake(counts, RECEIVERS, SENDERS);
  }

  /** Hands `count` read cells to the senders of the next round. */
  release(position: number, count = 1): void {
    for (let i = 0; i < count; i++) {
      // I1. ORDER: release; pairs with the load in tryClaimSend.
      Atomics.store(this.#words, this.cell(position + 2 * i), (position + 2 * i + this.#round) | 0);
    }
    clearClaim();
    const counts = this.waits.counts();
    if (counts !== 0) this.#wake(counts, SENDERS, RECEIVERS);
  }

  /** Lets no more items in. @throws {ChannelError} `close of closed channel` */
  close(): void {
    // I2. ORDER: release; pairs with the loads of TAIL.
    if ((Atomics.or(this.#words, TAIL, CLOSED_BIT) & CLOSED_BIT) !== 0) {
      throw new ChannelError("close of closed channel");
    }
    this.waits.wakeAll(SENDERS);
    this.waits.wakeAll(RECEIVERS);
  }

  /** True when a claim on this side would not be `NOT_NOW`. */
  isReady(side: Side): boolean {
    const words = this.#words;
    if (side === SENDERS) {
      const tail = Atomics.load(words, TAIL); // ORDER: before the cell's word
      if ((tail & CLOSED_BIT) !== 0) return true;
      return ((Atomics.load(words, this.cell(tail)) - tail) | 0) >= 0; // ORDER: acquire; pairs with release
    }
    const head = Atomics.load(words, HEAD); // ORDER: before the cell's word and TAIL
    if (((Atomics.load(words, this.cell(head)) - (head + 1)) | 0) >= 0) return true; // ORDER: acquire; pairs with publish
    return Atomics.load(words, TAIL) === (head | CLOSED_BIT); // ORDER: acquire; pairs with the or in close
  }

  /** Until `isReady`. */
  untilReady(side: Side): SlowPath {
    return this.waits.until(
      side,
      () => this.isReady(side),
      () => this.repair(side, noticeEnd),
    );
  }

  /** Wakes on (I4): for who leaves `side` without having taken anything. */
  wakeOn(side: Side): void {
    const counts = this.waits.counts();
    if (this.waits.isAwaited(counts, side)) this.#wakeOn(side);
  }

  /**
   * Hands the cell on that `side` waits for, when the thread that had it has died (I5); true when it did. Who has waited a
   * while asks with `noticeEnd`, which may be a system call; who only tries, with `hasEnded`.
   */
  repair(side: Side, isEnded: (thread: number) => boolean): boolean {
    const words = this.#words;
    const isSend = side === SENDERS;
    const at = Atomics.load(words, isSend ? TAIL : HEAD) & ~CLOSED_BIT; // ORDER: before the cell's word
    // Senders wait for who reads the cell of the round before, receivers for who fills this one.
    const stuck = isSend ? (at - this.#round) | 0 : at;
    const held = isSend ? (stuck + 1) | 0 : stuck;
    const end = Atomics.load(words, isSend ? HEAD : TAIL) & ~CLOSED_BIT; // ORDER: acquire; the claim and its note are seen
    if (((end - stuck) | 0) <= 0 || Atomics.load(words, this.cell(stuck)) !== held) return false; // ORDER: acquire; handed on?
    if (fateOf(this.#channel, held, isEnded) !== "ended" || !this.#beginRepair()) return false;
    // ORDER: acquire; nobody else hands on a dead thread's cell while this thread repairs.
    const isStuck = Atomics.load(words, this.cell(stuck)) === held;
    if (isStuck) {
      if (isSend) this.#passOver(stuck, 1);
      else {
        words[this.cell(stuck) + 1] = EMPTIED;
        this.publish(stuck);
      }
    }
    Atomics.store(words, REPAIR, 0); // ORDER: release; pairs with the compare-exchange in #beginRepair
    return isStuck;
  }

  #beginRepair(): boolean {
    const owner = Atomics.load(this.#words, REPAIR); // ORDER: none needed; the compare-exchange decides
    if (owner !== 0 && !hasEnded(owner - 1)) return false;
    // ORDER: acquire; pairs with the store in repair.
    return Atomics.compareExchange(this.#words, REPAIR, owner, thisThread + 1) === owner;
  }

  #passOver(position: number, count: number): void {
    this.#words[this.cell(position) + 1] = 0;
    this.release(position, count);
  }

  #wake(counts: number, other: Side, own: Side): void {
    if (this.waits.isAwaited(counts, other)) this.waits.wake(other);
    if (this.waits.isAwaited(counts, own)) this.#wakeOn(own);
  }

  #wakeOn(side: Side): void {
    if (this.isClosed) this.waits.wakeAll(side);
    else if (this.isReady(side)) this.waits.wake(side);
  }
}

/** The error of a send after close. */
export function sendOnClosed(): ChannelError {
  return new ChannelError("send on closed channel");
}

/** The next power of two that is not less. */
export function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
