// Chan: a channel of values (what structured clone can copy) between any number of threads, buffered or not.
//
// A value is written as bytes into shared memory; no message port, no event loop.
//
// Invariants:
//  I1. A value becomes bytes before anything is claimed: what cannot be copied, or is too large, throws and changes nothing.
//
// Source: Go src/runtime/chan.go for what it does; how: cells.ts (buffered), rendezvous.ts (unbuffered), values.ts (bytes).

import { Buffered, bufferedBytes } from "./buffered.js";
import { powerOfTwo } from "./cells.js";
import { checkCount, type Handle, type Placement, place, type Shared } from "./memory.js";
import { checkTimeout, type WaitOptions } from "./park.js";
import { END, NOTHING, type Passage } from "./passage.js";
import { Rendezvous, rendezvousBytes } from "./rendezvous.js";
import type { RecvCase, SendCase } from "./selectcase.js";
import { checkMayBlock, mayBlock } from "./thread.js";
import { Encoder } from "./values.js";

const CAPACITY = 1;
const SLOT_BYTES = 2;
const HEADER_WORDS = 3;
const MOST = 2 ** 20;
const MOST_SLOT_BYTES = 2 ** 24;
const MOST_BYTES = 2 ** 30;
const DEFAULT_CAPACITY = 64;
const DEFAULT_SLOT_BYTES = 1024;

/** Options of a new channel. */
export interface ChanOptions extends Placement {
  /** How many values it holds, rounded up to a power of two. 0: unbuffered, a send waits for its receiver. Default: 64. */
  readonly capacityItems?: number;
  /** The most bytes that a value may take when copied. Default: 1024. Memory: as much for each value that it holds. */
  readonly slotBytes?: number;
}

/**
 * A channel of values between any number of threads. A receiver gets a copy, as with `postMessage`, but neither side
 * needs its event loop.
 *
 * Sending waits while it is full, receiving while it is empty; a closed channel gives what it still holds and then `undefined`.
 * With `capacityItems: 0` a send and a receive wait for each other and happen together.
 * Values of one sender come in its order. Any thread may close.
 *
 * **Happens-before:** a send synchronizes before the receive of its value; the k-th receive before the end of the send of value k + capacity.
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
  readonly #passage: Passage;
  readonly #encoder = new Encoder();

  constructor(options: ChanOptions = {}) {
    const { at, capacityItems = DEFAULT_CAPACITY, slotBytes = DEFAULT_SLOT_BYTES } = options;
    const bytes = at === undefined ? checkedBytes(capacityItems, slotBytes) : HEADER_WORDS * 4;
    this.handle = place("Chan", bytes, options);
    const header = new Int32Array(this.handle.buffer, this.handle.offset, HEADER_WORDS);
    if (at === undefined) {
      // ORDER: none needed; before anybody else can have the handle.
      header[CAPACITY] = capacityItems === 0 ? 0 : powerOfTwo(capacityItems);
      header[SLOT_BYTES] = wholeSlot(slotBytes);
    }
    this.capacityItems = header[CAPACITY]!;
    this.slotBytes = header[SLOT_BYTES]!;
    this.#passage =
      this.capacityItems === 0
        ? new Rendezvous(this.handle, this.slotBytes, this.#encoder)
        : new Buffered(this.handle, this.capacityItems, this.slotBytes, at === undefined, this.#encoder);
  }

  /** Attaches to the channel that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach<T>(handle: Handle): Chan<T> {
    return new Chan<T>({ at: handle });
  }

  /** True after `close`; values may still be inside. */
  get isClosed(): boolean {
    return this.#passage.isClosed;
  }

  /** How many values are inside or on their way in. Out of date as soon as you read it. */
  get length(): number {
    return this.#passage.length;
  }

  /** Sends a copy of `value`; sleeps while the channel is full. Refused on the main thread. */
  send(value: T): void {
    checkWait("send", "value");
    this.#passage.send(() => this.#encode("send", value));
  }

  /** Sends a copy of `value` if there is room, or a receiver waits, now; never sleeps. */
  trySend(value: T): boolean {
    return this.#passage.trySend(() => this.#encode("trySend", value));
  }

  /** Sends a copy of `value` as it is now, without blocking the thread; false after `timeoutMs`, not sent. */
  async sendAsync(value: T, options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout("Chan.sendAsync", options.timeoutMs);
    return this.#passage.sendAsync(this.#kept("sendAsync", value), options);
  }

  /** Receives a value; sleeps while the channel is empty. `undefined`: closed and empty. Refused on the main thread. */
  recv(): T | undefined {
    checkWait("recv", "");
    return itemOf(this.#passage.recv()) as T | undefined;
  }

  /** Like `recv`, and says whether it was a value (`ok`) or the end. */
  recvOk(): { value: T | undefined; ok: boolean } {
    checkWait("recvOk", "");
    return this.#ok(this.#passage.recv());
  }

  /** Receives a value if there is one now, else `undefined`; never sleeps. */
  tryRecv(): T | undefined {
    return itemOf(this.#passage.tryRecv()) as T | undefined;
  }

  /** Receives without blocking the thread. `undefined`: closed and empty. */
  async recvAsync(options: Pick<WaitOptions, "signal"> = {}): Promise<T | undefined> {
    return itemOf(await this.#passage.recvAsync({ signal: options.signal })) as T | undefined;
  }

  /** Like `recvAsync`, and says whether it was a value (`ok`) or the end. */
  async recvOkAsync(
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<{ value: T | undefined; ok: boolean }> {
    return this.#ok(await this.#passage.recvAsync({ signal: options.signal }));
  }

  /** Sends all of `values` in order; sleeps while the channel is full. Refused on the main thread. */
  sendMany(values: Iterable<T>): void {
    for (const value of values) this.send(value);
  }

  /** Like `sendMany` without blocking the thread. When it is aborted, the first values may have been sent. */
  async sendManyAsync(values: Iterable<T>, options: Pick<WaitOptions, "signal"> = {}): Promise<void> {
    for (const value of values) {
      if (!this.trySend(value)) await this.sendAsync(value, { signal: options.signal });
    }
  }

  /**
   * Receives what is there, at most `most` values; sleeps while the channel is empty. `[]`: closed and empty. Refused on the
   * main thread.
   */
  recvMany(most: number): T[] {
    checkCount("Chan.recvMany", "most", most, 1, MOST);
    const values: T[] = [];
    checkWait("recvMany", "most");
    for (let got = this.#passage.recv(); got !== END && got !== NOTHING; got = this.#passage.tryRecv()) {
      values.push(got as T);
      if (values.length === most) break;
    }
    return values;
  }

  /** Like `recvMany` without blocking the thread. */
  async recvManyAsync(most: number, options: Pick<WaitOptions, "signal"> = {}): Promise<T[]> {
    checkCount("Chan.recvManyAsync", "most", most, 1, MOST);
    const values: T[] = [];
    let got = await this.#passage.recvAsync({ signal: options.signal });
    while (got !== END && got !== NOTHING) {
      values.push(got as T);
      if (values.length === most) break;
      got = this.#passage.tryRecv();
    }
    return values;
  }

  /** A case of `select`: receive. */
  onRecv(): RecvCase<T> {
    return this.#passage.recvCase() as RecvCase<T>;
  }

  /** A case of `select`: send a copy of `value` as it is now. */
  onSend(value: T): SendCase {
    return this.#passage.sendCase(this.#kept("onSend", value));
  }

  /** Receives until the channel is closed and empty, as Go's `for range`. Refused on the main thread. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let got = this.recvOk(); got.ok; got = this.recvOk()) yield got.value as T;
  }

  /** Receives until the channel is closed and empty, without blocking the thread. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let got = await this.recvOkAsync(); got.ok; got = await this.recvOkAsync()) yield got.value as T;
  }

  /** Lets no more values in. Receivers get what is inside and then `undefined`. */
  close(): void {
    this.#passage.close();
  }

  /** Makes the value's bytes (I1). */
  #encode(call: string, value: T): void {
    const bytes = this.#encoder.encode(value);
    if (bytes <= this.slotBytes) return;
    throw new RangeError(
      `Chan.${call}: the value takes ${bytes} bytes, a slot has ${this.slotBytes}; pass { slotBytes: … }`,
    );
  }

  /** Like `#encode`; what it returns puts the bytes back for an attempt that comes later. */
  #kept(call: string, value: T): () => void {
    this.#encode(call, value);
    return this.#encoder.keep();
  }

  #ok(got: unknown): { value: T | undefined; ok: boolean } {
    return got === END || got === NOTHING ? { value: undefined, ok: false } : { value: got as T, ok: true };
  }
}

function itemOf(got: unknown): unknown {
  return got === END || got === NOTHING ? undefined : got;
}

function checkWait(call: string, parameter: string): void {
  if (!mayBlock()) checkMayBlock(`Chan.${call}`, `await chan.${call}Async(${parameter})`);
}

function wholeSlot(slotBytes: number): number {
  return Math.ceil(slotBytes / 8) * 8;
}

function checkedBytes(capacityItems: number, slotBytes: number): number {
  checkCount("Chan", "capacityItems", capacityItems, 0, MOST);
  checkCount("Chan", "slotBytes", slotBytes, 8, MOST_SLOT_BYTES);
  const slot = wholeSlot(slotBytes);
  const bytes = capacityItems === 0 ? rendezvousBytes(slot) : bufferedBytes(capacityItems, slot);
  if (bytes <= MOST_BYTES) return bytes;
  throw new RangeError(`Chan: expected at most ${MOST_BYTES} bytes for all slots, got ${bytes}`);
}
