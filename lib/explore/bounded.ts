// bounded: every schedule with at most so many preemptions, one after the other, without reduction.
//
// A preemption is a choice of another goroutine while the last one could go on; giving way (gosched) and a timer that
// fires are none. Most bugs need one or two (Musuvathi and Qadeer, "Iterative Context Bounding", PLDI 2007).
//
// Rejected: sleep sets. Under a bound the schedule that covers a sleeping one may be beyond the bound, so they would
// hide failures. Without a bound this is brute force, which is what the tests compare the reduction with.

import { type G, type Strategy, TIMER } from "../runtime/index.js";

import { isPreemption } from "./preemptions.js";
import { Recording } from "./recording.js";

interface Choice {
  readonly options: readonly number[];
  at: number;
}

export class Bounded implements Strategy {
  /** Hears of the run; set it before each. */
  recording = new Recording();
  readonly #bound: number;
  readonly #path: Choice[] = [];
  #depth = 0;
  #preemptions = 0;

  constructor(preemptions = Number.POSITIVE_INFINITY) {
    this.#bound = preemptions;
  }

  begin(): void {
    this.#depth = 0;
    this.#preemptions = 0;
  }

  next(runnable: readonly G[], last: G | null, hasTimer: boolean): number {
    const isFree = last === null || last.kind?.name === "gosched";
    const choice = this.#path[this.#depth] ?? this.#fresh(runnable, last, hasTimer, isFree);
    this.#depth++;
    const chosen = choice.options[choice.at] as number;
    if (isPreemption(chosen, last)) this.#preemptions++;
    if (chosen === TIMER) this.recording.open(TIMER, (runnable[0] as G).rt.steps); // also when it wakes nobody
    return chosen;
  }

  pick(count: number): number {
    let choice = this.#path[this.#depth];
    if (choice === undefined) {
      choice = { options: Array.from({ length: count }, (_, i) => i), at: 0 };
      this.#path.push(choice);
    }
    this.#depth++;
    const option = choice.options[choice.at] as number;
    this.recording.picked(option);
    return option;
  }

  /** Goes to the next schedule; false when there is none. */
  advance(): boolean {
    for (let choice = this.#path.at(-1); choice !== undefined; choice = this.#path.at(-1)) {
      if (++choice.at < choice.options.length) return true;
      this.#path.pop();
    }
    return false;
  }

  #fresh(runnable: readonly G[], last: G | null, hasTimer: boolean, isFree: boolean): Choice {
    const others = runnable.map((g) => g.id).filter((id) => id !== last?.id);
    others.sort((a, b) => a - b);
    const options = last === null ? [] : [last.id];
    if (isFree || this.#preemptions < this.#bound) options.push(...others);
    if (hasTimer) options.push(TIMER);
    const choice = { options, at: 0 };
    this.#path.push(choice);
    return choice;
  }
}
