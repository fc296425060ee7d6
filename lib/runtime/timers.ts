// Timers: pending deadlines in a 4-ary heap, ordered by time and then by order of creation.
//
// Invariants:
//  I1. The entry at i is not later than those at 4i+1 … 4i+4.
//  I2. An entry is a timer and, in #keys, the time and the number with which it was added. They lie side by side, so
//      that sifting through a big heap compares neighbours in memory and visits no timer at all.
//  I3. An entry is stale when its timer was removed, or added anew. A stale one costs nothing where it lies; it goes
//      when it comes to the top, or when more than half of all are stale. So removing is O(1).
//
// Source: Go src/runtime/time.go uses 4-ary heaps per P and leaves stopped timers in them (timerZombie), too; here there
// is one heap, since a run is one thread, and one more per synctest bubble.

/** A deadline on the runtime's clock. Add it with `Timers.add`; `fire` is called when its time has come. */
export class Timer {
  whenNs = 0;
  seq = 0;
  /** Where it is pending, or null. */
  heap: Timers | null = null;
  readonly #f: (() => void) | null;

  /** `f` is what `fire` calls; a subclass that says itself what happens needs none. */
  constructor(f: (() => void) | null = null) {
    this.#f = f;
  }

  fire(): void {
    this.#f?.();
  }

  /** True when it starts a goroutine, which may do anything; others wake who waits for them. */
  get startsGoroutine(): boolean {
    return false;
  }
}

/** Fewer stale entries than this are left alone. */
const SWEEP_AT = 32;

/** Most runs of a search have no timer at all, and a typed array is dear to make. */
const NO_KEYS = new Float64Array(0);

export class Timers {
  readonly #entries: Timer[] = [];
  /** whenNs and seq of each entry, by turns (I2). */
  #keys = NO_KEYS;
  #seq = 0;
  #stale = 0;

  get length(): number {
    return this.#entries.length - this.#stale;
  }

  /** True when one that is pending starts a goroutine. O(n) */
  get startGoroutines(): boolean {
    return this.#entries.some((timer, i) => this.#isPending(i) && timer.startsGoroutine);
  }

  /** The earliest timer, or undefined. */
  peek(): Timer | undefined {
    while (this.#stale > 0 && this.#entries.length > 0 && !this.#isPending(0)) this.#dropTop();
    return this.#entries[0];
  }

  /** The timers that are due first, at most `most` of them; the one that was added first comes first. O(most). */
  earliest(most: number): readonly Timer[] {
    const found: Timer[] = [];
    if (this.peek() === undefined) return found;
    const dueNs = this.#keys[0];
    const places = [0];
    for (let i = places.pop(); i !== undefined && found.length < most; i = places.pop()) {
      if (i >= this.#entries.length || this.#keys[2 * i] !== dueNs) continue; // I1: nothing below it is due either
      if (this.#isPending(i)) found.push(this.#entries[i] as Timer);
      for (let child = 4 * i + 4; child > 4 * i; child--) places.push(child);
    }
    return found;
  }

  /** Adds a timer that is in no heap. O(log n). */
  add(timer: Timer, whenNs: number): void {
    timer.whenNs = whenNs;
    timer.seq = this.#seq++;
    timer.heap = this;
    const at = this.#entries.push(timer) - 1;
    if (2 * at === this.#keys.length) this.#grow();
    this.#up(timer, whenNs, timer.seq, at);
  }

  /** Removes a timer; false when it was not pending. O(1) amortised. */
  remove(timer: Timer): boolean {
    const { heap } = timer;
    if (heap === null) return false;
    timer.heap = null;
    heap.#leave(timer);
    return true;
  }

  #leave(timer: Timer): void {
    const last = this.#entries.length - 1;
    if (this.#entries[last] === timer && this.#keys[2 * last + 1] === timer.seq) {
      this.#entries.pop();
      return;
    }
    this.#stale++; // I3
    if (this.#stale > SWEEP_AT && 2 * this.#stale > this.#entries.length) this.#sweep();
  }

  #isPending(i: number): boolean {
    const timer = this.#entries[i] as Timer;
    return timer.heap === this && timer.seq === this.#keys[2 * i + 1];
  }

  #grow(): void {
    const keys = new Float64Array(Math.max(2 * SWEEP_AT, 2 * this.#keys.length));
    keys.set(this.#keys);
    this.#keys = keys;
  }

  /** Puts `timer` where it belongs between place `at` and the top. */
  #up(timer: Timer, whenNs: number, seq: number, at: number): void {
    const keys = this.#keys;
    let i = at;
    while (i > 0) {
      const above = (i - 1) >> 2;
      const aboveNs = keys[2 * above] as number;
      if (aboveNs < whenNs || (aboveNs === whenNs && (keys[2 * above + 1] as number) < seq)) break;
      this.#entries[i] = this.#entries[above] as Timer;
      keys[2 * i] = aboveNs;
      keys[2 * i + 1] = keys[2 * above + 1] as number;
      i = above;
    }
    this.#entries[i] = timer;
    keys[2 * i] = whenNs;
    keys[2 * i + 1] = seq;
  }

  /** Takes away the top, which is stale: the hole sinks to a leaf, and the last entry fills it. */
  #dropTop(): void {
    this.#stale--;
    const entries = this.#entries;
    const keys = this.#keys;
    const last = entries.pop() as Timer;
    const count = entries.length;
    if (count === 0) return;
    let hole = 0;
    for (let first = 1; first < count; first = 4 * hole + 1) {
      const least = this.#earliestOf(first, Math.min(first + 4, count));
      entries[hole] = entries[least] as Timer;
      keys[2 * hole] = keys[2 * least] as number;
      keys[2 * hole + 1] = keys[2 * least + 1] as number;
      hole = least;
    }
    this.#up(last, keys[2 * count] as number, keys[2 * count + 1] as number, hole);
  }

  /** The place of the earliest entry from `first` up to before `end`. */
  #earliestOf(first: number, end: number): number {
    const keys = this.#keys;
    let least = first;
    let leastNs = keys[2 * first] as number;
    for (let i = first + 1; i < end; i++) {
      const whenNs = keys[2 * i] as number;
      if (whenNs > leastNs) continue;
      if (whenNs === leastNs && (keys[2 * i + 1] as number) > (keys[2 * least + 1] as number)) continue;
      least = i;
      leastNs = whenNs;
    }
    return least;
  }

  /** Takes away all stale entries. O(n). What stays is in order nearly, so that nothing moves far. */
  #sweep(): void {
    let kept = 0;
    for (let i = 0; i < this.#entries.length; i++) {
      if (!this.#isPending(i)) continue;
      const timer = this.#entries[i] as Timer;
      this.#up(timer, timer.whenNs, timer.seq, kept++);
    }
    this.#entries.length = kept;
    this.#stale = 0;
  }
}
