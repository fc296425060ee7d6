// Ring: a channel of numbers from one thread to one other.
//
// Each side has a line of its own with its position and what it last saw of the other's, so the lines travel between the
// cores only when a side believes the ring full or empty.
//
// Invariants:
//  I1. TAIL is written by the producer only, HEAD by the consumer only; both count up for ever, modulo 2^32, and
//      0 <= TAIL - HEAD <= capacity.
//  I2. The producer writes the item before it moves TAIL; the consumer reads it before it moves HEAD. (The tempting wrong
//      order, TAIL first, hands out what the slot held a round ago.)
//  I3. A side that finds nothing to do sets its ASLEEP word and looks again before it sleeps on that word; the other
//      side moves its position before it looks at the word. So one of the two sees the other.
//  I4. Only who wakes clears ASLEEP. A waiter that gives up leaves it: another task of its thread may sleep on it.
//
// Source: Lamport (1983) for the two positions, Lee et al., "MCRingBuffer" (2010) for the remembered ones.
// Rejected: sleeping on the positions themselves; then close, which moves none, could not wake anybody.

import { powerOfTwo } from "./cells.js";
import { ChannelError } from "./channelerror.js";
import { checkCount, type Handle, LINE_BYTES, type Placement, place, type Shared } from "./memory.js";
import { checkTimeout, parkTask, parkThread, type SlowPath, type WaitOptions } from "./park.js";
import { checkMayBlock } from "./thread.js";

const LINE = LINE_BYTES / 4;
const KIND = 1;
const CAPACITY = 2;
/** The producer's line. */
const TAIL = LINE;
const SEEN_HEAD = LINE + 1;
/** The consumer's line. */
const HEAD = 2 * LINE;
const SEEN_TAIL = 2 * LINE + 1;
/** A line that is hardly ever written. */
const CLOSED = 3 * LINE;
const PRODUCER_ASLEEP = 3 * LINE + 1;
const CONSUMER_ASLEEP = 3 * LINE + 2;
const HEADER_BYTES = 4 * LINE_BYTES;
const MOST = 2 ** 26;
const DEFAULT_CAPACITY = 1024;

const KINDS = { int32: Int32Array, float64: Float64Array } as const;

/** Options of a new ring. */
export interface RingOptions extends Placement {
  /** The numbers it carries. Default: float64. */
  readonly kind?: "int32" | "float64";
  /** How many items it holds, rounded up to a power of two. Default: 1024. */
  readonly capacityItems?: number;
}

/**
 * A bounded channel of numbers with one sending and one receiving thread.
 *
 * Sending waits while the ring is full, receiving while it is empty; a closed ring gives what it still holds and then `undefined`.
 * The sending thread closes. Another thread may take over a side when the former has told it so, by message or lock.
 *
 * **Happens-before:** a send synchronizes before the receive of its item; the k-th receive before the send of item k + capacity.
 * **Cost:** a send or receive that need not wait is one atomic store and two loads; in batches, that for the whole batch.
 * **Limits:** two threads on one side at a time lose items (use a `Queue`). Closed by another thread than the sending one,
 * an item that is being sent may stay inside.
 *
 * @throws {ChannelError} `send on closed channel`, `close of closed channel`
 * @throws {RangeError} ``Ring: expected `capacityItems` to be an integer from 1 to 67108864, got 0``
 * @example
 * const ring = new Ring({ kind: "int32", capacityItems: 64 });
 * const sums = await team(2, (t, ring) => {
 *   let sum = 0;
 *   if (t.id === 0) {
 *     for (let i = 1; i <= 1000; i++) ring.send(i);
 *     ring.close();
 *   } else for (let item = ring.recv(); item !== undefined; item = ring.recv()) sum += item;
 *   return sum;
 * }, { args: [ring] });
 * console.log(sums); // prints: [ 0, 500500 ]
 */
export class Ring implements Shared {
  readonly handle: Handle;
  /** How many items it holds. */
  readonly capacityItems: number;
  readonly #words: Int32Array;
  readonly #items: Int32Array | Float64Array;
  readonly #mask: number;
  readonly #isInt32: boolean;

  constructor(options: RingOptions = {}) {
    const { at, kind = "float64", capacityItems = DEFAULT_CAPACITY } = options;
    let bytes = HEADER_BYTES;
    if (at === undefined) {
      checkCount("Ring", "capacityItems", capacityItems, 1, MOST);
      if (!Object.hasOwn(KINDS, kind)) {
        throw new TypeError(`Ring: expected \`kind\` to be int32 or float64, got ${String(kind)}`);
      }
      bytes += powerOfTwo(capacityItems) * KINDS[kind].BYTES_PER_ELEMENT;
    }
    this.handle = place("Ring", bytes, options);
    const { buffer, offset } = this.handle;
    this.#words = new Int32Array(buffer, offset, HEADER_BYTES / 4);
    if (at === undefined) {
      // ORDER: none needed; before anybody else can have the handle.
      this.#words[KIND] = kind === "int32" ? 1 : 0;
      this.#words[CAPACITY] = powerOfTwo(capacityItems);
    }
    this.capacityItems = this.#words[CAPACITY]!;
    this.#isInt32 = this.#words[KIND] === 1;
    this.#mask = this.capacityItems - 1;
    const items = offset + HEADER_BYTES;
    this.#items = this.#isInt32
      ? new Int32Array(buffer, items, this.capacityItems)
      : new Float64Array(buffer, items, this.capacityItems);
  }

  /** Attaches to the ring that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Ring {
    return new Ring({ at: handle });
  }

  /** True after `close`; items may still be inside. */
  get isClosed(): boolean {
    return Atomics.load(this.#words, CLOSED) === 1; // ORDER: acquire; pairs with the exchange in close
  }

  /** How many items are inside. Out of date as soon as you read it. */
  get length(): number {
    const head = Atomics.load(this.#words, HEAD); // ORDER: before TAIL, so that the difference is never negative
    return Math.min((Atomics.load(this.#words, TAIL) - head) | 0, this.capacityItems); // ORDER: a hint for people
  }

  /** Sends `value`; sleeps while the ring is full. Refused on the main thread. */
  send(value: number): void {
    this.#checkItem("send", value);
    checkMayBlock("Ring.send", "await ring.sendAsync(value)");
    while (!this.#push(value)) parkThread(this.#words, this.#untilRoom());
  }

  /** Sends `value` if there is room now; never sleeps. */
  trySend(value: number): boolean {
    this.#checkItem("trySend", value);
    return this.#push(value);
  }

  /** Sends `value` without blocking the thread; resolves to false after `timeoutMs`, and then has not sent it. */
  async sendAsync(value: number, options: WaitOptions = {}): Promise<boolean> {
    this.#checkItem("sendAsync", value);
    const { timeoutMs = Number.POSITIVE_INFINITY, signal } = options;
    checkTimeout("Ring.sendAsync", timeoutMs);
    signal?.throwIfAborted();
    const deadline = performance.now() + timeoutMs;
    while (!this.#push(value)) {
      const leftMs = Math.max(0, deadline - performance.now());
      if (!(await parkTask(this.#words, this.#untilRoom(), { signal, timeoutMs: leftMs }))) return false;
    }
    return true;
  }

  /** Receives an item; sleeps while the ring is empty. `undefined`: closed and empty. Refused on the main thread. */
  recv(): number | undefined {
    checkMayBlock("Ring.recv", "await ring.recvAsync()");
    for (;;) {
      const item = this.tryRecv();
      if (item !== undefined || this.#isOver()) return item;
      parkThread(this.#words, this.#untilItem());
    }
  }

  /** Receives an item if there is one now, else `undefined`; never sleeps. */
  tryRecv(): number | undefined {
    const words = this.#words;
    const head = words[HEAD]!; // I1: ours
    if (words[SEEN_TAIL] === head) {
      // ORDER: acquire; pairs with the store in #push: the item is there.
      const tail = Atomics.load(words, TAIL);
      words[SEEN_TAIL] = tail;
      if (tail === head) return undefined;
    }
    const item = this.#items[head & this.#mask]!;
    Atomics.store(words, HEAD, head + 1); // I2. ORDER: release; pairs with the load in #room
    this.#wake(PRODUCER_ASLEEP);
    return item;
  }

  /** Receives without blocking the thread. `undefined`: closed and empty. */
  async recvAsync(options: Pick<WaitOptions, "signal"> = {}): Promise<number | undefined> {
    options.signal?.throwIfAborted();
    for (;;) {
      const item = this.tryRecv();
      if (item !== undefined || this.#isOver()) return item;
      await parkTask(this.#words, this.#untilItem(), { signal: options.signal });
    }
  }

  /** Sends all of `values`, in parts if need be; sleeps while the ring is full. Refused on the main thread. */
  sendBatch(values: Int32Array | Float64Array): void {
    this.#checkBatch("sendBatch", values);
    checkMayBlock("Ring.sendBatch", "await ring.sendBatchAsync(values)");
    for (let sent = this.#pushMany(values, 0); sent < values.length; sent = this.#pushMany(values, sent)) {
      parkThread(this.#words, this.#untilRoom());
    }
  }

  /** Like `sendBatch` without blocking the thread. When it is aborted, the first items may have been sent. */
  async sendBatchAsync(
    values: Int32Array | Float64Array,
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<void> {
    this.#checkBatch("sendBatchAsync", values);
    for (let sent = this.#pushMany(values, 0); sent < values.length; sent = this.#pushMany(values, sent)) {
      await parkTask(this.#words, this.#untilRoom(), { signal: options.signal });
    }
  }

  /**
   * Receives what is there, at most as much as fits into `into`, and returns how many; sleeps while the ring is empty. 0: closed
   * and empty. Refused on the main thread.
   */
  recvBatch(into: Int32Array | Float64Array): number {
    this.#checkBatch("recvBatch", into);
    checkMayBlock("Ring.recvBatch", "await ring.recvBatchAsync(into)");
    for (;;) {
      const count = this.#pullMany(into);
      if (count > 0 || into.length === 0 || this.#isOver()) return count;
      parkThread(this.#words, this.#untilItem());
    }
  }

  /** Like `recvBatch` without blocking the thread. */
  async recvBatchAsync(
    into: Int32Array | Float64Array,
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<number> {
    this.#checkBatch("recvBatchAsync", into);
    for (;;) {
      const count = this.#pullMany(into);
      if (count > 0 || into.length === 0 || this.#isOver()) return count;
      await parkTask(this.#words, this.#untilItem(), { signal: options.signal });
    }
  }

  /** Says that no more items come. The receiver gets what is inside and then `undefined`. */
  close(): void {
    // ORDER: release; pairs with the load in isClosed. After the last item's store of TAIL.
    if (Atomics.exchange(this.#words, CLOSED, 1) === 1) throw new ChannelError("close of closed channel");
    this.#wake(CONSUMER_ASLEEP);
    this.#wake(PRODUCER_ASLEEP);
  }

  /** Closed and empty. */
  #isOver(): boolean {
    // ORDER: CLOSED before TAIL: what was sent before the close is seen.
    return this.isClosed && Atomics.load(this.#words, TAIL) === this.#words[HEAD];
  }

  /** How many items fit, at most `wanted` if the remembered position says so. */
  #room(tail: number, wanted: number): number {
    const words = this.#words;
    const room = (this.capacityItems - (tail - words[SEEN_HEAD]!)) | 0;
    if (room >= wanted) return room;
    const head = Atomics.load(words, HEAD); // ORDER: acquire; pairs with the store in tryRecv: the slot has been read
    words[SEEN_HEAD] = head;
    return (this.capacityItems - (tail - head)) | 0;
  }

  #push(value: number): boolean {
    if (this.isClosed) throw new ChannelError("send on closed channel");
    const tail = this.#words[TAIL]!; // I1: ours
    if (this.#room(tail, 1) === 0) return false;
    this.#items[tail & this.#mask] = value;
    Atomics.store(this.#words, TAIL, tail + 1); // I2. ORDER: release; pairs with the load in tryRecv
    this.#wake(CONSUMER_ASLEEP);
    return true;
  }

  /** Sends what fits from position `from` on and returns the position after it. */
  #pushMany(values: Int32Array | Float64Array, from: number): number {
    if (this.isClosed) throw new ChannelError("send on closed channel");
    const tail = this.#words[TAIL]!; // I1: ours
    const count = Math.min(this.#room(tail, values.length - from), values.length - from);
    if (count === 0) return from;
    for (let i = 0; i < count; i++) this.#items[(tail + i) & this.#mask] = values[from + i]!;
    Atomics.store(this.#words, TAIL, tail + count); // I2. ORDER: release; pairs with the load in #pullMany
    this.#wake(CONSUMER_ASLEEP);
    return from + count;
  }

  #pullMany(into: Int32Array | Float64Array): number {
    const words = this.#words;
    const head = words[HEAD]!; // I1: ours
    let there = (words[SEEN_TAIL]! - head) | 0;
    if (there < into.length) {
      words[SEEN_TAIL] = Atomics.load(words, TAIL); // ORDER: acquire; pairs with the store in #pushMany
      there = (words[SEEN_TAIL]! - head) | 0;
    }
    const count = Math.min(there, into.length);
    if (count === 0) return 0;
    for (let i = 0; i < count; i++) into[i] = this.#items[(head + i) & this.#mask]!;
    Atomics.store(words, HEAD, head + count); // I2. ORDER: release; pairs with the load in #room
    this.#wake(PRODUCER_ASLEEP);
    return count;
  }

  #wake(side: number): void {
    // I3. ORDER: after the store of the position; pairs with the store of the ASLEEP word below.
    if (Atomics.load(this.#words, side) === 0) return;
    Atomics.store(this.#words, side, 0); // I4. ORDER: before the notify
    Atomics.notify(this.#words, side);
  }

  #untilRoom(): SlowPath {
    const isReady = () => this.#room(this.#words[TAIL]!, 1) > 0 || this.isClosed;
    return this.#until(isReady, PRODUCER_ASLEEP);
  }

  #untilItem(): SlowPath {
    // ORDER: acquire; pairs with the store in #push.
    const isReady = () => Atomics.load(this.#words, TAIL) !== this.#words[HEAD] || this.isClosed;
    return this.#until(isReady, CONSUMER_ASLEEP);
  }

  *#until(isReady: () => boolean, side: number): SlowPath {
    while (!isReady()) {
      Atomics.store(this.#words, side, 1); // I3. ORDER: before the second look; pairs with the load in #wake
      if (isReady()) return true;
      if ((yield [side, 1]) === "timed-out") return isReady();
    }
    return true;
  }

  #checkItem(call: string, value: number): void {
    if (this.#isInt32 ? (value | 0) === value : typeof value === "number") return;
    const expected = this.#isInt32 ? "an integer of 32 bits" : "a number";
    throw new TypeError(`Ring.${call}: expected \`value\` to be ${expected}, got ${String(value)}`);
  }

  #checkBatch(call: string, values: unknown): void {
    if (this.#isInt32 ? values instanceof Int32Array : values instanceof Float64Array) return;
    throw new TypeError(
      `Ring.${call}: expected a batch of this ring to be ${this.#isInt32 ? "an Int32Array" : "a Float64Array"}`,
    );
  }
}
