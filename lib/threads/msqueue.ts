// MSQueue: a queue of numbers as a linked list whose tail may lag behind; nodes are used again, so pointers have tags.
//
// Invariants:
//  I1. HEAD leads to a node whose value was taken already (or never was one); the items stand in the nodes after it.
//  I2. TAIL leads to the last node or the one before it; it is never behind HEAD.
//  I3. The next word of a node in the list is set once, from "none" to a node. Its tag goes on when the node is used again,
//      so who has read it before cannot set it afterwards.
//  I4. What was read of a node counts only if HEAD or TAIL still leads to it afterwards. Without that look a sender may hang
//      its node behind one that has left the list and is about to come back: sent, and not to be received.
//
// Source: M. Michael, M. Scott, Simple, Fast, and Practical Non-Blocking and Blocking Concurrent Queue Algorithms (PODC
// 1996); the lines E7 and D5 are I4. Differs: words of 32 bits hold number and tag, because JavaScript has no wider
// compare-exchange that is fast.

import { casFailed } from "./casfailures.js";
import { checkCount, type Handle, LINE_BYTES, type Placement, place, type Shared } from "./memory.js";
import { checkNumber, NodePool } from "./nodepool.js";
import type { WaitOptions } from "./park.js";
import { deadlineOf, Waiters, waitUntil } from "./waiters.js";

const LINE = LINE_BYTES / 4;
const CAPACITY = 1;
const HEAD = LINE;
const TAIL = 2 * LINE;
const FREE = 3 * LINE;
const ITEMS = 4 * LINE;
const ROOM = 4 * LINE + 2;
const NODES = 5 * LINE;
/** One node more than items (I1). */
const MOST = 65_534;
const DEFAULT_CAPACITY = 1024;

/** Options of a new queue. */
export interface MSQueueOptions extends Placement {
  /** How many items it holds. Default: 1024. */
  readonly capacityItems?: number;
}

/**
 * A queue of numbers (float64) for any number of threads, without locks: first in, first out.
 *
 * A thread that is set aside or dies in the middle of an operation stops nobody. `pop` and `tryPush` never wait; `take` waits for
 * an item, `push` for room.
 *
 * **Happens-before:** a push synchronizes before the pop that returns its value.
 * **Cost:** lock-free; without contention a push is three compare-exchanges and six atomic loads, a pop two and seven. Memory: 16 bytes an item.
 * **Limits:** a thread that dies in the middle takes one place with it for good, and a wake-up that it owed: who sleeps is woken
 * by the next operation. No order among waiters. The tag has 32 bits less those of the capacity: more changes than 2 to that
 * power during one operation of another thread may go unseen. `Queue` is faster, closes and has no tags, but a thread that dies in it blocks it.
 *
 * @throws {RangeError} ``MSQueue: expected `capacityItems` to be an integer from 1 to 65534, got 0``
 * @throws {TypeError} ``MSQueue.push: expected `value` to be a number, got a``
 * @example
 * const queue = new MSQueue({ capacityItems: 8 });
 * const received = await team(2, (t, queue) => {
 *   queue.push(t.id);
 *   return queue.take();
 * }, { args: [queue] });
 * console.log(received.sort(), queue.pop()); // prints: [ 0, 1 ] undefined
 * @see M. Michael, M. Scott (PODC 1996)
 */
export class MSQueue implements Shared {
  readonly handle: Handle;
  /** How many items it holds. */
  readonly capacityItems: number;
  readonly #words: Int32Array;
  readonly #pool: NodePool;
  readonly #values: Float64Array;
  readonly #items: Waiters;
  readonly #room: Waiters;

  constructor(options: MSQueueOptions = {}) {
    const { at, capacityItems = DEFAULT_CAPACITY } = options;
    if (at === undefined) checkCount("MSQueue", "capacityItems", capacityItems, 1, MOST);
    const nodeBytes = at === undefined ? NodePool.bytes(capacityItems + 1) : 0;
    this.handle = place("MSQueue", NODES * 4 + nodeBytes, options);
    const { buffer, offset } = this.handle;
    // ORDER: none needed; before anybody else can have the handle.
    if (at === undefined) new Int32Array(buffer, offset, NODES)[CAPACITY] = capacityItems;
    this.capacityItems = new Int32Array(buffer, offset, NODES)[CAPACITY]!;
    const bytes = NODES * 4 + NodePool.bytes(this.capacityItems + 1);
    this.#words = new Int32Array(buffer, offset, bytes / 4);
    this.#values = new Float64Array(buffer, offset, bytes / 8);
    this.#pool = new NodePool(this.#words, FREE, NODES, this.capacityItems + 1);
    this.#items = new Waiters(this.#words, ITEMS, () => !this.isEmpty);
    this.#room = new Waiters(this.#words, ROOM, () => this.#pool.hasFree);
    if (at !== undefined) return;
    this.#words[HEAD] = this.#words[TAIL] = 1; // I1
    this.#pool.initialize(2, capacityItems + 1);
  }

  /** Attaches to the queue that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): MSQueue {
    return new MSQueue({ at: handle });
  }

  /** True when nothing is in it. Out of date as soon as you read it. */
  get isEmpty(): boolean {
    for (;;) {
      const head = Atomics.load(this.#words, HEAD); // ORDER: before the next word
      // ORDER: before the second look at HEAD.
      const next = Atomics.load(this.#words, this.#pool.next(this.#pool.node(head)));
      if (Atomics.load(this.#words, HEAD) === head) return this.#pool.node(next) === 0; // I4. ORDER: after the next word
    }
  }

  /** Puts `value` at the end if there is room; says whether. Never sleeps. */
  tryPush(value: number): boolean {
    checkNumber("MSQueue.tryPush", value);
    return this.#tryPush(value);
  }

  /** Puts `value` at the end; sleeps while there is no room. On the main thread it is refused when it would have to. */
  push(value: number): void {
    checkNumber("MSQueue.push", value);
    while (!this.#tryPush(value)) this.#room.wait("MSQueue.push", "await msQueue.pushAsync(value)");
  }

  /** Puts `value` at the end without blocking the thread; resolves to false after `timeoutMs`, and then has not. */
  async pushAsync(value: number, options: WaitOptions = {}): Promise<boolean> {
    checkNumber("MSQueue.pushAsync", value);
    const deadline = deadlineOf("MSQueue.pushAsync", options);
    while (!this.#tryPush(value)) {
      if (!(await this.#room.waitAsync(waitUntil(options, deadline)))) return false;
    }
    return true;
  }

  /** Takes the value at the front; undefined when there is none. Never sleeps. */
  pop(): number | undefined {
    const words = this.#words;
    const pool = this.#pool;
    for (;;) {
      const head = Atomics.load(words, HEAD); // ORDER: before TAIL, so that TAIL is not behind it (I2)
      const tail = Atomics.load(words, TAIL); // ORDER: before the next word
      const node = pool.node(head);
      const next = pool.node(Atomics.load(words, pool.next(node))); // ORDER: acquire; pairs with the link in #tryPush
      if (Atomics.load(words, HEAD) !== head) continue; // I4. ORDER: after the three above
      if (node === pool.node(tail)) {
        if (next === 0) return undefined;
        Atomics.compareExchange(words, TAIL, tail, pool.following(tail, next)); // I2. ORDER: before HEAD moves on
        continue;
      }
      // Before HEAD moves: afterwards others may take `next` too, and fill it anew. If that has happened, HEAD has another
      // tag, and what was read here, perhaps a mix of two numbers, is dropped.
      const value = this.#values[pool.value(next)]!;
      // ORDER: release; pairs with the load of HEAD in pop: who moves it on and reuses the node comes after our read.
      if (Atomics.compareExchange(words, HEAD, head, pool.following(head, next)) !== head) {
        casFailed();
        continue;
      }
      pool.give(node);
      this.#room.wakeOne();
      return value;
    }
  }

  /** Takes the value at the front; sleeps while there is none. On the main thread it is refused when it would have to. */
  take(): number {
    for (let value = this.pop(); ; value = this.pop()) {
      if (value !== undefined) return value;
      this.#items.wait("MSQueue.take", "await msQueue.takeAsync()");
    }
  }

  /** Takes the value at the front without blocking the thread; undefined after `timeoutMs`. */
  async takeAsync(options: WaitOptions = {}): Promise<number | undefined> {
    const deadline = deadlineOf("MSQueue.takeAsync", options);
    for (let value = this.pop(); ; value = this.pop()) {
      if (value !== undefined) return value;
      if (!(await this.#items.waitAsync(waitUntil(options, deadline)))) return undefined;
    }
  }

  #tryPush(value: number): boolean {
    const words = this.#words;
    const pool = this.#pool;
    const node = pool.tryTake();
    if (node === 0) return false;
    this.#values[pool.value(node)] = value;
    words[pool.next(node)] = pool.following(words[pool.next(node)]!, 0); // I3. ORDER: before the link, which publishes both
    for (;;) {
      const tail = Atomics.load(words, TAIL); // ORDER: before the next word
      const next = Atomics.load(words, pool.next(pool.node(tail))); // ORDER: before the second look at TAIL
      if (Atomics.load(words, TAIL) !== tail) continue; // I4. ORDER: after the two above
      if (pool.node(next) !== 0) {
        Atomics.compareExchange(words, TAIL, tail, pool.following(tail, pool.node(next))); // it lags. ORDER: none needed
        continue;
      }
      // I3. ORDER: release; pairs with the load of the next word in pop: the value is written before.
      const link = pool.next(pool.node(tail));
      if (Atomics.compareExchange(words, link, next, pool.following(next, node)) !== next) {
        casFailed();
        continue;
      }
      Atomics.compareExchange(words, TAIL, tail, pool.following(tail, node)); // or somebody has helped. ORDER: none needed
      break;
    }
    this.#items.wakeOne();
    return true;
  }
}
