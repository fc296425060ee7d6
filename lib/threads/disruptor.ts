// Disruptor: a ring of numbers that producers fill in order, and that every consumer reads whole, at its own pace, in batches.
//
// Invariants:
//  I1. Positions count in twos, modulo 2^32; position p lies in place (p / 2) mod capacity. CLAIMED is the next one to give to a
//      producer; its lowest bit says closed, and a claim is a compare-exchange on an even CLAIMED.
//  I2. A place's word is p + 1 once the value of position p is there. Producers may publish out of order; a consumer stops at
//      the first position that is not published.
//  I3. A position is given to a producer only when every consumer has passed the one that had its place before. GATE is what
//      the slowest was seen to have passed, or less.
//  I4. A consumer with predecessors reads a position only after all of them have passed it. One that has left counts no more.
//
// Source: M. Thompson et al., Disruptor (LMAX, 2011), and its MultiProducerSequencer. Differs: it closes; a consumer can leave;
// "yielding" gives its core away for the shortest sleep there is, because JavaScript cannot only yield.

import { casFailed } from "./casfailures.js";
import { powerOfTwo } from "./cells.js";
import { ChannelError } from "./channelerror.js";
import { DisruptorConsumer } from "./disruptorconsumer.js";
import { CLAIMED, CLOSED_BIT, DisruptorRing, GATE, RING_HEADER_WORDS, ROOM } from "./disruptorring.js";
import { checkCount, type Handle, type Placement, place, type Shared } from "./memory.js";
import type { WaitOptions } from "./park.js";
import { deadlineOf, Waiters, waitUntil } from "./waiters.js";
import { STRATEGIES, type WaitStrategy, waitBy } from "./waitstrategy.js";

const CAPACITY = 1;
const CONSUMERS = 2;
const STRATEGY = 3;
const MOST_CONSUMERS = 31;
const EVERYBODY = -1;
const MOST = 2 ** 24;
const DEFAULT_CAPACITY = 1024;
/** In place of a position, which is even: no room. */
const NOT_NOW = 1;
/** In place of a position: closed. */
const OVER = 3;

/** Options of a new ring. */
export interface DisruptorOptions extends Placement {
  /** How many items it holds, rounded up to a power of two. Default: 1024. */
  readonly capacityItems?: number;
  /** For each consumer the numbers of those that have to be ahead of it, e.g. `[[], [0]]`. Default: one, `[[]]`; at most 31. */
  readonly consumers?: readonly (readonly number[])[];
  /** How blocking calls wait; see `WaitStrategy`. Default: `"blocking"`. */
  readonly wait?: WaitStrategy;
}

/**
 * A ring through which any number of threads pass numbers (float64) to consumers that each see every number, in the same
 * order. Consumers can stand one after another, e.g. a journal before the business logic.
 *
 * `publish` takes one number or several, which then follow each other; it waits until the slowest consumer has made room.
 * `close` lets no more in; a consumer gets the rest and then 0. Each consumer is for one thread.
 *
 * **Happens-before:** a publish synchronizes before the take that returns its numbers; a consumer's take before those of its
 * successors, and before the publish that uses the places again.
 * **Cost:** a publish is one compare-exchange, four atomic loads and an atomic store for each number; a batch taken one store,
 * and a load for each number. Memory: 12 bytes a place.
 * **Limits:** a producer that dies between its claim and its store blocks all consumers, a consumer that dies all producers:
 * say `ring.consumer(n).leave()` for it. Two threads on one consumer lose items, unseen.
 *
 * @throws {RangeError} ``Disruptor: expected `capacityItems` to be an integer from 1 to 16777216, got 0``
 * @throws {RangeError} `Disruptor.publish: expected 1 to 8 values, got 9`
 * @throws {ChannelError} `Disruptor.publish: the ring is closed`
 * @example
 * const ring = new Disruptor({ capacityItems: 8, consumers: [[], [0]] });
 * const sums = await team(3, (t, ring) => {
 *   for (let i = 1; t.id === 2 && i <= 100; i++) ring.publish(i);
 *   if (t.id === 2) return ring.close();
 *   const batch = new Float64Array(8);
 *   let sum = 0;
 *   for (let n; (n = ring.consumer(t.id).take(batch)) > 0; ) for (const v of batch.subarray(0, n)) sum += v;
 *   return sum;
 * }, { args: [ring] });
 * console.log(sums); // prints: [ 5050, 5050, undefined ]
 * @see M. Thompson et al. (2011)
 */
export class Disruptor implements Shared {
  readonly handle: Handle;
  /** How many items it holds. */
  readonly capacityItems: number;
  /** How blocking calls wait. */
  readonly waitStrategy: WaitStrategy;
  readonly #ring: DisruptorRing;
  readonly #consumers: readonly DisruptorConsumer[];

  constructor(options: DisruptorOptions = {}) {
    const { at, capacityItems = DEFAULT_CAPACITY, consumers = [[]], wait = "blocking" } = options;
    if (at === undefined) {
      checkCount("Disruptor", "capacityItems", capacityItems, 1, MOST);
      checkConsumers(consumers);
      checkWait(wait);
    }
    const bytes = at === undefined ? DisruptorRing.bytes(powerOfTwo(capacityItems), consumers.length) : 0;
    this.handle = place("Disruptor", Math.max(bytes, RING_HEADER_WORDS * 4), options);
    const { buffer, offset } = this.handle;
    const header = new Int32Array(buffer, offset, RING_HEADER_WORDS);
    // ORDER: none needed; before anybody else can have the handle.
    if (at === undefined)
      header.set([powerOfTwo(capacityItems), consumers.length, STRATEGIES.indexOf(wait)], CAPACITY);
    this.capacityItems = header[CAPACITY]!;
    this.waitStrategy = STRATEGIES[header[STRATEGY]!]!;
    const ring = new DisruptorRing(buffer, offset, this.capacityItems, header[CONSUMERS]!, this.waitStrategy);
    this.#ring = ring;
    this.#consumers = Array.from({ length: ring.consumers }, (_, n) => new DisruptorConsumer(ring, n));
    if (at !== undefined) return;
    for (const [n, after] of consumers.entries()) {
      for (const before of after) ring.words[ring.afterWord(n)]! |= 1 << before;
    }
  }

  /** Attaches to the ring that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Disruptor {
    return new Disruptor({ at: handle });
  }

  /** True after `close`; items may still be inside. */
  get isClosed(): boolean {
    return (Atomics.load(this.#ring.words, CLAIMED) & CLOSED_BIT) !== 0; // ORDER: acquire; pairs with the or in close
  }

  /**
   * Returns consumer `n`, for the one thread that reads it.
   *
   * @throws {RangeError} ``Disruptor.consumer: expected `n` to be an integer from 0 to 1, got 2``
   */
  consumer(n = 0): DisruptorConsumer {
    checkCount("Disruptor.consumer", "n", n, 0, this.#consumers.length - 1);
    return this.#consumers[n]!;
  }

  /** Publishes a number, or several that follow each other, if there is room for all; says whether. Never sleeps. */
  tryPublish(values: number | ArrayLike<number>): boolean {
    return this.#tryPublish("tryPublish", values);
  }

  /** Publishes a number, or several that follow each other; waits for room. Refused on the main thread when it would have to. */
  publish(values: number | ArrayLike<number>): void {
    while (!this.#tryPublish("publish", values)) {
      const isReady = this.#untilRoomFor(values);
      const waiters = new Waiters(this.#ring.words, ROOM, isReady);
      waitBy(this.waitStrategy, waiters, isReady, "Disruptor.publish", "await ring.publishAsync(values)");
    }
  }

  /** Publishes without blocking the thread; resolves to false after `timeoutMs`, and then has published nothing. */
  async publishAsync(values: number | ArrayLike<number>, options: WaitOptions = {}): Promise<boolean> {
    const deadline = deadlineOf("Disruptor.publishAsync", options);
    while (!this.#tryPublish("publishAsync", values)) {
      const waiters = new Waiters(this.#ring.words, ROOM, this.#untilRoomFor(values));
      if (!(await waiters.waitAsync(waitUntil(options, deadline)))) return false;
    }
    return true;
  }

  /** Lets no more in. @throws {ChannelError} `Disruptor.close: the ring is closed` */
  close(): void {
    // I1. ORDER: release; pairs with the loads of CLAIMED.
    if ((Atomics.or(this.#ring.words, CLAIMED, CLOSED_BIT) & CLOSED_BIT) !== 0) {
      throw new ChannelError("Disruptor.close: the ring is closed");
    }
    this.#ring.wakeProducers();
    this.#ring.wakeConsumers();
  }

  #tryPublish(call: string, values: number | ArrayLike<number>): boolean {
    const count = typeof values === "number" ? 1 : values.length;
    if (!(count >= 1 && count <= this.capacityItems)) {
      throw new RangeError(
        `Disruptor.${call}: expected 1 to ${this.capacityItems} values, got ${String(count)}`,
      );
    }
    const first = this.#claim(count);
    if (first === OVER) throw new ChannelError(`Disruptor.${call}: the ring is closed`);
    if (first === NOT_NOW) return false;
    if (typeof values === "number") this.#set(first, values);
    else for (let i = 0; i < count; i++) this.#set((first + 2 * i) | 0, values[i]!);
    this.#ring.wakeConsumers();
    return true;
  }

  /** Claims `count` positions: the first, `NOT_NOW` or `OVER`. */
  #claim(count: number): number {
    const { words } = this.#ring;
    for (;;) {
      const claimed = Atomics.load(words, CLAIMED); // ORDER: before what the consumers have passed
      if ((claimed & CLOSED_BIT) !== 0) return OVER; // I1
      const end = (claimed + 2 * count) | 0;
      if (!this.#hasRoom(claimed, end)) return NOT_NOW;
      // ORDER: none needed; it decides among producers, the place's word carries the data.
      if (Atomics.compareExchange(words, CLAIMED, claimed, end) === claimed) return claimed;
      casFailed();
    }
  }

  /** True when every consumer has passed what had the places before `end` (I3). */
  #hasRoom(claimed: number, end: number): boolean {
    const { words } = this.#ring;
    const most = 2 * this.capacityItems;
    // ORDER: acquire; pairs with the store below: what another producer has seen passed was read.
    const known = (end - Atomics.load(words, GATE)) | 0;
    if (known >= 0 && known <= most) return true;
    const behind = this.#ring.leastPassed(EVERYBODY, claimed, 0); // I4. Nobody left: no gate
    const gate = (claimed + behind) | 0;
    if (((end - gate) | 0) > most) return false;
    Atomics.store(words, GATE, gate); // ORDER: release; pairs with the load above. An older one only costs a look
    return true;
  }

  #untilRoomFor(values: number | ArrayLike<number>): () => boolean {
    const count = typeof values === "number" ? 1 : values.length;
    return () => {
      const claimed = Atomics.load(this.#ring.words, CLAIMED); // ORDER: before what the consumers have passed
      return (claimed & CLOSED_BIT) !== 0 || this.#hasRoom(claimed, (claimed + 2 * count) | 0);
    };
  }

  #set(position: number, value: number): void {
    const ring = this.#ring;
    ring.values[ring.place(position)] = value;
    // I2. ORDER: release; pairs with the load in the consumers' #mayRead.
    Atomics.store(ring.words, ring.publishedWord(position), (position + 1) | 0);
  }
}

function checkConsumers(consumers: readonly (readonly number[])[]): void {
  checkCount("Disruptor", "consumers.length", consumers.length, 1, MOST_CONSUMERS);
  for (const [n, after] of consumers.entries()) {
    for (const before of after) {
      if (Number.isInteger(before) && before >= 0 && before < n) continue;
      throw new RangeError(
        `Disruptor: expected \`consumers[${n}]\` to hold numbers of consumers before it, got ${String(before)}`,
      );
    }
  }
}

function checkWait(wait: unknown): void {
  if ((STRATEGIES as readonly unknown[]).includes(wait)) return;
  throw new TypeError(
    `Disruptor: expected \`wait\` to be "busy-spin", "yielding" or "blocking", got ${String(wait)}`,
  );
}
