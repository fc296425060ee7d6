// The words of a lock order that can deadlock: who takes which lock where, under which one taken where, what to do.

import type { LockOrderData, LockStep } from "../event/index.js";
import { called, place } from "./words.js";

/** Steps shown one by one, two lines each: reports stay under 40 lines. */
const MOST_STEPS = 8;

/** Several lines: a summary, two for each goroutine, the writers in line, the rule, the next step. */
export function lockOrderText({ steps, writers, advice }: LockOrderData): string {
  const rows = steps.slice(0, MOST_STEPS).flatMap(stepRows);
  if (steps.length > MOST_STEPS) rows.push(`  and ${steps.length - MOST_STEPS} more`);
  for (const writer of writers.slice(0, MOST_STEPS)) {
    rows.push(`  ${who(writer)} ${takes(writer)}`, "    while it waits in line, it keeps new readers out");
  }
  return [summary(steps), ...rows, ...rule(steps), `next: ${advice}`].join("\n");
}

/** A goroutine that waits to write until it has stopped reading itself. */
export function upgradeText({ steps, advice }: LockOrderData): string {
  const step = steps[0] as LockStep;
  return [
    `lock order: ${who(step)} locks ${step.takes} for writing while it holds it for reading, so it waits for itself`,
    `  locked for writing${place(step.at)}`,
    `  locked for reading${place(step.heldSince)}`,
    `next: ${advice}`,
  ].join("\n");
}

/** What to change about a circle of waits. */
export function orderAdvice(steps: readonly LockStep[]): string {
  if (steps.length === 1) {
    return "lock for reading once, and let what is called under the lock expect it to be held.";
  }
  const names = namesOf(steps);
  const order = names.length > MOST_STEPS ? "" : `, e.g. ${names.sort().join(" before ")}`;
  return `take these locks in one order everywhere${order}; or hold one more lock around them all.`;
}

/** The locks of a circle. */
export function namesOf(steps: readonly LockStep[]): string[] {
  return [...new Set(steps.map((step) => step.holds ?? step.takes))];
}

function summary(steps: readonly LockStep[]): string {
  const names = namesOf(steps);
  if (steps.length === 1) {
    return `lock order: ${who(steps[0] as LockStep)} locks ${names[0]} for reading twice; a writer in line between the two blocks both`;
  }
  if (steps.length === 2) {
    return `lock order: ${names.join(" and ")} are taken in opposite orders; another schedule can deadlock`;
  }
  const shown = names.length > MOST_STEPS ? [...names.slice(0, MOST_STEPS), "…"] : names;
  return `lock order: ${names.length} locks are taken in a circle (${[...shown, names[0]].join(" → ")}); another schedule can deadlock`;
}

/** Who takes what, and what it holds meanwhile. */
export function stepRows(step: LockStep): string[] {
  const held = `${step.holds}${step.isHeldForReading === true ? " for reading" : ""}`;
  return [
    `  ${who(step)} ${takes(step)}`,
    `    while it holds ${held}, taken${place(step.heldSince) || " before"}`,
  ];
}

export function takes(step: LockStep): string {
  return `takes ${step.takes}${step.isReading ? " for reading" : ""}${place(step.at)}`;
}

function rule(steps: readonly LockStep[]): string[] {
  if (steps.length === 1) return [];
  return [
    "They hold no other lock in common, and nothing but locks orders them: they can all be there at once.",
  ];
}

export function who({ goroutine, name }: LockStep): string {
  return called({ id: goroutine, name });
}
