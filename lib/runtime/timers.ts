// Timers: pending deadlines in a 4-ary heap, ordered by time and then by order of creation.
//
// Invariants:
//  I1. heap[i] is not later than its children heap[4i+1 … 4i+4]; heap[i].index === i.
//
// Source: Go src/runtime/time.go uses 4-ary heaps per P; here there is one, since a run is one thread.

/** A deadline on the runtime's clock. Add it with `Timers.add`; `fire` is called when its time has come. */
export class Timer {
  whenNs = 0;
  seq = 0;
  /** Place in the heap, or -1. */
  index = -1;
  readonly fire: () => void;

  constructor(fire: () => void) {
    this.fire = fire;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.whenNs < b.whenNs || (a.whenNs === b.whenNs && a.seq < b.seq);
}

export class Timers {
  readonly #heap: Timer[] = [];
  #seq = 0;

  get length(): number {
    return this.#heap.length;
  }

  /** The earliest timer, or undefined. */
  peek(): Timer | undefined {
    return this.#heap[0];
  }

  /** Adds a timer that is in no heap. O(log n). */
  add(timer: Timer, whenNs: number): void {
    timer.whenNs = whenNs;
    timer.seq = this.#seq++;
    timer.index = this.#heap.length;
    this.#heap.push(timer);
    this.#up(timer);
  }

  /** Removes a timer; false when it was not pending. O(log n). */
  remove(timer: Timer): boolean {
    const at = timer.index;
    if (at < 0) return false;
    const last = this.#heap.pop() as Timer;
    timer.index = -1;
    if (last !== timer) {
      this.#heap[at] = last;
      last.index = at;
      this.#up(last);
      this.#down(last);
    }
    return true;
  }

  #up(timer: Timer): void {
    let i = timer.index;
    while (i > 0) {
      const above = (i - 1) >> 2;
      const parent = this.#heap[above] as Timer;
      if (!isBefore(timer, parent)) break;
      this.#place(parent, i);
      i = above;
    }
    this.#place(timer, i);
  }

  #down(timer: Timer): void {
    const heap = this.#heap;
    let i = timer.index;
    for (;;) {
      let least = timer;
      for (let child = 4 * i + 1, end = Math.min(child + 4, heap.length); child < end; child++) {
        const other = heap[child] as Timer;
        if (isBefore(other, least)) least = other;
      }
      if (least === timer) break;
      const at = least.index;
      this.#place(least, i);
      i = at;
    }
    this.#place(timer, i);
  }

  #place(timer: Timer, i: number): void {
    this.#heap[i] = timer;
    timer.index = i;
  }
}
