// MSQueue: a queue as a linked list whose tail may lag behind, and is then moved by whoever notices.
//
// Invariants:
//  I1. The list is never empty: #head is a node whose value was taken already, or the first one that never had any.
//  I2. #tail is the last node or the one before it; it is never behind #head.
//  I3. `next` of a node is set once. A node that was passed never comes back.
//
// Source: M. Michael, M. Scott, Simple, Fast, and Practical Non-Blocking and Blocking Concurrent Queue Algorithms
// (PODC 1996). Differs: no counters beside the pointers and no re-reading of head and tail (lines E7, D5), which
// protect against nodes that are used again; the garbage collector does that here (I3).

import { AtomicPointer } from "../atomic/index.js";
import type { Go } from "../op/index.js";
import { checkItem } from "./item.js";

class Node<T> {
  readonly next = new AtomicPointer<Node<T> | null>(null);
  /** Written before the node is published, and again by the one goroutine that has taken it. */
  value: T | undefined;

  constructor(value: T | undefined) {
    this.value = value;
  }
}

/**
 * An unbounded queue for any number of goroutines, without locks: first in, first out. Its methods are generators
 * whose every access to shared state is an operation.
 *
 * **Happens-before:** a `push` synchronizes before the `pop` that returns its value.
 * **Cost:** lock-free: O(1) without contention; one node per value.
 *
 * @throws {TypeError} `MSQueue.push: expected a value, got undefined, which pop returns for an empty queue`
 * @example
 * await run(function* () {
 *   const queue = new MSQueue<string>();
 *   yield* queue.push("a");
 *   yield* queue.push("b");
 *   console.log(yield* queue.pop(), yield* queue.pop(), yield* queue.pop()); // prints: a b undefined
 * });
 */
export class MSQueue<T> {
  readonly #head: AtomicPointer<Node<T>>;
  readonly #tail: AtomicPointer<Node<T>>;

  constructor() {
    const first = new Node<T>(undefined); // I1
    this.#head = new AtomicPointer(first);
    this.#tail = new AtomicPointer(first);
  }

  /** Puts `value` at the end. */
  *push(value: T): Go {
    checkItem("MSQueue.push", "pop", "queue", value);
    const node = new Node(value);
    for (;;) {
      const tail = yield* this.#tail.load();
      const next = yield* tail.next.load();
      if (next !== null) {
        yield* this.#tail.compareAndSwap(tail, next); // it lags: help whoever has not come to it
      } else if (yield* tail.next.compareAndSwap(null, node)) {
        yield* this.#tail.compareAndSwap(tail, node); // when this fails, somebody has helped
        return;
      }
    }
  }

  /** Takes the value at the front; undefined when the queue is empty. */
  *pop(): Go<T | undefined> {
    for (;;) {
      const head = yield* this.#head.load();
      const tail = yield* this.#tail.load();
      const next = yield* head.next.load();
      if (next === null) return undefined; // nothing after head: it is the last node, now
      if (head === tail) {
        yield* this.#tail.compareAndSwap(tail, next); // I2: before head passes it
      } else if (yield* this.#head.compareAndSwap(head, next)) {
        const { value } = next;
        next.value = undefined; // it is head now, and must not keep the value alive
        return value;
      }
    }
  }
}
