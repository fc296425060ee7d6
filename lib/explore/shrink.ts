// shrink: from a failing schedule to a short one that fails in the same way.
//
// What a schedule string does not say is done by default: whoever runs goes on, or else the goroutine with the
// lowest id (strategy.ts, Replay). So a schedule is simpler the fewer choices it holds: each one left is a switch, a
// timer or a data choice that the failure needs.
//
// Invariants:
//  I1. The result fails with the same verdict as the original.
//  I2. No more than MAX_RUNS schedules are run.
//
// Source: delta debugging (Zeller and Hildebrandt, 2002), with single choices as the deltas.

import type { Report } from "../event/index.js";
import { decodeSchedule, encodeChoices } from "../runtime/index.js";

/** Runs that shrinking may take: a fraction of a second for programs of a lesson's size. */
const MAX_RUNS = 400;

/** Returns `seen`, or the report of a shorter schedule with the same verdict. `run` replays a schedule string. */
export function shrink<T>(seen: Report<T>, run: (schedule: string) => Report<T>): Report<T> {
  const { choices, clock, hash } = decodeSchedule(seen.schedule);
  if (choices === undefined || clock === undefined || seen.verdict === "diverged") return seen;
  let best = { choices, report: seen };
  let runs = 0;
  const tryOut = (shorter: readonly number[]): boolean => {
    if (runs++ >= MAX_RUNS) return false; // I2
    const schedule = encodeChoices(shorter, hash, clock);
    const report = run(schedule);
    if (report.verdict !== seen.verdict) return false; // I1
    best = { choices: shorter, report: { ...report, schedule } };
    return true;
  };
  for (let length = 0; length < choices.length && !tryOut(choices.slice(0, length)); ) length = next(length);
  for (let i = best.choices.length - 1; i >= 0; i--) tryOut(best.choices.filter((_, k) => k !== i));
  return best.report;
}

/** Prefixes are tried one by one at first, then in steps that grow with their length. */
function next(length: number): number {
  return length + 1 + (length >> 4);
}
