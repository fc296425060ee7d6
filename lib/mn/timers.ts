// Timers: when the goroutines of one thread that sleep go on; a binary heap.

/** What happens at a time. */
export interface Timer {
  readonly atMs: number;
  /** Breaks ties: first made, first fired. */
  readonly order: number;
  fire(): void;
}

/** The timers of one thread, the earliest first. */
export class Timers {
  readonly #heap: Timer[] = [];
  #made = 0;

  get length(): number {
    return this.#heap.length;
  }

  /** When the earliest is due; infinity when there is none. */
  get nextMs(): number {
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  add(atMs: number, fire: () => void): void {
    const heap = this.#heap;
    const timer: Timer = { atMs, order: this.#made++, fire };
    let at = heap.push(timer) - 1;
    for (let up = (at - 1) >> 1; at > 0 && isBefore(timer, heap[up] as Timer); up = (at - 1) >> 1) {
      heap[at] = heap[up] as Timer;
      at = up;
    }
    heap[at] = timer;
  }

  /** Fires what is due; true when something was. */
  fireDue(nowMs: number): boolean {
    let hasFired = false;
    for (; this.nextMs <= nowMs; hasFired = true) this.#takeFirst().fire();
    return hasFired;
  }

  #takeFirst(): Timer {
    const heap = this.#heap;
    const first = heap[0] as Timer;
    const last = heap.pop() as Timer;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down + 1 < heap.length && isBefore(heap[down + 1] as Timer, heap[down] as Timer)) down++;
      if (down >= heap.length || !isBefore(heap[down] as Timer, last)) break;
      heap[at] = heap[down] as Timer;
      at = down;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
