// Chan: a bounded channel of values (what structured clone can copy) between any number of threads.
//
// A value is written as bytes into the cell itself; no message port, no event loop. Numbers go as they are.
//
// Invariants:
//  I1. A value becomes bytes before a cell is claimed: what cannot be copied, or is too large, throws and claims nothing.
//  I2. The bytes are copied out of the cell before it is handed on.
//
// Source: the algorithm is in cells.ts, the bytes are made in values.ts.

import { CellPort } from "./cellport.js";
import { CELLS_HEADER_BYTES, Cells, NOT_NOW, OVER, powerOfTwo } from "./cells.js";
import { RECEIVERS, SENDERS } from "./cellwaits.js";
import { checkCount, type Handle, type Placement, place, type Shared } from "./memory.js";
import { checkTimeout, type WaitOptions } from "./park.js";
import { Decoder, Encoder } from "./values.js";

const CAPACITY = 1;
const SLOT_BYTES = 2;
/** Bytes of a cell before the value: sequence word and the one that Cells uses. */
const CELL_HEADER_BYTES = 8;
const MOST = 2 ** 20;
const MOST_SLOT_BYTES = 2 ** 24;
const MOST_BYTES = 2 ** 30;
const DEFAULT_CAPACITY = 64;
const DEFAULT_SLOT_BYTES = 1024;

/** Options of a new channel. */
export interface ChanOptions extends Placement {
  /** How many values it holds, rounded up to a power of two. Default: 64. */
  readonly capacityItems?: number;
  /** The most bytes that a value may take when copied. Default: 1024. Memory: as much for each value that it holds. */
  readonly slotBytes?: number;
}

/**
 * A bounded channel of values between any number of threads. A receiver gets a copy, as with `postMessage`, but neither side
 * needs its event loop.
 *
 * Sending waits while it is full, receiving while it is empty; a closed channel gives what it still holds and then `undefined`.
 * Values of one sender come in its order. Any thread may close.
 *
 * **Happens-before:** a send synchronizes before the receive of its value; the k-th receive before the send of value k + capacity.
 * **Cost:** making bytes of the value and a value of the bytes: some hundred nanoseconds for a small plain object, microseconds
 * for what only structured clone can copy (dates, maps, typed arrays, cycles, more than 64 objects). The queue: as `Queue`.
 * **Limits:** a value has at most `slotBytes` bytes; no functions, no SharedArrayBuffers (hand those to the team). A value that is
 * being sent or received by a thread that dies goes with it; the others go on, after at most about a second.
 *
 * @throws {ChannelError} `send on closed channel`, `close of closed channel`
 * @throws {RangeError} ``Chan.send: the value takes 2005 bytes, a slot has 1024; pass { slotBytes: … }``
 * @example
 * const orders = new Chan<{ item: string; price: number }>({ capacityItems: 4 });
 * const running = team(1, (t, orders) => {
 *   orders.send({ item: "tea", price: 3 });
 *   orders.close();
 * }, { args: [orders] });
 * console.log(await orders.recvAsync()); // prints: { item: 'tea', price: 3 }
 * console.log(await orders.recvOkAsync()); // prints: { value: undefined, ok: false }
 * await running;
 */
export class Chan<T> implements Shared {
  readonly handle: Handle;
  /** How many values it holds. */
  readonly capacityItems: number;
  /** The most bytes that a value may take. */
  readonly slotBytes: number;
  readonly #cells: Cells;
  readonly #port: CellPort;
  readonly #words: Int32Array;
  readonly #encoder = new Encoder();
  readonly #decoder: Decoder;

  constructor(options: ChanOptions = {}) {
    const { at, capacityItems = DEFAULT_CAPACITY, slotBytes = DEFAULT_SLOT_BYTES } = options;
    const bytes = at === undefined ? checkedBytes(capacityItems, slotBytes) : 0;
    this.handle = place("Chan", CELLS_HEADER_BYTES + bytes, options);
    const { buffer, offset } = this.handle;
    const header = new Int32Array(buffer, offset, CELLS_HEADER_BYTES / 4);
    if (at === undefined) {
      // ORDER: none needed; before anybody else can have the handle.
      header[CAPACITY] = powerOfTwo(capacityItems);
      header[SLOT_BYTES] = Math.ceil(slotBytes / 8) * 8;
    }
    this.capacityItems = header[CAPACITY]!;
    this.slotBytes = header[SLOT_BYTES]!;
    const cellBytes = CELL_HEADER_BYTES + this.slotBytes;
    const length = CELLS_HEADER_BYTES + this.capacityItems * cellBytes;
    this.#words = new Int32Array(buffer, offset, length / 4);
    this.#decoder = new Decoder(buffer, offset, length);
    this.#cells = new Cells(this.#words, this.capacityItems, cellBytes / 4);
    this.#port = new CellPort(this.#cells, this.#words, "Chan");
    if (at === undefined) this.#cells.initialize();
  }

  /** Attaches to the channel that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach<T>(handle: Handle): Chan<T> {
    return new Chan<T>({ at: handle });
  }

  /** True after `close`; values may still be inside. */
  get isClosed(): boolean {
    return this.#cells.isClosed;
  }

  /** How many values are inside or on their way in. Out of date as soon as you read it. */
  get length(): number {
    return this.#cells.length;
  }

  /** Sends a copy of `value`; sleeps while the channel is full. Refused on the main thread. */
  send(value: T): void {
    this.#port.checkMayBlock("send", "value");
    this.#encode("send", value);
    this.#fill(this.#port.claim(SENDERS, 1));
  }

  /** Sends a copy of `value` if there is room now; never sleeps. */
  trySend(value: T): boolean {
    this.#encode("trySend", value);
    const position = this.#port.tryClaim(SENDERS, 1);
    if (position === NOT_NOW) return false;
    this.#fill(position);
    return true;
  }

  /** Sends a copy of `value` as it is when there is room, without blocking the thread; false after `timeoutMs`, not sent. */
  async sendAsync(value: T, options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout("Chan.sendAsync", options.timeoutMs);
    const sent = await this.#port.retry(SENDERS, options, () => this.trySend(value) || null);
    return sent === true;
  }

  /** Receives a value; sleeps while the channel is empty. `undefined`: closed and empty. Refused on the main thread. */
  recv(): T | undefined {
    this.#port.checkMayBlock("recv", "");
    return this.#take(this.#port.claim(RECEIVERS, 1));
  }

  /** Like `recv`, and says whether it was a value (`ok`) or the end. */
  recvOk(): { value: T | undefined; ok: boolean } {
    this.#port.checkMayBlock("recvOk", "");
    return this.#takeOk(this.#port.claim(RECEIVERS, 1));
  }

  /** Receives a value if there is one now, else `undefined`; never sleeps. */
  tryRecv(): T | undefined {
    return this.#take(this.#port.tryClaim(RECEIVERS, 1));
  }

  /** Receives without blocking the thread. `undefined`: closed and empty. */
  async recvAsync(options: Pick<WaitOptions, "signal"> = {}): Promise<T | undefined> {
    return (await this.recvOkAsync(options)).value;
  }

  /** Like `recvAsync`, and says whether it was a value (`ok`) or the end. */
  async recvOkAsync(
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<{ value: T | undefined; ok: boolean }> {
    const got = await this.#port.retry(RECEIVERS, options, () => {
      const position = this.#port.tryClaim(RECEIVERS, 1);
      return position === NOT_NOW ? null : this.#takeOk(position);
    });
    return got ?? { value: undefined, ok: false };
  }

  /** Lets no more values in. Receivers get what is inside and then `undefined`. */
  close(): void {
    this.#cells.close();
  }

  /** Receives until the channel is closed and empty, as Go's `for range`. Refused on the main thread. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let got = this.recvOk(); got.ok; got = this.recvOk()) yield got.value as T;
  }

  /** Receives until the channel is closed and empty, without blocking the thread. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let got = await this.recvOkAsync(); got.ok; got = await this.recvOkAsync()) yield got.value as T;
  }

  /** Makes the value's bytes (I1). */
  #encode(call: string, value: T): void {
    const bytes = this.#encoder.encode(value);
    if (bytes <= this.slotBytes) return;
    throw new RangeError(
      `Chan.${call}: the value takes ${bytes} bytes, a slot has ${this.slotBytes}; pass { slotBytes: … }`,
    );
  }

  #fill(position: number): void {
    const word = this.#cells.cell(position);
    this.#words[word + 1] = 0;
    this.#encoder.copyTo(this.#words, word + CELL_HEADER_BYTES / 4);
    this.#cells.publish(position);
  }

  #take(position: number): T | undefined {
    if (position === OVER || position === NOT_NOW) return undefined;
    // I2
    const value = this.#decoder.decode(this.#cells.cell(position) * 4 + CELL_HEADER_BYTES);
    this.#cells.release(position);
    return value as T;
  }

  #takeOk(position: number): { value: T | undefined; ok: boolean } {
    if (position === OVER || position === NOT_NOW) return { value: undefined, ok: false };
    return { value: this.#take(position), ok: true };
  }
}

function checkedBytes(capacityItems: number, slotBytes: number): number {
  checkCount("Chan", "capacityItems", capacityItems, 1, MOST);
  checkCount("Chan", "slotBytes", slotBytes, 8, MOST_SLOT_BYTES);
  const bytes = powerOfTwo(capacityItems) * (CELL_HEADER_BYTES + Math.ceil(slotBytes / 8) * 8);
  if (bytes <= MOST_BYTES) return bytes;
  throw new RangeError(`Chan: expected at most ${MOST_BYTES} bytes for all slots, got ${bytes}`);
}
