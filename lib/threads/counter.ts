// Counter: a sum that many threads add to, each in a cell of its own on a line of its own.
//
// One shared word costs 99 ns an addition with two threads, because its line travels between the cores; a line per
// thread 8.5 ns. Reading adds the cells up.
//
// Invariants:
//  I1. A thread adds to the cell of its number, modulo the cells. Two threads may meet there, so additions are atomic.
//
// Source: java.util.concurrent.atomic.LongAdder, without its growing.

import { checkCount, type Handle, LINE_BYTES, type Placement, place, type Shared } from "./memory.js";
import { thisThread } from "./thread.js";

const CELLS = 1;
const CELL_WORDS = LINE_BYTES / 4;
const DEFAULT_CELLS = 16;
const MOST_CELLS = 4096;

/** Options of a new counter. */
export interface CounterOptions extends Placement {
  /** How many threads add without sharing a cache line. Default: 16. */
  readonly cells?: number;
}

/**
 * A sum for many writers and few readers. Starts at 0.
 *
 * **Cost:** `add` is one atomic addition on a line that is (nearly) this thread's own; `sum` loads every cell.
 * **Limits:** `sum` while others add is a value that may never have been the total at one instant; each cell counts
 * within 32 bits signed.
 *
 * @throws {RangeError} ``Counter: expected `cells` to be an integer from 1 to 4096, got 0``
 * @example
 * const hits = new Counter();
 * await team(2, (t, hits) => { for (let i = 0; i < 500; i++) hits.add(); }, { args: [hits] });
 * console.log(hits.sum()); // prints: 1000
 */
export class Counter implements Shared {
  readonly handle: Handle;
  readonly #words: Int32Array;
  readonly #cells: number;
  readonly #mine: number;

  constructor(options: CounterOptions = {}) {
    const { at, cells = DEFAULT_CELLS } = options;
    if (at === undefined) checkCount("Counter", "cells", cells, 1, MOST_CELLS);
    this.handle = place("Counter", at === undefined ? (cells + 1) * LINE_BYTES : LINE_BYTES, options);
    const { buffer, offset } = this.handle;
    const header = new Int32Array(buffer, offset, CELL_WORDS);
    // ORDER: none needed; before anybody else can have the handle.
    if (at === undefined) Atomics.store(header, CELLS, cells);
    this.#cells = header[CELLS]!;
    this.#words = new Int32Array(buffer, offset, (this.#cells + 1) * CELL_WORDS);
    this.#mine = ((thisThread % this.#cells) + 1) * CELL_WORDS;
  }

  /** Attaches to the counter that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Counter {
    return new Counter({ at: handle });
  }

  /** Adds `n`, an integer. */
  add(n = 1): void {
    Atomics.add(this.#words, this.#mine, n); // I1. ORDER: release; pairs with the load in sum
  }

  /** The sum of all additions. */
  sum(): number {
    let sum = 0;
    for (let cell = 1; cell <= this.#cells; cell++) {
      sum += Atomics.load(this.#words, cell * CELL_WORDS); // ORDER: acquire; pairs with the addition in add
    }
    return sum;
  }
}
