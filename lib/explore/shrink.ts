// shrink: from a failing schedule to one that fails in the same way, with as few preemptions as possible, and then as
// short as possible.
//
// What a schedule string does not say is done by default: whoever runs goes on, or else the goroutine with the
// lowest id (strategy.ts, Replay). So a schedule is simpler the fewer choices it holds: each one left is a switch, a
// timer or a data choice that the failure needs.
//
// Invariants:
//  I1. The result fails in the same way as the original: with the same verdict, and for a panic or a fatal error with
//      the same text.
//  I2. No more than MAX_RUNS schedules and MAX_STEPS scheduling steps are run in all, so that a long failure costs no
//      more time than a short one.
//  I3. No step makes it worse: fewer preemptions come first, then fewer choices.
//
// Source: delta debugging (Zeller and Hildebrandt, 2002), with single choices as the deltas; iterative context bounding
// (Musuvathi and Qadeer, PLDI 2007) for fewer preemptions.

import type { Report } from "../event/index.js";
import { encodeChoices, Replay } from "../runtime/index.js";
import { Bounded } from "./bounded.js";
import { Counting } from "./preemptions.js";
import type { Search, Seen } from "./search.js";

/** What shrinking may take: a fraction of a second. */
const MAX_RUNS = 600;
const MAX_STEPS = 300_000;
/** Of these runs, how many look for the failure with a given number of preemptions, and up to which number. */
const BOUNDED_RUNS = 60;
const MOST_PREEMPTIONS = 3;

/** What is left of MAX_RUNS and MAX_STEPS (I2). */
interface Budget {
  runs: number;
  steps: number;
}

/** A failing schedule, and how simple it is. */
interface Candidate<T> {
  readonly choices: readonly number[];
  readonly preemptions: number;
  readonly seen: Seen<T>;
}

/** Returns the report of the simplest schedule found that fails as `seen` does. */
export function shrink<S, T>(search: Search<S, T>, seen: Seen<T>): Report<T> {
  if (!seen.rt.isControlled || seen.verdict === "diverged") return seen.report();
  const way = kindOf(seen);
  const budget: Budget = { runs: MAX_RUNS, steps: MAX_STEPS };
  const first = replayed(search, [...seen.rt.choices], way, budget);
  if (first === null) return seen.report(); // it does not even repeat: the caller's replay will say so
  let best = shortened(search, first, way, budget);
  for (let bound = 0; bound < Math.min(best.preemptions, MOST_PREEMPTIONS + 1); bound++) {
    const calmer = bounded(search, bound, way, budget);
    if (calmer !== null) best = shortened(search, calmer, way, budget);
  }
  const schedule = encodeChoices(best.choices, search.hash, search.clock);
  return { ...best.seen.report(), schedule };
}

/** What two failures have in common to be the same (I1). */
function kindOf(seen: Seen<unknown>): string {
  const { verdict, rt } = seen;
  if (rt.ending === null || (verdict !== "panic" && verdict !== "fatal")) return verdict;
  const text = "error" in rt.ending && rt.ending.error instanceof Error ? rt.ending.error.message : "";
  return `${verdict} ${text}`;
}

function replayed<S, T>(
  search: Search<S, T>,
  choices: readonly number[],
  way: string,
  budget: Budget,
): Candidate<T> | null {
  const strategy = new Counting(new Replay(choices));
  const seen = spend(budget, search.run(strategy));
  return kindOf(seen) === way ? { choices, preemptions: strategy.preemptions, seen } : null;
}

function spend<T>(budget: Budget, seen: Seen<T>): Seen<T> {
  budget.runs--;
  budget.steps -= seen.rt.steps;
  return seen;
}

function isSpent({ runs, steps }: Budget): boolean {
  return runs <= 0 || steps <= 0;
}

/** Leaves out choices as long as the failure stays. */
function shortened<S, T>(
  search: Search<S, T>,
  start: Candidate<T>,
  way: string,
  budget: Budget,
): Candidate<T> {
  let best = start;
  const tryOut = (choices: readonly number[]): boolean => {
    if (isSpent(budget)) return false; // I2
    const found = replayed(search, choices, way, budget);
    if (found === null || found.preemptions > best.preemptions) return false; // I3
    best = found;
    return true;
  };
  const { choices } = start;
  for (let length = 0; length < choices.length && !tryOut(choices.slice(0, length)); ) length = next(length);
  for (let i = best.choices.length - 1; i >= 0 && !isSpent(budget); i--)
    tryOut(best.choices.filter((_, k) => k !== i));
  return best;
}

/** Prefixes are tried one by one at first, then in steps that grow with their length. */
function next(length: number): number {
  return length + 1 + (length >> 4);
}

/** Looks for the failure among the first schedules with at most `bound` preemptions. */
function bounded<S, T>(
  search: Search<S, T>,
  bound: number,
  way: string,
  budget: Budget,
): Candidate<T> | null {
  const strategy = new Bounded(bound);
  for (let runs = 0; runs < BOUNDED_RUNS && !isSpent(budget); runs++) {
    strategy.begin();
    const seen = spend(budget, search.run(strategy));
    if (kindOf(seen) === way) return replayed(search, [...seen.rt.choices], way, budget);
    if (!strategy.advance()) return null;
  }
  return null;
}
