// Timers: pending deadlines in a 4-ary heap, ordered by time and then by order of creation.
//
// Invariants:
//  I1. heap[i] is not later than its children heap[4i+1 … 4i+4]; heap[i].index === i.
//  I2. whens[i] and seqs[i] are those of heap[i]. They lie side by side, so that sifting through a big heap compares
//      neighbours in memory and does not visit timers all over it.
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

export class Timers {
  readonly #heap: Timer[] = [];
  readonly #whens: number[] = [];
  readonly #seqs: number[] = [];
  #seq = 0;
  /** All heaps of a run that has several (synctest bubbles): a timer is removed from the one that it is in. */
  all: Set<Timers> | null = null;

  get length(): number {
    return this.#heap.length;
  }

  /** The earliest timer, or undefined. */
  peek(): Timer | undefined {
    return this.#heap[0];
  }

  /** The timers that are due first, at most `most` of them; the one that was added first comes first. O(most). */
  earliest(most: number): readonly Timer[] {
    const found: Timer[] = [];
    const dueNs = this.#whens[0];
    const places = [0];
    for (let i = places.pop(); i !== undefined && found.length < most; i = places.pop()) {
      if (i >= this.#heap.length || this.#whens[i] !== dueNs) continue; // I1: nothing below it is due either
      found.push(this.#heap[i] as Timer);
      for (let child = 4 * i + 4; child > 4 * i; child--) places.push(child);
    }
    return found;
  }

  /** Adds a timer that is in no heap. O(log n). */
  add(timer: Timer, whenNs: number): void {
    timer.whenNs = whenNs;
    timer.seq = this.#seq++;
    const at = this.#heap.push(timer) - 1;
    this.#whens.push(whenNs);
    this.#seqs.push(timer.seq);
    this.#up(timer, whenNs, at);
  }

  /** Removes a timer; false when it was not pending. O(log n). */
  remove(timer: Timer): boolean {
    const at = timer.index;
    if (at < 0) return false;
    if (this.#heap[at] !== timer) return this.#removeElsewhere(timer);
    const last = this.#heap.pop() as Timer;
    const whenNs = this.#whens.pop() as number;
    this.#seqs.pop();
    timer.index = -1;
    if (last !== timer) {
      this.#up(last, whenNs, at);
      if (last.index === at) this.#down(last, whenNs, at);
    }
    return true;
  }

  #removeElsewhere(timer: Timer): boolean {
    for (const other of this.all ?? []) {
      if (other.#heap[timer.index] === timer) return other.remove(timer);
    }
    return false;
  }

  /** Puts `timer` where it belongs between place `i` and the top. */
  #up(timer: Timer, whenNs: number, place: number): void {
    let i = place;
    while (i > 0) {
      const above = (i - 1) >> 2;
      const aboveNs = this.#whens[above] as number;
      if (aboveNs < whenNs || (aboveNs === whenNs && (this.#seqs[above] as number) < timer.seq)) break;
      this.#move(above, i);
      i = above;
    }
    this.#place(timer, whenNs, i);
  }

  /** Puts `timer` where it belongs between place `i` and the leaves. */
  #down(timer: Timer, whenNs: number, place: number): void {
    const whens = this.#whens;
    const seqs = this.#seqs;
    let i = place;
    for (;;) {
      let least = -1;
      let leastNs = whenNs;
      let leastSeq = timer.seq;
      for (let child = 4 * i + 1, end = Math.min(child + 4, whens.length); child < end; child++) {
        const childNs = whens[child] as number;
        if (childNs > leastNs || (childNs === leastNs && (seqs[child] as number) > leastSeq)) continue;
        least = child;
        leastNs = childNs;
        leastSeq = seqs[child] as number;
      }
      if (least < 0) break;
      this.#move(least, i);
      i = least;
    }
    this.#place(timer, whenNs, i);
  }

  #move(from: number, to: number): void {
    const timer = this.#heap[from] as Timer;
    this.#heap[to] = timer;
    this.#whens[to] = this.#whens[from] as number;
    this.#seqs[to] = this.#seqs[from] as number;
    timer.index = to;
  }

  #place(timer: Timer, whenNs: number, i: number): void {
    this.#heap[i] = timer;
    this.#whens[i] = whenNs;
    this.#seqs[i] = timer.seq;
    timer.index = i;
  }
}
