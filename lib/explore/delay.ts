// delay: delay-bounded scheduling. A fixed order decides, whoever runs goes on until it waits, and at a few random steps
// the one whose turn it is loses it to the next.
//
// Most bugs need few deviations from an ordinary run, and this one spends its whole budget near the ordinary run.
//
// Invariants:
//  I1. Between delays the run is that of a round robin without preemption: by goroutine id, from whoever ran last.
//  I2. Whoever has gone on for too long (fairness.ts) loses the turn as well, so that loops end.
//  I3. A pending timer is the last in the round.
//
// Source: Emmi, Qadeer, Rakamarić, "Delay-Bounded Scheduling" (POPL 2011), with the delays drawn at random; their number
// is 0 to 3, drawn for each schedule.

import { type Estimate, type G, Random, type Strategy, TIMER } from "../runtime/index.js";
import { Fairness } from "./fairness.js";

const MAX_DELAYS = 3;
const UNKNOWN_CHOICES = 50;

export class Delay implements Strategy {
  readonly #random = new Random("1");
  readonly #fairness = new Fairness();
  readonly #delays: number[] = [];
  #choices = 0;
  /** Whose turn it is: the first in the round that can go on, from here. */
  #turn = 0;

  begin(seed: string, index: number, estimate?: Estimate): void {
    this.#random.reseed(seed, index);
    const choices = Math.max(1, estimate?.choices ?? UNKNOWN_CHOICES);
    this.#delays.length = 0;
    const count = this.#random.below(MAX_DELAYS + 1);
    for (let i = 0; i < count; i++) this.#delays.push(1 + this.#random.below(choices));
    this.#choices = 0;
    this.#turn = 1;
    this.#fairness.begin();
  }

  next(runnable: readonly G[], _current: G | null, hasTimer: boolean): number {
    this.#choices++;
    let id = first(runnable, hasTimer, this.#turn);
    for (const at of this.#delays) {
      if (at === this.#choices) id = first(runnable, hasTimer, id === TIMER ? 1 : id + 1);
    }
    this.#turn = id;
    if (id === TIMER) this.#turn = 1;
    else if (this.#fairness.isSpent(runnable.find((g) => g.id === id) as G)) this.#turn = id + 1; // I2
    return id;
  }

  pick(count: number): number {
    return this.#random.below(count);
  }
}

/** The runnable goroutine with the lowest id from `from` on; then the timer (I3); then from the start. */
function first(runnable: readonly G[], hasTimer: boolean, from: number): number {
  let after = Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  for (const { id } of runnable) {
    if (id >= from && id < after) after = id;
    if (id < least) least = id;
  }
  if (after < Number.POSITIVE_INFINITY) return after;
  return hasTimer ? TIMER : least;
}
