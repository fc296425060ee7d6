// Fairness: who has gone on for so long that it may be waiting for somebody else in a loop.
//
// A strategy that keeps one goroutine running must let go of such a one, or a correct program would never end. It has
// given way (gosched), has only looked at things for READS steps, or has run for STEPS steps, all in a row.
//
// Source: the fairness of Musuvathi and Qadeer, "Fair Stateless Model Checking" (PLDI 2008), reduced to what a sample
// needs.

import type { G } from "../runtime/index.js";
import { isReading } from "./footprint.js";

const STEPS = 100;
const READS = 12;

export class Fairness {
  #last = -1;
  #steps = 0;
  #reads = 0;

  begin(): void {
    this.#last = -1;
  }

  /** True when `chosen` should let others go first, after the step for which it was chosen now. */
  isSpent(chosen: G): boolean {
    if (chosen.id !== this.#last) {
      this.#last = chosen.id;
      this.#steps = 0;
      this.#reads = 0;
    }
    const name = chosen.kind?.name;
    this.#steps++;
    this.#reads = name !== undefined && isReading(name) ? this.#reads + 1 : 0;
    return name === "gosched" || this.#reads >= READS || this.#steps >= STEPS;
  }
}
