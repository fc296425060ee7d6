// WaitQueue: goroutines that wait for one object, in order. An intrusive doubly linked list.
//
// Invariants:
//  I1. A waiter is in at most one queue, and `queue` names it.
//  I2. Removal is O(1) from any place, so a cancelled waiter leaves at once.
//
// Source: Go's sudog lists in src/runtime/chan.go (waitq) and sema.go.

import type { G } from "./g.js";

/** A place in a wait queue. A goroutine is its own waiter; a select uses one per case. */
export class Waiter {
  // Go: sudog
  after: Waiter | null = null;
  before: Waiter | null = null;
  queue: WaitQueue | null = null;
  /** The value to send, while a sender waits. */
  item: unknown = undefined;
  /** The index of the select case, or -1 for a plain operation. */
  caseIndex = -1;

  /** The goroutine that waits. */
  get goroutine(): G {
    throw new TypeError("Waiter: has no goroutine");
  }
}

export class WaitQueue {
  head: Waiter | null = null;
  tail: Waiter | null = null;
  length = 0;

  pushBack(w: Waiter): void {
    w.queue = this;
    w.after = null;
    w.before = this.tail;
    if (this.tail === null) this.head = w;
    else this.tail.after = w;
    this.tail = w;
    this.length++;
  }

  pushFront(w: Waiter): void {
    w.queue = this;
    w.before = null;
    w.after = this.head;
    if (this.head === null) this.tail = w;
    else this.head.before = w;
    this.head = w;
    this.length++;
  }

  shift(): Waiter | null {
    const w = this.head;
    if (w !== null) this.remove(w);
    return w;
  }

  remove(w: Waiter): void {
    if (w.before === null) this.head = w.after;
    else w.before.after = w.after;
    if (w.after === null) this.tail = w.before;
    else w.after.before = w.before;
    w.after = null;
    w.before = null;
    w.queue = null;
    this.length--;
  }
}
