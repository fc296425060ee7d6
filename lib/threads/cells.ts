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
//  I3. A waiter counts itself, remembers the side's sequence of wake-ups, looks again, and sleeps on that sequence. Who
//      hands a cell on does so before it looks at the count. So one of the two sees the other.
//  I4. A wake-up wakes one. It may be for a cell behind one that is not handed on yet; then the one woken sleeps again.
//      So whoever goes through a side and sees the next cell ready, or the end, wakes on. (Without that, two items and two
//      receivers can end with one of each and nobody moving.)
//
// Source: Vyukov, "Bounded MPMC queue" (2010, 1024cores.net). Differs: positions in twos (a capacity of 1 works, close
// has a bit), and threads can sleep.

import { ChannelError } from "./channelerror.js";
import { LINE_BYTES } from "./memory.js";
import { parkTask, parkThread, type SlowPath, type WaitOptions } from "./park.js";
import { checkMayBlock } from "./thread.js";

const LINE = LINE_BYTES / 4;
const TAIL = LINE;
const HEAD = 2 * LINE;
/** A side's sequence of wake-ups; the count of its waiters is the next word. */
const SENDERS = 3 * LINE;
const RECEIVERS = 3 * LINE + 2;
const CLOSED_BIT = 1;

/** Bytes before the first cell. The first line is the owner's. */
export const CELLS_HEADER_BYTES: number = 4 * LINE_BYTES;
/** In place of a position, which is even: no cell is ready. */
export const NOT_NOW = 1;
/** In place of a position: closed, and for a receiver also empty. */
export const OVER = 3;

/** The queue of cells in `words`, each `cellWords` long; the first word of a cell is its sequence. */
export class Cells {
  readonly #words: Int32Array;
  readonly #capacity: number;
  readonly #cellWords: number;
  readonly #label: string;

  constructor(words: Int32Array, capacity: number, cellWords: number, label: string) {
    this.#words = words;
    this.#capacity = capacity;
    this.#cellWords = cellWords;
    this.#label = label;
  }

  /** Gives every cell its first turn. Before anybody else can have the handle. */
  initialize(): void {
    for (let i = 0; i < this.#capacity; i++) this.#words[this.cell(2 * i)] = 2 * i; // I1
  }

  /** The index of the first word of the cell of `position`. */
  cell(position: number): number {
    return CELLS_HEADER_BYTES / 4 + ((position >>> 1) & (this.#capacity - 1)) * this.#cellWords;
  }

  /** True after `close`. */
  get isClosed(): boolean {
    return (Atomics.load(this.#words, TAIL) & CLOSED_BIT) !== 0; // ORDER: acquire; pairs with the or in close
  }

  /** Positions between head and tail; a hint. */
  get length(): number {
    const head = Atomics.load(this.#words, HEAD); // ORDER: before TAIL, so that the difference is never negative
    return Math.min(((Atomics.load(this.#words, TAIL) & ~CLOSED_BIT) - head) >>> 1, this.#capacity); // ORDER: a hint
  }

  /** Claims a cell to fill: a position, `NOT_NOW` or `OVER`. */
  tryClaimSend(): number {
    const words = this.#words;
    for (;;) {
      const tail = Atomics.load(words, TAIL); // ORDER: before the cell's word
      if ((tail & CLOSED_BIT) !== 0) return OVER; // I2
      // ORDER: acquire; pairs with the store in release: the cell has been read.
      const turn = (Atomics.load(words, this.cell(tail)) - tail) | 0;
      if (turn < 0) return NOT_NOW;
      // ORDER: none needed; it decides among senders, the cell's word carries the data.
      if (turn === 0 && Atomics.compareExchange(words, TAIL, tail, tail + 2) === tail) return tail;
    }
  }

  /** Claims a cell to read: a position, `NOT_NOW` or `OVER`. */
  tryClaimRecv(): number {
    const words = this.#words;
    for (;;) {
      const head = Atomics.load(words, HEAD); // ORDER: before the cell's word and TAIL
      // ORDER: acquire; pairs with the store in publish: the item is there.
      const turn = (Atomics.load(words, this.cell(head)) - (head + 1)) | 0;
      // ORDER: acquire; pairs with the or in close. HEAD never passes TAIL: when TAIL is at `head`, HEAD still is.
      if (turn < 0) return Atomics.load(words, TAIL) === (head | CLOSED_BIT) ? OVER : NOT_NOW;
      // ORDER: none needed; it decides among receivers.
      if (turn === 0 && Atomics.compareExchange(words, HEAD, head, head + 2) === head) return head;
    }
  }

  /** Hands a filled cell to the receivers. */
  publish(position: number): void {
    // I1. ORDER: release; pairs with the load in tryClaimRecv.
    Atomics.store(this.#words, this.cell(position), position + 1);
    this.#wakeOne(RECEIVERS);
    this.#wakeOn(SENDERS); // I4
  }

  /** Hands a read cell to the senders of the next round. */
  release(position: number): void {
    // I1. ORDER: release; pairs with the load in tryClaimSend.
    Atomics.store(this.#words, this.cell(position), position + 2 * this.#capacity);
    this.#wakeOne(SENDERS);
    this.#wakeOn(RECEIVERS); // I4
  }

  /** Claims a cell to fill; sleeps while there is none. @throws {ChannelError} `send on closed channel` */
  claimSend(): number {
    checkMayBlock(`${this.#label}.send`, `await ${this.#label.toLowerCase()}.sendAsync(value)`);
    for (;;) {
      const position = this.tryClaimSend();
      if (position === OVER) throw sendOnClosed();
      if (position !== NOT_NOW) return position;
      parkThread(this.#words, this.#untilReady(SENDERS));
    }
  }

  /** Claims a cell to read, or `OVER`; sleeps while there is neither. */
  claimRecv(call: string): number {
    checkMayBlock(`${this.#label}.${call}`, `await ${this.#label.toLowerCase()}.${call}Async()`);
    for (;;) {
      const position = this.tryClaimRecv();
      if (position !== NOT_NOW) return position;
      parkThread(this.#words, this.#untilReady(RECEIVERS));
    }
  }

  /** Claims a cell to fill without blocking the thread; `NOT_NOW` after the time. */
  async claimSendAsync(options: WaitOptions): Promise<number> {
    const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
    signal?.throwIfAborted();
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const position = this.tryClaimSend();
      if (position === OVER) throw sendOnClosed();
      if (position !== NOT_NOW) return position;
      const leftMs = Math.max(0, deadline - performance.now());
      const path = this.#untilReady(SENDERS);
      if (!(await parkTask(this.#words, path, { signal, timeoutMs: leftMs }))) return NOT_NOW;
    }
  }

  /** Claims a cell to read, or `OVER`, without blocking the thread. */
  async claimRecvAsync(options: Pick<WaitOptions, "signal">): Promise<number> {
    options.signal?.throwIfAborted();
    for (;;) {
      const position = this.tryClaimRecv();
      if (position !== NOT_NOW) return position;
      await parkTask(this.#words, this.#untilReady(RECEIVERS), { signal: options.signal });
    }
  }

  /** Lets no more items in. @throws {ChannelError} `close of closed channel` */
  close(): void {
    // I2. ORDER: release; pairs with the loads of TAIL.
    if ((Atomics.or(this.#words, TAIL, CLOSED_BIT) & CLOSED_BIT) !== 0) {
      throw new ChannelError("close of closed channel");
    }
    this.#wakeAll(SENDERS);
    this.#wakeAll(RECEIVERS);
  }

  #wakeOne(side: number): void {
    // I3. ORDER: after the store of the cell's word; pairs with the addition in #untilReady.
    if (Atomics.load(this.#words, side + 1) === 0) return;
    Atomics.add(this.#words, side, 1); // ORDER: release; pairs with the load in #untilReady. Before the notify
    Atomics.notify(this.#words, side, 1);
  }

  #wakeOn(side: number): void {
    // I3. ORDER: after the claim; pairs with the addition in #untilReady.
    if (Atomics.load(this.#words, side + 1) === 0) return;
    if (this.isClosed) this.#wakeAll(side);
    else if (this.#isReady(side)) this.#wakeOne(side);
  }

  #wakeAll(side: number): void {
    Atomics.add(this.#words, side, 1); // ORDER: release; pairs with the load in #untilReady. Before the notify
    Atomics.notify(this.#words, side);
  }

  /** True when a claim on this side would not be `NOT_NOW`. */
  #isReady(side: number): boolean {
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

  *#untilReady(side: number): SlowPath {
    const words = this.#words;
    Atomics.add(words, side + 1, 1); // I3. ORDER: before the looks below; pairs with the loads in #wakeOne and #wakeOn
    try {
      for (;;) {
        const wakeups = Atomics.load(words, side); // I3. ORDER: before the look; pairs with the addition in #wakeOne
        if (this.#isReady(side)) return true;
        if ((yield [side, wakeups]) === "timed-out") return this.#isReady(side);
      }
    } finally {
      Atomics.sub(words, side + 1, 1); // ORDER: none needed; too high a count costs a notify
    }
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
