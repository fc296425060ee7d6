// TreiberStack: a stack whose top is swapped by compare-and-swap. Nodes are never used twice.
//
// Invariants:
//  I1. A node does not change once a compare-and-swap has published it, so `next` needs no operation of its own.
//  I2. A node that was popped never comes back: while somebody holds a reference to it, nobody can get it anew. That
//      is why comparing references is enough here, and why it is not in `FreeList`.
//
// Source: R. K. Treiber, Systems Programming: Coping with Parallelism (IBM RJ 5118, 1986).

import { AtomicPointer } from "../atomic/index.js";
import type { Go } from "../op/index.js";
import { checkItem } from "./item.js";

interface Node<T> {
  readonly value: T;
  readonly next: Node<T> | null;
}

/**
 * A stack for any number of goroutines, without locks: last in, first out. Its methods are generators whose every
 * access to shared state is an operation, so `explore` can switch between any two.
 *
 * **Happens-before:** a `push` synchronizes before the `pop` that returns its value.
 * **Cost:** lock-free: O(1) without contention; a failed round means that somebody else succeeded.
 *
 * @throws {TypeError} `TreiberStack.push: expected a value, got undefined, which pop returns for an empty stack`
 * @example
 * await run(function* () {
 *   const stack = new TreiberStack<string>();
 *   yield* stack.push("a");
 *   yield* stack.push("b");
 *   console.log(yield* stack.pop(), yield* stack.pop(), yield* stack.pop()); // prints: b a undefined
 * });
 */
export class TreiberStack<T> {
  readonly #top = new AtomicPointer<Node<T> | null>(null);

  /** Puts `value` on top. */
  *push(value: T): Go {
    checkItem("TreiberStack.push", "pop", "stack", value);
    for (;;) {
      const next = yield* this.#top.load();
      if (yield* this.#top.compareAndSwap(next, { value, next })) return;
    }
  }

  /** Takes the value on top; undefined when the stack is empty. */
  *pop(): Go<T | undefined> {
    for (;;) {
      const top = yield* this.#top.load();
      if (top === null) return undefined;
      if (yield* this.#top.compareAndSwap(top, top.next)) return top.value; // I1, I2
    }
  }
}
