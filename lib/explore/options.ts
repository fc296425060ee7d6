// ExploreOptions: what a caller may choose about a search.

import type { RunOptions, StrategyName } from "../runtime/index.js";
import type { Progress } from "./progress.js";

export interface ExploreOptions extends RunOptions {
  /** Taken in turn, one per schedule. Default: random, pct, pos, urw, delay. */
  strategies?: StrategyName[];
  /** How many schedules to run. Default 1,000; with `exhaustive` 100,000. */
  schedules?: number;
  /** A fuse: stop after this many seconds even if the budget is not used up. */
  seconds?: number;
  /**
   * Runs every schedule instead of a sample. With `true`, one (seldom more) of each class of schedules that differ only
   * in the order of operations that do not conflict. With `{ preemptions: n }`, all schedules in which at most n times
   * a goroutine that could go on has to wait for another. With `{ plain: true }`, every order of all steps: for
   * programs whose plain variables matter in other places than after `gosched`, after a sleep and at the start of a
   * goroutine.
   */
  exhaustive?: boolean | { preemptions?: number; plain?: boolean };
  /** `first` (default): stop at the first failure. `never`: run the whole budget, to see all outcomes. */
  stopAt?: "first" | "never";
  /** What an earlier exploration returned as `resume`: go on after its last schedule, with a new budget. */
  resume?: string;
  /**
   * How many threads run schedules, 1 to 64. Default 1. Needs a program that stands in a file (`programFile`), whose
   * results are plain data; not with `exhaustive`. The result does not depend on it.
   */
  threads?: number;
  /** Also tells which operations were seen to end which waits (`coverage` of the result). Costs some speed. */
  coverage?: boolean;
  /** Called now and then after the first two seconds. Without it, a terminal shows one line on stderr. */
  progress?: (progress: Progress) => void;
}

const DEFAULT_SCHEDULES = 1000;
const DEFAULT_EXHAUSTIVE = 100_000;

/** Checks what `planRun` does not, and returns the budget in schedules. */
export function budgetOf(options: ExploreOptions): number {
  const isExhaustive = options.exhaustive !== undefined && options.exhaustive !== false;
  const schedules = options.schedules ?? (isExhaustive ? DEFAULT_EXHAUSTIVE : DEFAULT_SCHEDULES);
  if (!Number.isInteger(schedules) || schedules < 1) {
    throw new RangeError(`schedules: expected an integer >= 1, got ${String(schedules)}`);
  }
  if (options.strategies?.length === 0) {
    throw new RangeError("strategies: expected at least one, got []");
  }
  checkThreads(options.threads, isExhaustive);
  if (isExhaustive && options.resume !== undefined) {
    throw new RangeError(
      "resume: expected no `exhaustive` beside it: an exhaustive search cannot be resumed",
    );
  }
  if (typeof options.exhaustive === "object" && options.exhaustive.preemptions !== undefined) {
    const { preemptions } = options.exhaustive;
    if (!Number.isInteger(preemptions) || preemptions < 0) {
      throw new RangeError(
        `exhaustive: expected \`preemptions\` to be an integer >= 0, got ${String(preemptions)}`,
      );
    }
  }
  return schedules;
}

const MOST_THREADS = 64;

function checkThreads(threads: number | undefined, isExhaustive: boolean): void {
  if (threads === undefined) return;
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new RangeError(`threads: expected an integer from 1 to ${MOST_THREADS}, got ${String(threads)}`);
  }
  if (isExhaustive && threads > 1) {
    throw new RangeError(
      "threads: expected no `exhaustive` beside it: each of its schedules follows from the ones before",
    );
  }
}

/** A function cannot travel to another thread. */
export function refuseThreads({ threads = 1 }: ExploreOptions): void {
  if (threads === 1) return;
  throw new TypeError(
    `threads: a function cannot travel to other threads. Export the program from a file and explore ` +
      `programFile(new URL("./bank.js", import.meta.url), "transfer"), or leave \`threads\` out`,
  );
}
