// Failure: what is reported of a failing schedule, and how a search is put into words.

import type { Exploration, Report, Verdict } from "../event/index.js";
import { blame } from "./foreign.js";
import type { Search, Seen } from "./search.js";
import { scheduleOfSeen } from "./search.js";
import { shrink } from "./shrink.js";

/** Shrinks a failing run, and reports what is left from its replay, with events. */
export function reportFailure<S, T>(search: Search<S, T>, seen: Seen<T>): Report<T> {
  const small = shrink(search, seen);
  if (!seen.rt.isControlled) return search.replay(small.schedule, true);
  const again = search.replay(small.schedule, false);
  const traced = search.replay(small.schedule, true);
  if (traced.verdict === small.verdict && again.verdict === small.verdict) {
    return { ...traced, seed: search.seed, schedule: small.schedule };
  }
  const other = again.verdict === small.verdict ? traced.verdict : again.verdict;
  const why = blame(() => search.replay(small.schedule, false));
  const message = `schedule ${small.schedule} ended with ${small.verdict}, and its replay with ${other}. ${why}`;
  return diverged(traced, message);
}

function diverged<T>(report: Report<T>, message: string): Report<T> {
  const finding = { verdict: "diverged" as const, message, goroutines: [], at: [] };
  return { ...report, verdict: "diverged", findings: [finding, ...report.findings] };
}

/** True when two runs of one schedule did the same. */
export function isSame(a: Seen<unknown>, b: Seen<unknown>): boolean {
  return a.verdict === b.verdict && a.rt.steps === b.rt.steps && scheduleOfSeen(a) === scheduleOfSeen(b);
}

/**
 * What explore returns for a program whose first schedule ended differently the second time. `rerun` runs it again, to
 * see what of the host it uses.
 */
export function refused<T>(a: Seen<T>, b: Seen<T>, rerun: () => unknown): Exploration<T> {
  const message = `the same seed gave two different runs (${a.rt.steps} steps, ${a.verdict}; then ${b.rt.steps} steps, ${b.verdict}). ${blame(rerun)}`;
  const failure = diverged(b.report(), message);
  return { verdict: "diverged", failure, outcomes: [], schedules: 1, claim: `refused: ${message}` };
}

/** What a sample of schedules allows to say. */
export function sampleClaim(how: string, count: number, budget: number, verdict?: Verdict): string {
  const tried = count === 1 ? "1 schedule" : `${count} schedules`;
  if (verdict !== undefined) return `${verdict} found within ${tried} (${how})`;
  const rest = count < budget ? `; the time fuse ended it before ${budget}` : "";
  return `nothing wrong in ${tried} (${how})${rest}`;
}
