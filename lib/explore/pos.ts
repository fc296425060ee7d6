// pos: partial order sampling. Every pending operation has a random priority; when one is performed, those that race
// with it draw again.
//
// Where a random walk spreads its choices over orders that make no difference, this one spreads them over the orders of
// operations that conflict.
//
// Source: Yuan, Yang, Gu, "Partial Order Aware Concurrency Sampling" (CAV 2018). Differs: a timer that may fire is one
// more pending operation, which races with nothing but its own next firing; and when somebody seems to wait in a loop
// (fairness.ts), all draw again, so that nobody is passed over for ever.

import { type G, Random, type Strategy, TIMER } from "../runtime/index.js";
import { announced } from "./announced.js";
import { Fairness } from "./fairness.js";

export class Pos implements Strategy {
  readonly #random = new Random("1");
  readonly #fairness = new Fairness();
  /** By goroutine id: the priority of its pending operation; undefined when it has to be drawn. */
  readonly #priorities: (number | undefined)[] = [];

  begin(seed: string, index: number): void {
    this.#random.reseed(seed, index);
    this.#priorities.length = 0;
    this.#fairness.begin();
  }

  next(runnable: readonly G[], _current: G | null, hasTimer: boolean): number {
    let best: G | null = null;
    let most = hasTimer ? this.#priorityOf(TIMER) : -1;
    for (const g of runnable) {
      const priority = this.#priorityOf(g.id);
      if (priority < most || (priority === most && best !== null && best.id < g.id)) continue;
      best = g;
      most = priority;
    }
    if (best === null) {
      this.#priorities[TIMER] = undefined;
      return TIMER;
    }
    if (this.#fairness.isSpent(best)) this.#priorities.length = 0;
    else this.#redraw(runnable, best);
    return best.id;
  }

  pick(count: number): number {
    return this.#random.below(count);
  }

  /** The operation of `chosen` is performed: it and those that race with it need new priorities. */
  #redraw(runnable: readonly G[], chosen: G): void {
    const touched = announced(chosen);
    for (const g of runnable) {
      if (g === chosen || touched.conflictsWith(announced(g))) this.#priorities[g.id] = undefined;
    }
  }

  #priorityOf(id: number): number {
    let priority = this.#priorities[id];
    if (priority === undefined) {
      priority = this.#random.below(1 << 30);
      this.#priorities[id] = priority;
    }
    return priority;
  }
}
