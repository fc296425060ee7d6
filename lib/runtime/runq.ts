// RunQueue: goroutines that are ready to run, first in first out. A ring that doubles when it is full.

import type { G } from "./g.js";

/** Who runs next in a direct run. */
export interface DirectQueue {
  /** Makes `g` the one to run after all that are ready (fifo), or next on this P (gmp). */
  push(g: G): void;
  /** `g` gives way to all that are ready. */
  yielded(g: G): void;
  /** Takes the next one, or null when nobody can run. */
  shift(): G | null;
  /** The real clock was read. */
  clockRead(nowNs: number): void;
}

export class RunQueue implements DirectQueue {
  #ring: (G | null)[] = new Array<G | null>(64).fill(null);
  #mask = 63;
  #head = 0;
  #tail = 0;

  get length(): number {
    return (this.#tail - this.#head) & this.#mask;
  }

  push(g: G): void {
    this.#ring[this.#tail] = g;
    this.#tail = (this.#tail + 1) & this.#mask;
    if (this.#tail === this.#head) this.#grow();
  }

  yielded(g: G): void {
    this.push(g);
  }

  shift(): G | null {
    const head = this.#head;
    if (head === this.#tail) return null;
    const ring = this.#ring;
    const g = ring[head] as G;
    ring[head] = null;
    this.#head = (head + 1) & this.#mask;
    return g;
  }

  clockRead(): void {}

  #grow(): void {
    const old = this.#ring;
    const size = old.length;
    const ring = new Array<G | null>(size * 2).fill(null);
    for (let i = 0; i < size; i++) ring[i] = old[(this.#head + i) & this.#mask] as G;
    this.#ring = ring;
    this.#mask = size * 2 - 1;
    this.#head = 0;
    this.#tail = size;
  }
}
