// TreiberStack: a stack of numbers whose top is swung by compare-exchange; its nodes are used again, so the top has a tag.
//
// Invariants:
//  I1. TOP leads to the node on top, whose next word has the number of the one below, and so on down to 0.
//  I2. A node on the stack does not change. One that was popped may be pushed again, while somebody still holds the word
//      that led to it; every push and pop writes another tag, so that one's compare-exchange fails.
//
// The tempting wrong version has no tag. A reads top 1, next 2, and is set aside. B pops 1 and 2, and pushes 1. A finds 1
// on top, as it was, and puts 2 there, which is free or somebody else's.
//
// Source: R. K. Treiber, Systems Programming: Coping with Parallelism (IBM RJ 5118, 1986). Rejected: an elimination
// array; it pays with more threads than a learner's machine has cores.

import { casFailed } from "./casfailures.js";
import { checkCount, type Handle, LINE_BYTES, type Placement, place, type Shared } from "./memory.js";
import { checkNumber, NodePool } from "./nodepool.js";
import type { WaitOptions } from "./park.js";
import { deadlineOf, Waiters, waitUntil } from "./waiters.js";

const LINE = LINE_BYTES / 4;
const CAPACITY = 1;
const TOP = LINE;
const FREE = 2 * LINE;
const ITEMS = 3 * LINE;
const ROOM = 3 * LINE + 2;
const NODES = 4 * LINE;
const MOST = 65_535;
const DEFAULT_CAPACITY = 1024;

/** Options of a new stack. */
export interface TreiberStackOptions extends Placement {
  /** How many items it holds. Default: 1024. */
  readonly capacityItems?: number;
}

/**
 * A stack of numbers (float64) for any number of threads, without locks: last in, first out.
 *
 * A thread that is set aside or dies in the middle of an operation stops nobody. `pop` and `tryPush` never wait; `take` waits for
 * an item, `push` for room.
 *
 * **Happens-before:** a push synchronizes before the pop that returns its value.
 * **Cost:** lock-free; without contention a push or pop is two compare-exchanges and five atomic loads. Memory: 16 bytes an item.
 * **Limits:** a thread that dies in the middle takes one place with it for good, and a wake-up that it owed: who sleeps is woken
 * by the next operation. No order among waiters. The tag has 32 bits less those of the capacity: more changes than 2 to that
 * power during one operation of another thread may go unseen.
 *
 * @throws {RangeError} ``TreiberStack: expected `capacityItems` to be an integer from 1 to 65535, got 0``
 * @throws {TypeError} ``TreiberStack.push: expected `value` to be a number, got a``
 * @example
 * const stack = new TreiberStack({ capacityItems: 8 });
 * const popped = await team(2, (t, stack) => {
 *   stack.push(t.id);
 *   return stack.take();
 * }, { args: [stack] });
 * console.log(popped.sort(), stack.pop()); // prints: [ 0, 1 ] undefined
 * @see R. K. Treiber (1986)
 */
export class TreiberStack implements Shared {
  readonly handle: Handle;
  /** How many items it holds. */
  readonly capacityItems: number;
  readonly #words: Int32Array;
  readonly #pool: NodePool;
  readonly #values: Float64Array;
  readonly #items: Waiters;
  readonly #room: Waiters;

  constructor(options: TreiberStackOptions = {}) {
    const { at, capacityItems = DEFAULT_CAPACITY } = options;
    if (at === undefined) checkCount("TreiberStack", "capacityItems", capacityItems, 1, MOST);
    const nodeBytes = at === undefined ? NodePool.bytes(capacityItems) : 0;
    this.handle = place("TreiberStack", NODES * 4 + nodeBytes, options);
    const { buffer, offset } = this.handle;
    // ORDER: none needed; before anybody else can have the handle.
    if (at === undefined) new Int32Array(buffer, offset, NODES)[CAPACITY] = capacityItems;
    this.capacityItems = new Int32Array(buffer, offset, NODES)[CAPACITY]!;
    const bytes = NODES * 4 + NodePool.bytes(this.capacityItems);
    this.#words = new Int32Array(buffer, offset, bytes / 4);
    this.#values = new Float64Array(buffer, offset, bytes / 8);
    this.#pool = new NodePool(this.#words, FREE, NODES, this.capacityItems);
    this.#items = new Waiters(this.#words, ITEMS, () => !this.isEmpty);
    this.#room = new Waiters(this.#words, ROOM, () => this.#pool.hasFree);
    if (at === undefined) this.#pool.initialize(1, capacityItems);
  }

  /** Attaches to the stack that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): TreiberStack {
    return new TreiberStack({ at: handle });
  }

  /** True when nothing is on it. Out of date as soon as you read it. */
  get isEmpty(): boolean {
    return this.#pool.node(Atomics.load(this.#words, TOP)) === 0; // ORDER: a hint; who acts on it pops
  }

  /** Puts `value` on top if there is room; says whether. Never sleeps. */
  tryPush(value: number): boolean {
    checkNumber("TreiberStack.tryPush", value);
    return this.#tryPush(value);
  }

  /** Puts `value` on top; sleeps while there is no room. On the main thread it is refused when it would have to. */
  push(value: number): void {
    checkNumber("TreiberStack.push", value);
    while (!this.#tryPush(value)) this.#room.wait("TreiberStack.push", "await treiberStack.pushAsync(value)");
  }

  /** Puts `value` on top without blocking the thread; resolves to false after `timeoutMs`, and then has not. */
  async pushAsync(value: number, options: WaitOptions = {}): Promise<boolean> {
    checkNumber("TreiberStack.pushAsync", value);
    const deadline = deadlineOf("TreiberStack.pushAsync", options);
    while (!this.#tryPush(value)) {
      if (!(await this.#room.waitAsync(waitUntil(options, deadline)))) return false;
    }
    return true;
  }

  /** Takes the value on top; undefined when there is none. Never sleeps. */
  pop(): number | undefined {
    const words = this.#words;
    const pool = this.#pool;
    for (;;) {
      const top = Atomics.load(words, TOP); // ORDER: acquire; pairs with the compare-exchange in #tryPush
      const node = pool.node(top);
      if (node === 0) return undefined;
      // ORDER: before the compare-exchange. The node may be another's by now, and the word anything; then the tag differs.
      const next = Atomics.load(words, pool.next(node));
      // I2. ORDER: acquire; pairs with the one in #tryPush: the value is there.
      if (Atomics.compareExchange(words, TOP, top, pool.following(top, next)) !== top) {
        casFailed();
        continue;
      }
      const value = this.#values[pool.value(node)]!; // the node is ours
      pool.give(node);
      this.#room.wakeOne();
      return value;
    }
  }

  /** Takes the value on top; sleeps while there is none. On the main thread it is refused when it would have to. */
  take(): number {
    for (let value = this.pop(); ; value = this.pop()) {
      if (value !== undefined) return value;
      this.#items.wait("TreiberStack.take", "await treiberStack.takeAsync()");
    }
  }

  /** Takes the value on top without blocking the thread; undefined after `timeoutMs`. */
  async takeAsync(options: WaitOptions = {}): Promise<number | undefined> {
    const deadline = deadlineOf("TreiberStack.takeAsync", options);
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
    for (;;) {
      const top = Atomics.load(words, TOP); // ORDER: none needed; the compare-exchange decides
      words[pool.next(node)] = pool.node(top);
      // I2. ORDER: release; pairs with the load in pop: value and next are written before.
      if (Atomics.compareExchange(words, TOP, top, pool.following(top, node)) === top) break;
      casFailed();
    }
    this.#items.wakeOne();
    return true;
  }
}
