// Queue: a bounded channel of numbers between any number of threads.
//
// Source: the algorithm is in cells.ts. Item and sequence word lie side by side, 16 bytes a cell, so a hand-over moves one line.

import { CELLS_HEADER_BYTES, Cells, NOT_NOW, OVER, powerOfTwo, sendOnClosed } from "./cells.js";
import { checkCount, type Handle, type Placement, place, type Shared } from "./memory.js";
import { checkTimeout, type WaitOptions } from "./park.js";

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
 * **Cost:** a send or receive that need not wait is one compare-exchange, one atomic store and four loads.
 * **Limits:** a thread that dies in the middle of a send or receive blocks the queue; no order among waiters.
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
 *   } else for (let job = jobs.recv(); job !== undefined; job = jobs.recv()) sum += job;
 *   return sum;
 * }, { args: [jobs] });
 * console.log(results[1]! + results[2]!); // prints: 500500
 */
export class Queue implements Shared {
  readonly handle: Handle;
  /** How many items it holds. */
  readonly capacityItems: number;
  readonly #cells: Cells;
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
    this.#cells = new Cells(new Int32Array(buffer, offset, length), this.capacityItems, CELL_WORDS, "Queue");
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
    this.#fill(this.#cells.claimSend(), value);
  }

  /** Sends `value` if there is room now; never sleeps. */
  trySend(value: number): boolean {
    checkItem("trySend", value);
    const position = this.#cells.tryClaimSend();
    if (position === OVER) throw sendOnClosed();
    if (position === NOT_NOW) return false;
    this.#fill(position, value);
    return true;
  }

  /** Sends `value` without blocking the thread; resolves to false after `timeoutMs`, and then has not sent it. */
  async sendAsync(value: number, options: WaitOptions = {}): Promise<boolean> {
    checkItem("sendAsync", value);
    if (options.timeoutMs !== undefined) checkTimeout("Queue.sendAsync", options.timeoutMs);
    const position = await this.#cells.claimSendAsync(options);
    if (position === NOT_NOW) return false;
    this.#fill(position, value);
    return true;
  }

  /** Receives an item; sleeps while the queue is empty. `undefined`: closed and empty. Refused on the main thread. */
  recv(): number | undefined {
    return this.#take(this.#cells.claimRecv("recv"));
  }

  /** Receives an item if there is one now, else `undefined`; never sleeps. */
  tryRecv(): number | undefined {
    return this.#take(this.#cells.tryClaimRecv());
  }

  /** Receives without blocking the thread. `undefined`: closed and empty. */
  async recvAsync(options: Pick<WaitOptions, "signal"> = {}): Promise<number | undefined> {
    return this.#take(await this.#cells.claimRecvAsync(options));
  }

  /** Lets no more items in. Receivers get what is inside and then `undefined`. */
  close(): void {
    this.#cells.close();
  }

  #fill(position: number, value: number): void {
    this.#items[this.#cells.cell(position) / 2 + 1] = value;
    this.#cells.publish(position);
  }

  #take(position: number): number | undefined {
    if (position === OVER || position === NOT_NOW) return undefined;
    const item = this.#items[this.#cells.cell(position) / 2 + 1];
    this.#cells.release(position);
    return item;
  }
}

function checkItem(call: string, value: number): void {
  if (typeof value === "number") return;
  throw new TypeError(`Queue.${call}: expected \`value\` to be a number, got ${String(value)}`);
}
