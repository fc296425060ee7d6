// urw: the uniform random walk. Who goes on is drawn in proportion to how many steps each still has to do, so that every
// interleaving of independent goroutines is equally likely, and not only every choice.
//
// A plain random walk gives the interleavings in which a short goroutine ends early most of the weight: of one step
// beside ten, the order "last" has 1/1024 instead of 1/11.
//
// Invariants:
//  I1. The steps of goroutines that are not yet created count for whoever will create them.
//  I2. Whoever can go on has a weight of at least 1, also when it has done more than was expected.
//
// Source: Zhao, Wolff, Mathur, Roychoudhury, "Selectively Uniform Concurrency Testing" (ASPLOS 2025), its base
// algorithm. How many steps there are is taken from one earlier run; without one it is a random walk.

import { type Estimate, type G, Random, type Strategy, TIMER } from "../runtime/index.js";

export class Urw implements Strategy {
  readonly #random = new Random("1");
  #estimate: Estimate | undefined;
  /** By goroutine id: own steps still to do; index 0 is the timer. */
  #left: number[] = [];
  /** By goroutine id: those it will create, not created yet. */
  #children: number[][] = [];
  /** By goroutine id: whether it exists. */
  #wasSeen: boolean[] = [];
  #steps = 0;

  begin(seed: string, index: number, estimate?: Estimate): void {
    this.#random.reseed(seed, index);
    if (estimate !== this.#estimate || this.#children.length === 0) {
      this.#estimate = estimate;
      this.#children = [];
      estimate?.createdBy.forEach((by, id) => {
        if (by > 0) {
          this.#children[by] ??= [];
          this.#children[by]?.push(id);
        }
      });
    }
    this.#left = estimate === undefined ? [] : [...estimate.steps];
    this.#wasSeen = [];
    this.#steps = 0;
  }

  next(runnable: readonly G[], _current: G | null, hasTimer: boolean): number {
    this.#catchUp(runnable[0] as G);
    for (const g of runnable) this.#wasSeen[g.id] = true;
    let total = hasTimer ? this.#weight(TIMER) : 0;
    for (const g of runnable) total += this.#weight(g.id);
    let at = this.#random.below(total);
    for (const g of runnable) {
      at -= this.#weight(g.id);
      if (at < 0) return this.#takes(g.id);
    }
    return this.#takes(TIMER);
  }

  pick(count: number): number {
    return this.#random.below(count);
  }

  /** Takes off the steps since the last choice: there was no choice, so whoever ran last went on. */
  #catchUp({ rt }: G): void {
    const last = rt.lastG?.id;
    if (last !== undefined) this.#left[last] = (this.#left[last] ?? 1) - (rt.steps - this.#steps - 1);
    this.#steps = rt.steps;
  }

  #takes(id: number): number {
    this.#left[id] = (this.#left[id] ?? 1) - 1;
    return id;
  }

  #weight(id: number): number {
    let weight = Math.max(1, this.#left[id] ?? 1); // I2
    for (const child of this.#children[id] ?? []) {
      if (this.#wasSeen[child] !== true) weight += this.#weight(child); // I1
    }
    return weight;
  }
}
