// PoolDequeue and PoolChain: where a P keeps the objects of a Pool. The owner puts and takes at the head, everybody else
// takes from the tail.
//
// Invariants:
//  I1. A dequeue holds head - tail values, at the places tail … head - 1 of its ring; every other place is empty.
//  I2. In a chain each dequeue has twice the places of the one before it. The owner puts into the last one only, thieves
//      take from the first; one that thieves have emptied and that is not the last leaves the chain.
//
// Source: Go src/sync/poolqueue.go (1.27). Differs: one thread, so head and tail need not be packed into one word that
// is changed by compare-and-swap.

/** Places of the first dequeue of a chain. Go: initSize */
const FIRST_PLACES = 8;
/** Places of the largest one. Go: dequeueLimit */
const MOST_PLACES = 2 ** 30;

/** A ring of a fixed size. */
export class PoolDequeue<T> {
  next: PoolDequeue<T> | null = null;
  before: PoolDequeue<T> | null = null;
  readonly places: number;
  readonly #ring: (T | undefined)[] = [];
  #head = 0;
  #tail = 0;

  /** `places`: a power of two. */
  constructor(places: number) {
    this.places = places;
  }

  /** Puts `x` at the head; false when there is no room. For the owner. */
  pushHead(x: T): boolean {
    if (this.#head - this.#tail === this.places) return false;
    this.#ring[this.#head % this.places] = x;
    this.#head++;
    return true;
  }

  /** Takes what was put last; undefined when there is nothing. For the owner. */
  popHead(): T | undefined {
    if (this.#head === this.#tail) return undefined;
    this.#head--;
    return this.#take(this.#head);
  }

  /** Takes what was put first; undefined when there is nothing. For everybody. */
  popTail(): T | undefined {
    return this.#head === this.#tail ? undefined : this.#take(this.#tail++);
  }

  #take(at: number): T {
    const place = at % this.places;
    const x = this.#ring[place] as T;
    this.#ring[place] = undefined; // I1: it is not ours any more
    return x;
  }
}

/** Dequeues in a row, without an end. */
export class PoolChain<T> {
  #head: PoolDequeue<T> | null = null;
  #tail: PoolDequeue<T> | null = null;

  /** Puts `x` at the head. For the owner. */
  pushHead(x: T): void {
    const last = this.#head;
    if (last?.pushHead(x) === true) return;
    const added = new PoolDequeue<T>(
      last === null ? FIRST_PLACES : Math.min(last.places * 2, MOST_PLACES), // I2
    );
    added.before = last;
    if (last === null) this.#tail = added;
    else last.next = added;
    this.#head = added;
    added.pushHead(x);
  }

  /** Takes what was put last. For the owner. */
  popHead(): T | undefined {
    for (let d = this.#head; d !== null; d = d.before) {
      const x = d.popHead();
      if (x !== undefined) return x;
    }
    return undefined;
  }

  /** Takes what was put first. For everybody. */
  popTail(): T | undefined {
    for (let d = this.#tail; d !== null; d = d.next) {
      const x = d.popTail();
      if (x !== undefined) return x;
      if (d.next === null) return undefined;
      d.next.before = null; // I2
      this.#tail = d.next;
    }
    return undefined;
  }
}
