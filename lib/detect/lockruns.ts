// LockRuns: how the runs of a search used their locks. Runs that used them alike are kept once.
//
// Invariants:
//  I1. What is kept are the first kinds of runs, in the order of schedules: the same whoever ran which of them, and
//      however the search was cut into stretches.

import type { LockRun } from "./lockrun.js";

/** A run, and the schedule that showed it first. Plain data. */
export interface SeenLockRun {
  readonly run: LockRun;
  /** The index of the schedule that `schedule` names. */
  readonly index: number;
  readonly schedule: string;
}

/** Kinds of runs that are kept: what comes after so many different ones is not looked at. */
const MOST_RUNS = 500;

export class LockRuns {
  readonly #byKey = new Map<string, SeenLockRun>();

  /** True when nothing more is kept. Only for schedules that are added in order (I1). */
  get isFull(): boolean {
    return this.#byKey.size >= MOST_RUNS;
  }

  /** Adds what schedule number `index` showed; its text is made when it is kept. */
  add(run: LockRun, index: number, schedule: () => string): void {
    if (this.isFull || tellsNothing(run)) return;
    const key = JSON.stringify(run);
    if (!this.#byKey.has(key)) this.#byKey.set(key, { run, index, schedule: schedule() });
  }

  /** Adds what another search over later or earlier schedules has kept. */
  merge(other: SeenLockRun): void {
    const key = JSON.stringify(other.run);
    const known = this.#byKey.get(key);
    if (known === undefined || other.index < known.index) this.#byKey.set(key, other);
  }

  /** In the order of schedules. */
  list(): SeenLockRun[] {
    return [...this.#byKey.values()].sort((a, b) => a.index - b.index).slice(0, MOST_RUNS);
  }

  clear(): void {
    this.#byKey.clear();
  }
}

/** True for a run of which no cycle can be made, and which keeps no other run's cycle from being one. */
function tellsNothing({ uses, locks }: LockRun): boolean {
  return uses.length === 0 && locks.every(({ isSignal, names }) => !isSignal && names.length === 1);
}
