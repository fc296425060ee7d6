// crossruns: what all schedules of a search show together, though none of them alone: lock orders.

import { findingsAcross, LockOrderDetector, type SeenLockRun } from "../detect/index.js";
import type { Report } from "../event/index.js";
import type { Runtime } from "../runtime/index.js";
import type { Search, Seen } from "./search.js";
import { scheduleOfSeen } from "./search.js";

/** Adds how the run of schedule `index` used its locks to what the search gathers; nothing when nobody asked. */
export function gatherLocks<S, T>(search: Search<S, T>, seen: Seen<T>, index: number): void {
  const { lockRuns } = search;
  if (lockRuns === null || lockRuns.isFull) return;
  const gathered = lockOrderOf(seen.rt)?.gathered();
  if (gathered) lockRuns.add(gathered.run, index, () => scheduleOfSeen(seen));
}

/** What is wrong with the order of locks over all of `runs`: told on the replay of a schedule that shows its first part. */
export function reportAcross<S, T>(
  search: Search<S, T>,
  runs: readonly SeenLockRun[],
): Report<T> | undefined {
  const findings = findingsAcross(runs, (schedule) => lockOrderOf(search.look(schedule).rt));
  const schedule = findings[0]?.lockOrder?.steps[0]?.schedule;
  if (schedule === undefined) return undefined;
  const report = search.replay(schedule, true);
  return {
    ...report,
    verdict: "lock-order",
    findings: [...findings, ...report.findings],
    seed: search.seed,
    schedule,
  };
}

function lockOrderOf(rt: Runtime): LockOrderDetector | undefined {
  return rt.config.detectors?.find((detector) => detector instanceof LockOrderDetector);
}
