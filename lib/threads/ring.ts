// Ring: a channel of numbers from one thread to one other.
//
// A side that finds it full or empty pauses a few times (pause.ts) and then sleeps.
//
// Source: the algorithm is in ringwords.ts. Item sizes: 4 or 8 bytes, side by side, so sixteen int32 travel in one line.

import { powerOfTwo } from "./cells.js";
import { checkCount, type Handle, type Placement, place, type Shared } from "./memory.js";
import { checkTimeout, parkTask, parkThread, type WaitOptions } from "./park.js";
import { pause } from "./pause.js";
import { RING_HEADER_BYTES, type RingNumbers, RingWords } from "./ringwords.js";
import { ENDED, type RecvCase, type SendCase } from "./selectcase.js";
import { checkMayBlock } from "./thread.js";

const KIND = 1;
const CAPACITY = 2;
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
 * The sending thread closes. Another thread may take over a side when the former has told it so, by message or lock. When the thread
 * of one side dies, the other finds every item that was sent, whole, and then waits until somebody closes. To receive with a time
 * limit, or from the first of several: `selectFor(ms, ring.onRecv(), …)`, `await selectAsync([ring.onRecv(), …], { timeoutMs })`.
 *
 * **Happens-before:** a send synchronizes before the receive of its item; the k-th receive before the send of item k + capacity.
 * **Cost:** a send that need not wait is one atomic exchange, a receive one and at most one load; in batches, that for the whole batch.
 * **Limits:** two threads on one side at a time lose items (use a `Queue`). Closed by another thread than the sending one,
 * an item that is being sent may stay inside. More than 4 selects that wait on one side: the others look every millisecond.
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
 *   } else for (const item of ring) sum += item;
 *   return sum;
 * }, { args: [ring] });
 * console.log(sums); // prints: [ 0, 500500 ]
 */
export class Ring implements Shared {
  readonly handle: Handle;
  /** How many items it holds. */
  readonly capacityItems: number;
  readonly #ring: RingWords;
  readonly #words: Int32Array;
  readonly #isInt32: boolean;

  constructor(options: RingOptions = {}) {
    const { at, kind = "float64", capacityItems = DEFAULT_CAPACITY } = options;
    const bytes = at === undefined ? itemBytes(kind, capacityItems) : 0;
    this.handle = place("Ring", RING_HEADER_BYTES + bytes, options);
    const { buffer, offset } = this.handle;
    this.#words = new Int32Array(buffer, offset, RING_HEADER_BYTES / 4);
    if (at === undefined) {
      // ORDER: none needed; before anybody else can have the handle.
      this.#words[KIND] = kind === "int32" ? 1 : 0;
      this.#words[CAPACITY] = powerOfTwo(capacityItems);
    }
    this.capacityItems = this.#words[CAPACITY]!;
    this.#isInt32 = this.#words[KIND] === 1;
    const first = offset + RING_HEADER_BYTES;
    const items = this.#isInt32
      ? new Int32Array(buffer, first, this.capacityItems)
      : new Float64Array(buffer, first, this.capacityItems);
    this.#ring = new RingWords(this.#words, items);
  }

  /** Attaches to the ring that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Ring {
    return new Ring({ at: handle });
  }

  /** True after `close`; items may still be inside. */
  get isClosed(): boolean {
    return this.#ring.isClosed;
  }

  /** How many items are inside. Out of date as soon as you read it. */
  get length(): number {
    return this.#ring.length;
  }

  /** Sends `value`; sleeps while the ring is full. Refused on the main thread. */
  send(value: number): void {
    this.#checkItem("send", value);
    checkMayBlock("Ring.send", "await ring.sendAsync(value)");
    for (let pauses = 0; !this.#ring.push(value); pauses++) {
      if (!pause(pauses)) parkThread(this.#words, this.#ring.untilRoom());
    }
  }

  /** Sends `value` if there is room now; never sleeps. */
  trySend(value: number): boolean {
    this.#checkItem("trySend", value);
    return this.#ring.push(value);
  }

  /** Sends `value` without blocking the thread; resolves to false after `timeoutMs`, and then has not sent it. */
  async sendAsync(value: number, options: WaitOptions = {}): Promise<boolean> {
    this.#checkItem("sendAsync", value);
    const { timeoutMs = Number.POSITIVE_INFINITY, signal } = options;
    checkTimeout("Ring.sendAsync", timeoutMs);
    signal?.throwIfAborted();
    const deadline = performance.now() + timeoutMs;
    while (!this.#ring.push(value)) {
      const leftMs = Math.max(0, deadline - performance.now());
      if (!(await parkTask(this.#words, this.#ring.untilRoom(), { signal, timeoutMs: leftMs }))) return false;
    }
    return true;
  }

  /** Receives an item; sleeps while the ring is empty. `undefined`: closed and empty. Refused on the main thread. */
  recv(): number | undefined {
    checkMayBlock("Ring.recv", "await ring.recvAsync()");
    for (let pauses = 0; ; pauses++) {
      const item = this.#ring.pull();
      if (item !== undefined || this.#ring.isOver) return item;
      if (!pause(pauses)) parkThread(this.#words, this.#ring.untilItem());
    }
  }

  /** Receives an item if there is one now, else `undefined`; never sleeps. */
  tryRecv(): number | undefined {
    return this.#ring.pull();
  }

  /** Receives without blocking the thread. `undefined`: closed and empty. */
  async recvAsync(options: Pick<WaitOptions, "signal"> = {}): Promise<number | undefined> {
    options.signal?.throwIfAborted();
    for (;;) {
      const item = this.#ring.pull();
      if (item !== undefined || this.#ring.isOver) return item;
      await parkTask(this.#words, this.#ring.untilItem(), { signal: options.signal });
    }
  }

  /** Sends all of `values`, in parts if need be; sleeps while the ring is full. Refused on the main thread. */
  sendBatch(values: Int32Array | Float64Array): void {
    this.#checkBatch("sendBatch", values);
    checkMayBlock("Ring.sendBatch", "await ring.sendBatchAsync(values)");
    const ring = this.#ring;
    for (let sent = 0, pauses = 0; ; pauses++) {
      const before = sent;
      sent = ring.pushMany(values, before);
      if (sent === values.length) return;
      if (sent > before) pauses = 0;
      if (!pause(pauses)) parkThread(this.#words, ring.untilRoom());
    }
  }

  /** Like `sendBatch` without blocking the thread. When it is aborted, the first items may have been sent. */
  async sendBatchAsync(
    values: Int32Array | Float64Array,
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<void> {
    this.#checkBatch("sendBatchAsync", values);
    const ring = this.#ring;
    for (let sent = ring.pushMany(values, 0); sent < values.length; sent = ring.pushMany(values, sent)) {
      await parkTask(this.#words, ring.untilRoom(), { signal: options.signal });
    }
  }

  /**
   * Receives what is there, at most as much as fits into `into`, and returns how many; sleeps while the ring is empty. 0: closed
   * and empty. Refused on the main thread.
   */
  recvBatch(into: Int32Array | Float64Array): number {
    this.#checkBatch("recvBatch", into);
    checkMayBlock("Ring.recvBatch", "await ring.recvBatchAsync(into)");
    for (let pauses = 0; ; pauses++) {
      const count = this.#ring.pullMany(into);
      if (count > 0 || into.length === 0 || this.#ring.isOver) return count;
      if (!pause(pauses)) parkThread(this.#words, this.#ring.untilItem());
    }
  }

  /** Like `recvBatch` without blocking the thread. */
  async recvBatchAsync(
    into: Int32Array | Float64Array,
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<number> {
    this.#checkBatch("recvBatchAsync", into);
    for (;;) {
      const count = this.#ring.pullMany(into);
      if (count > 0 || into.length === 0 || this.#ring.isOver) return count;
      await parkTask(this.#words, this.#ring.untilItem(), { signal: options.signal });
    }
  }

  /**
   * A case of `select`: receive. For the receiving thread.
   *
   * @example
   * const [prices, stop] = [new Ring(), new Queue()];
   * prices.trySend(7);
   * console.log(await selectAsync([prices.onRecv(), stop.onRecv()])); // prints: { index: 0, value: 7, ok: true }
   */
  onRecv(): RecvCase<number> {
    return this.#ring.recvCase(() => {
      const value = this.#ring.pull();
      if (value !== undefined) return { value, ok: true };
      return this.#ring.isOver ? ENDED : null;
    });
  }

  /**
   * A case of `select`: send `value`. For the sending thread.
   *
   * @example
   * const ring = new Ring({ capacityItems: 1 });
   * ring.trySend(1);
   * console.log(select(ring.onSend(2), onDefault()).index); // prints: 1
   */
  onSend(value: number): SendCase {
    this.#checkItem("onSend", value);
    return this.#ring.sendCase(() => this.#ring.push(value));
  }

  /** Receives until the ring is closed and empty, as Go's `for range`. Refused on the main thread. */
  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let item = this.recv(); item !== undefined; item = this.recv()) yield item;
  }

  /** Receives until the ring is closed and empty, without blocking the thread. */
  async *[Symbol.asyncIterator](): AsyncGenerator<number, void, undefined> {
    for (let item = await this.recvAsync(); item !== undefined; item = await this.recvAsync()) yield item;
  }

  /** Says that no more items come. The receiver gets what is inside and then `undefined`. */
  close(): void {
    this.#ring.close();
  }

  #checkItem(call: string, value: number): void {
    if (this.#isInt32 ? (value | 0) === value : typeof value === "number") return;
    const expected = this.#isInt32 ? "an integer of 32 bits" : "a number";
    throw new TypeError(`Ring.${call}: expected \`value\` to be ${expected}, got ${String(value)}`);
  }

  #checkBatch(call: string, values: unknown): asserts values is RingNumbers {
    if (this.#isInt32 ? values instanceof Int32Array : values instanceof Float64Array) return;
    throw new TypeError(
      `Ring.${call}: expected a batch of this ring to be ${this.#isInt32 ? "an Int32Array" : "a Float64Array"}`,
    );
  }
}

function itemBytes(kind: "int32" | "float64", capacityItems: number): number {
  checkCount("Ring", "capacityItems", capacityItems, 1, MOST);
  if (!Object.hasOwn(KINDS, kind)) {
    throw new TypeError(`Ring: expected \`kind\` to be int32 or float64, got ${String(kind)}`);
  }
  return powerOfTwo(capacityItems) * KINDS[kind].BYTES_PER_ELEMENT;
}
