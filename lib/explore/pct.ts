// pct: probabilistic concurrency testing. Every goroutine has a random priority and the highest one runs; at `depth` - 1
// random steps the priority of whoever runs drops below all others.
//
// A bug that needs d orderings is found by a schedule of that depth with probability 1 / (n · k^(d-1)) or better, for n
// goroutines and k choices: a promise that no random walk can give.
//
// Invariants:
//  I1. Priorities from 1 on were drawn; those between 0 and 1 come from change points, each its own; those below 0
//      from giving way, later ones lower.
//  I2. Whoever has gone on for too long (fairness.ts) goes below all others, and a timer that was passed over for too
//      long fires: loops that wait for somebody else end.
//
// Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of Finding
// Bugs" (ASPLOS 2010). Differs: the depth is drawn from 1 to 3 for each schedule; k comes from one earlier run; I2 is
// shuttle's and ours; a timer is one more goroutine with a new priority for each firing, every other time the lowest.

import { type Estimate, type G, Random, type Strategy, TIMER } from "../runtime/index.js";
import { Fairness } from "./fairness.js";

const MAX_DEPTH = 3;
/** The number of choices to expect when no run was seen. */
const UNKNOWN_CHOICES = 50;
/** How often a timer may be passed over. */
const PATIENCE = 100;

export class Pct implements Strategy {
  readonly #random = new Random("1");
  readonly #fairness = new Fairness();
  readonly #fixedDepth: number | undefined;
  /** By goroutine id; index 0 is the timer. */
  readonly #priorities: (number | undefined)[] = [];
  readonly #changes: number[] = [];
  #choices = 0;
  #lowest = 0;
  /** How often a timer could have fired and did not. */
  #passedOver = 0;

  /** `depth`: that of every schedule; without it, each has its own from 1 to 3. */
  constructor(depth?: number) {
    this.#fixedDepth = depth;
  }

  begin(seed: string, index: number, estimate?: Estimate): void {
    this.#random.reseed(seed, index);
    const depth = this.#fixedDepth ?? 1 + this.#random.below(MAX_DEPTH);
    const choices = Math.max(1, estimate?.choices ?? UNKNOWN_CHOICES);
    this.#priorities.length = 0;
    this.#changes.length = 0;
    for (let i = 1; i < depth; i++) this.#changes.push(1 + this.#random.below(choices));
    this.#choices = 0;
    this.#lowest = 0;
    this.#fairness.begin();
    this.#passedOver = 0;
  }

  next(runnable: readonly G[], _current: G | null, hasTimer: boolean): number {
    this.#choices++;
    if (hasTimer && ++this.#passedOver > PATIENCE) this.#priorities[TIMER] = Number.POSITIVE_INFINITY; // I2
    const change = this.#changes.indexOf(this.#choices);
    let top = this.#top(runnable, hasTimer);
    if (change >= 0) {
      this.#priorities[top] = (MAX_DEPTH - change) / (MAX_DEPTH + 1);
      top = this.#top(runnable, hasTimer);
    }
    if (top === TIMER) {
      this.#priorities[TIMER] = undefined;
      this.#passedOver = 0;
    } else if (this.#fairness.isSpent(runnable.find((g) => g.id === top) as G)) {
      this.#priorities[top] = --this.#lowest; // I2
    }
    return top;
  }

  pick(count: number): number {
    return this.#random.below(count);
  }

  #top(runnable: readonly G[], hasTimer: boolean): number {
    let best = hasTimer ? TIMER : -1;
    let most = hasTimer ? this.#priorityOf(TIMER) : Number.NEGATIVE_INFINITY;
    for (const g of runnable) {
      const priority = this.#priorityOf(g.id);
      if (priority < most || (priority === most && best < g.id)) continue;
      best = g.id;
      most = priority;
    }
    return best;
  }

  #priorityOf(id: number): number {
    let priority = this.#priorities[id];
    if (priority === undefined) {
      const isLast = id === TIMER && this.#random.below(2) === 0; // after everybody, also those who gave way
      priority = isLast ? Number.NEGATIVE_INFINITY : 1 + this.#random.below(1 << 30) / (1 << 30); // I1
      this.#priorities[id] = priority;
    }
    return priority;
  }
}
