// Preemptions: how often a run took the turn from a goroutine that could have gone on. The fewer, the easier a failure is
// to understand: between them everybody runs until it waits.

import { type G, type Strategy, TIMER } from "../runtime/index.js";

/** True when choosing `chosen` keeps `last` from going on; giving way (gosched) and timers are no preemptions. */
export function isPreemption(chosen: number, last: G | null): boolean {
  return last !== null && last.kind?.name !== "gosched" && chosen !== last.id && chosen !== TIMER;
}

/** Does what another strategy does, and counts. */
export class Counting implements Strategy {
  preemptions = 0;
  readonly #inner: Strategy;

  constructor(inner: Strategy) {
    this.#inner = inner;
  }

  begin(): void {
    this.preemptions = 0;
  }

  next(runnable: readonly G[], last: G | null, hasTimer: boolean): number {
    const chosen = this.#inner.next(runnable, last, hasTimer);
    if (isPreemption(chosen, last)) this.preemptions++;
    return chosen;
  }

  pick(count: number): number {
    return this.#inner.pick(count);
  }
}
