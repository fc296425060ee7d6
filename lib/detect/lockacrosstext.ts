// The words of a lock order that can deadlock and whose links come from different schedules.

import type { LockOrderData, LockStep } from "../event/index.js";
import { namesOf, stepRows, takes, who } from "./lockordertext.js";

/** Steps and writers shown one by one, three lines each: reports stay under 40 lines. */
const MOST_STEPS = 7;
const MOST_WRITERS = 3;

/** Several lines: a summary, three for each goroutine, the writers in line, the rule, the next step. */
export function acrossText({ steps, writers, advice }: LockOrderData): string {
  const rows = steps.slice(0, MOST_STEPS).flatMap((step) => [...stepRows(step), seenIn(step)]);
  if (steps.length > MOST_STEPS) rows.push(`  and ${steps.length - MOST_STEPS} more`);
  for (const writer of writers.slice(0, MOST_WRITERS)) {
    rows.push(`  ${who(writer)} ${takes(writer)}`);
    rows.push("    while it waits in line, it keeps new readers out", seenIn(writer));
  }
  return [
    summary(steps),
    ...rows,
    "No schedule showed all of them. Each two stand in one schedule, where they hold no lock in common and nothing but",
    "locks orders them, so it is foretold that all can be there at once. Numbers are those of the schedule named.",
    `next: ${advice}`,
  ].join("\n");
}

function summary(steps: readonly LockStep[]): string {
  const names = namesOf(steps);
  if (steps.length === 1) {
    return `lock order: ${who(steps[0] as LockStep)} locks ${names[0]} for reading twice, in one schedule; a writer, seen in another one, between the two blocks both`;
  }
  const shown = names.length > MOST_STEPS ? [...names.slice(0, MOST_STEPS), "…"] : names;
  const what = `${names.length} locks are taken in a circle (${[...shown, names[0]].join(" → ")})`;
  return `lock order: ${what}, over several schedules; one that brings them together can deadlock`;
}

function seenIn({ schedule }: LockStep): string {
  return `    seen in schedule ${schedule}`;
}
