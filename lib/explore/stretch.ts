// Stretch: what a run of consecutive schedules of a sample showed. One thread explores one stretch after the other.
//
// Invariants:
//  I1. What two neighbouring stretches showed, joined, is what one stretch over both shows: so a search may be cut anywhere.

import { LockRuns, type SeenLockRun } from "../detect/index.js";
import type { Coverage, Verdict } from "../event/index.js";
import { sumOf } from "./coverage.js";
import { gatherLocks } from "./crossruns.js";
import { type Outcome, Outcomes } from "./outcomes.js";
import type { Portfolio } from "./portfolio.js";
import type { Search } from "./search.js";

/** Plain data, as far as the program's results are. */
export interface Stretch<T> {
  readonly from: number;
  /** How many schedules ran: those from `from` on. */
  readonly ran: number;
  /** The first that failed. */
  readonly failed?: number;
  /** Its verdict, or `ok`. */
  readonly verdict: Verdict;
  readonly outcomes: readonly Outcome<T>[];
  readonly coverage: readonly Coverage[];
  readonly lockRuns: readonly SeenLockRun[];
}

/** Runs schedules `from` to `to - 1`, but nothing after a failure when `stopsAtFirst`, or after `goesOn` says no. */
export async function runStretch<S, T>(
  search: Search<S, T>,
  portfolio: Portfolio<S, T>,
  [from, to]: readonly [number, number],
  goesOn: (ran: number, verdict: string) => Promise<boolean> | null = () => null,
): Promise<Stretch<T>> {
  const outcomes = new Outcomes<T>();
  let failed: number | undefined;
  let verdict: Verdict = "ok";
  let ran = 0;
  search.meetings?.clear();
  search.lockRuns?.clear();
  for (let index = from; index < to; index++) {
    const seen = portfolio.run(index);
    ran++;
    outcomes.add(seen, index);
    gatherLocks(search, seen, index);
    if (seen.verdict !== "ok" && failed === undefined) {
      failed = index;
      verdict = seen.verdict;
      if (search.options.stopAt !== "never") break;
    }
    const pause = goesOn(ran, verdict);
    if (pause !== null && !(await pause)) break;
  }
  return {
    from,
    ran,
    ...(failed === undefined ? {} : { failed }),
    verdict,
    outcomes: outcomes.list(),
    coverage: search.meetings?.list() ?? [],
    lockRuns: search.lockRuns?.list() ?? [],
  };
}

/** One stretch out of several that follow one another (I1). */
export function join<T>(stretches: readonly Stretch<T>[]): Stretch<T> {
  const outcomes = new Outcomes<T>();
  for (const { outcomes: some } of stretches) for (const outcome of some) outcomes.merge(outcome);
  const locks = new LockRuns();
  for (const { lockRuns } of stretches) for (const run of lockRuns) locks.merge(run);
  const first = stretches.find((stretch) => stretch.failed !== undefined);
  return {
    from: stretches[0]?.from ?? 0,
    ran: stretches.reduce((sum, { ran }) => sum + ran, 0),
    ...(first?.failed === undefined ? {} : { failed: first.failed }),
    verdict: first?.verdict ?? "ok",
    outcomes: outcomes.list(),
    coverage: sumOf(stretches.flatMap(({ coverage }) => coverage)),
    lockRuns: locks.list(),
  };
}
