// P and M: a processor with its local run queue, and the thread that runs it.
//
// Invariants:
//  I1. The ring holds at most 256 goroutines; what overflows goes to the global queue, half the ring and the new one.
//  I2. A P is idle, running (it has an M), or in a system call (its M is blocked and it may be taken).
//
// Source: Go src/runtime/runtime2.go (p, m), proc.go (runqput, runqget, runqgrab).

import type { G } from "./g.js";

/** Places in a local run queue. Go: len(p.runq) */
export const RING = 256;

export const PStatus = { IDLE: 0, RUNNING: 1, SYSCALL: 2 } as const;
export type PStatus = (typeof PStatus)[keyof typeof PStatus];

/** An operating system's thread, simulated. */
export class M {
  readonly id: number;
  p: P | null = null;
  curg: G | null = null;
  isSpinning = false;
  isBlocked = false;
  constructor(id: number) {
    this.id = id;
  }
}

export class P {
  readonly id: number;
  status: PStatus = PStatus.IDLE;
  m: M | null = null;
  /** Where this P stands on the virtual clock. */
  nowNs = 0;
  /** The goroutine that goes on when this P has its turn: it computes. */
  curg: G | null = null;
  runnext: G | null = null;
  schedtick = 0;
  syscalltick = 0;
  /** When the goroutine that runs now, or the one it inherited its slice from, began. */
  sliceStartNs = 0;
  /** Goroutines that were run within one inherited slice. */
  sliceSteps = 0;
  /** Counts up with each turn: among Ps at the same time, who waited longest is next. */
  turn = 0;
  readonly #ring: (G | null)[] = new Array<G | null>(RING).fill(null);
  #head = 0;
  #tail = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** Goroutines in the ring, without `runnext`. */
  get length(): number {
    return this.#tail - this.#head;
  }

  get hasWork(): boolean {
    return this.#tail !== this.#head || this.runnext !== null;
  }

  /** Puts `g` at the tail; false when the ring is full. */
  push(g: G): boolean {
    if (this.length === RING) return false;
    this.#ring[this.#tail++ & (RING - 1)] = g;
    return true;
  }

  /** Takes the head. */
  shift(): G | null {
    if (this.#tail === this.#head) return null;
    const at = this.#head++ & (RING - 1);
    const g = this.#ring[at] as G;
    this.#ring[at] = null;
    return g;
  }

  /**
   * Moves half of this ring, rounded up, into `thief`, whose ring is empty; returns how many. Go: runqgrab.
   * `runnext` is taken only when the ring is empty and `takesNext` says so.
   */
  stolenBy(thief: P, takesNext: boolean): number {
    const n = this.length - (this.length >> 1);
    for (let i = 0; i < n; i++) thief.push(this.shift() as G);
    if (n > 0 || !takesNext || this.runnext === null) return n;
    thief.push(this.runnext);
    this.runnext = null;
    return 1;
  }
}
