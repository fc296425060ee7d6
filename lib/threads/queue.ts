// Queue: a bounded channel of numbers between any number of threads.
//
// Source: the algorithm is in cells.ts. Item and sequence word lie side by side, 16 bytes a cell, so a hand-over moves one line.

import { CellPort } from "./cellport.js";
import { CELLS_HEADER_BYTES, Cells, NOT_NOW, OVER, powerOfTwo } from "./cells.js";
import { RECEIVERS, SENDERS } from "./cellwaits.js";
import { checkCount, type Handle, type Placement, place, type Shared } from "./memory.js";
import { checkTimeout, type WaitOptions } from "./park.js";
import { cellCase, ENDED, type RecvCase, SENT, type SendCase } from "./selectcase.js";

const CAPACITY = 1;
const CELL_WORDS = 4;
const MOST = 2 ** 24;
const DEFAULT_CAPACITY = 1024;

/** Options of a new queue. */
export interface QueueOptions extends Placement {
  /** How many items it holds, rounded up to a power of two. Default: 1024. */
  readonly capacityItems?: number;
}

/**
 * A bounded channel of numbers (float64) with any number of sending and receiving threads.
 *
 * Sending waits while it is full, receiving while it is empty; a closed queue gives what it still holds and then
 * `undefined`. Items of one sender come in its order. Any thread may close.
 *
 * **Happens-before:** a send synchronizes before the receive of its item; the k-th receive before the send of item k + capacity.
 * **Cost:** a send or receive that need not wait is one compare-exchange, one atomic store and two loads; in batches, one
 * compare-exchange for the batch, and a store and a load for each item.
 * **Limits:** no order among waiters. An item that is being sent or received by a thread that dies goes with it; the others
 * go on, after at most about a second.
 *
 * @throws {ChannelError} `send on closed channel`, `close of closed channel`
 * @throws {RangeError} ``Queue: expected `capacityItems` to be an integer from 1 to 16777216, got 0``
 * @example
 * const jobs = new Queue({ capacityItems: 8 });
 * const results = await team(3, (t, jobs) => {
 *   let sum = 0;
 *   if (t.id === 0) {
 *     for (let i = 1; i <= 1000; i++) jobs.send(i);
 *     jobs.close();
 *   } else for (const job of jobs) sum += job;
 *   return sum;
 * }, { args: [jobs] });
 * console.log(results[1]! + results[2]!); // prints: 500500
 */
export class Queue implements Shared {
  readonly handle: Handle;
  /** How many items it holds. */
  readonly capacityItems: number;
  readonly #cells: Cells;
  readonly #port: CellPort;
  readonly #items: Float64Array;

  constructor(options: QueueOptions = {}) {
    const { at, capacityItems = DEFAULT_CAPACITY } = options;
    if (at === undefined) checkCount("Queue", "capacityItems", capacityItems, 1, MOST);
    const bytes = at === undefined ? powerOfTwo(capacityItems) * CELL_WORDS * 4 : 0;
    this.handle = place("Queue", CELLS_HEADER_BYTES + bytes, options);
    const { buffer, offset } = this.handle;
    const header = new Int32Array(buffer, offset, CELLS_HEADER_BYTES / 4);
    // ORDER: none needed; before anybody else can have the handle.
    if (at === undefined) header[CAPACITY] = powerOfTwo(capacityItems);
    this.capacityItems = header[CAPACITY]!;
    const length = CELLS_HEADER_BYTES / 4 + this.capacityItems * CELL_WORDS;
    const words = new Int32Array(buffer, offset, length);
    this.#cells = new Cells(words, this.capacityItems, CELL_WORDS);
    this.#port = new CellPort(this.#cells, words, "Queue");
    this.#items = new Float64Array(buffer, offset, length / 2);
    if (at === undefined) this.#cells.initialize();
  }

  /** Attaches to the queue that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Queue {
    return new Queue({ at: handle });
  }

  /** True after `close`; items may still be inside. */
  get isClosed(): boolean {
    return this.#cells.isClosed;
  }

  /** How many items are inside or on their way in. Out of date as soon as you read it. */
  get length(): number {
    return this.#cells.length;
  }

  /** Sends `value`; sleeps while the queue is full. Refused on the main thread. */
  send(value: number): void {
    checkItem("send", value);
    this.#port.checkMayBlock("send", "value");
    const position = this.#cells.tryClaimSend();
    this.#fill((position & 1) === 0 ? position : this.#port.claim(SENDERS, 1), value);
  }

  /** Sends `value` if there is room now; never sleeps. */
  trySend(value: number): boolean {
    checkItem("trySend", value);
    const position = this.#port.tryClaim(SENDERS, 1);
    if (position === NOT_NOW) return false;
    this.#fill(position, value);
    return true;
  }

  /** Sends `value` without blocking the thread; resolves to false after `timeoutMs`, and then has not sent it. */
  async sendAsync(value: number, options: WaitOptions = {}): Promise<boolean> {
    checkItem("sendAsync", value);
    if (options.timeoutMs !== undefined) checkTimeout("Queue.sendAsync", options.timeoutMs);
    const sent = await this.#port.retry(SENDERS, options, () => this.trySend(value) || null);
    return sent === true;
  }

  /** Receives an item; sleeps while the queue is empty. `undefined`: closed and empty. Refused on the main thread. */
  recv(): number | undefined {
    this.#port.checkMayBlock("recv", "");
    const position = this.#cells.tryClaimRecv();
    return this.#take((position & 1) === 0 ? position : this.#port.claim(RECEIVERS, 1));
  }

  /** Receives an item if there is one now, else `undefined`; never sleeps. */
  tryRecv(): number | undefined {
    return this.#take(this.#port.tryClaim(RECEIVERS, 1));
  }

  /** Receives without blocking the thread. `undefined`: closed and empty. */
  async recvAsync(options: Pick<WaitOptions, "signal"> = {}): Promise<number | undefined> {
    const item = await this.#port.retry(RECEIVERS, options, () => {
      const position = this.#port.tryClaim(RECEIVERS, 1);
      return position === NOT_NOW ? null : this.#take(position);
    });
    return item ?? undefined;
  }

  /**
   * Sends all of `values`, in parts if need be; sleeps while the queue is full. Each part stays together, other senders' items
   * may come between parts. Refused on the main thread.
   */
  sendBatch(values: Float64Array): void {
    checkBatch("sendBatch", values);
    this.#port.checkMayBlock("sendBatch", "values");
    for (let sent = 0; sent < values.length; ) {
      sent = this.#fillMany(this.#port.claim(SENDERS, this.#part(values.length - sent)), values, sent);
    }
  }

  /** Like `sendBatch` without blocking the thread. When it is aborted, the first items may have been sent. */
  async sendBatchAsync(values: Float64Array, options: Pick<WaitOptions, "signal"> = {}): Promise<void> {
    checkBatch("sendBatchAsync", values);
    let sent = 0;
    await this.#port.retry(SENDERS, options, () => {
      while (sent < values.length) {
        const position = this.#port.tryClaim(SENDERS, this.#part(values.length - sent));
        if (position === NOT_NOW) return null;
        sent = this.#fillMany(position, values, sent);
      }
      return true;
    });
  }

  /**
   * Receives what is there, at most as much as fits into `into`, and returns how many; sleeps while the queue is empty. 0:
   * closed and empty. Refused on the main thread.
   */
  recvBatch(into: Float64Array): number {
    checkBatch("recvBatch", into);
    this.#port.checkMayBlock("recvBatch", "into");
    return into.length === 0 ? 0 : this.#takeMany(this.#port.claim(RECEIVERS, this.#part(into.length)), into);
  }

  /** Like `recvBatch` without blocking the thread. */
  async recvBatchAsync(into: Float64Array, options: Pick<WaitOptions, "signal"> = {}): Promise<number> {
    checkBatch("recvBatchAsync", into);
    if (into.length === 0) return 0;
    const count = await this.#port.retry(RECEIVERS, options, () => {
      const position = this.#port.tryClaim(RECEIVERS, this.#part(into.length));
      return position === NOT_NOW ? null : this.#takeMany(position, into);
    });
    return count ?? 0;
  }

  /** A case of `select`: receive. */
  onRecv(): RecvCase<number> {
    return cellCase("recv", this.#cells, RECEIVERS, () => {
      const position = this.#port.tryClaim(RECEIVERS, 1);
      if (position === NOT_NOW) return null;
      return position === OVER ? ENDED : { value: this.#take(position), ok: true };
    });
  }

  /** A case of `select`: send `value`. */
  onSend(value: number): SendCase {
    checkItem("onSend", value);
    return cellCase("send", this.#cells, SENDERS, () => (this.trySend(value) ? SENT : null));
  }

  /** Receives until the queue is closed and empty, as Go's `for range`. Refused on the main thread. */
  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let item = this.recv(); item !== undefined; item = this.recv()) yield item;
  }

  /** Receives until the queue is closed and empty, without blocking the thread. */
  async *[Symbol.asyncIterator](): AsyncGenerator<number, void, undefined> {
    for (let item = await this.recvAsync(); item !== undefined; item = await this.recvAsync()) yield item;
  }

  /** Lets no more items in. Receivers get what is inside and then `undefined`. */
  close(): void {
    this.#cells.close();
  }

  /** How many items one claim may ask for. */
  #part(wanted: number): number {
    return Math.min(wanted, this.capacityItems);
  }

  #fill(position: number, value: number): void {
    this.#items[(this.#cells.cell(position) >> 1) + 1] = value;
    this.#cells.publish(position);
  }

  #fillMany(position: number, values: Float64Array, from: number): number {
    const { count } = this.#port.claimed;
    for (let i = 0; i < count; i++)
      this.#items[(this.#cells.cell(position + 2 * i) >> 1) + 1] = values[from + i]!;
    this.#cells.publish(position, count);
    return from + count;
  }

  #take(position: number): number | undefined {
    if (position === OVER || position === NOT_NOW) return undefined;
    const item = this.#items[(this.#cells.cell(position) >> 1) + 1];
    this.#cells.release(position);
    return item;
  }

  #takeMany(position: number, into: Float64Array): number {
    if (position === OVER) return 0;
    const { count } = this.#port.claimed;
    for (let i = 0; i < count; i++) into[i] = this.#items[(this.#cells.cell(position + 2 * i) >> 1) + 1]!;
    this.#cells.release(position, count);
    return count;
  }
}

function checkItem(call: string, value: number): void {
  if (typeof value === "number") return;
  throw new TypeError(`Queue.${call}: expected \`value\` to be a number, got ${String(value)}`);
}

function checkBatch(call: string, values: unknown): void {
  if (values instanceof Float64Array) return;
  throw new TypeError(`Queue.${call}: expected a batch of a queue to be a Float64Array`);
}
