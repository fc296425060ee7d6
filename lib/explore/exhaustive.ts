// exhaustive: every class of schedules of a program, or every schedule up to a bound, and words that promise no more.
//
// Invariants:
//  I1. `classes` counts distinct classes (order.ts, I2) that were run to their end; `redundant` the other runs.
//  I2. Only a search that came to its end within the budget says "all".

import type { Exploration, Report } from "../event/index.js";
import { compose, type Runtime } from "../runtime/index.js";
import { Bounded } from "./bounded.js";
import { gatherLocks, reportAcross } from "./crossruns.js";
import { Dpor, isStopped, REDUNDANT } from "./dpor.js";
import { isSame, refused, reportFailure } from "./failure.js";
import type { Touch } from "./footprint.js";
import { Order } from "./order.js";
import { Outcomes, shown } from "./outcomes.js";
import type { Pace } from "./progress.js";
import { Recording } from "./recording.js";
import type { Search, Seen } from "./search.js";

/** How to be exhaustive. */
export interface Bounds {
  readonly preemptions?: number;
  readonly plain?: boolean;
}

/** One way to go through all schedules. */
interface Way<T> {
  /** Runs the next schedule; null when it turned out to be redundant. */
  run(): Seen<T> | null;
  /** The class of the schedule that `run` ran. */
  key(): string;
  advance(): boolean;
}

/** Runs every schedule of `search`, within `bounds` and the budget. */
export async function exploreAll<S, T>(
  search: Search<S, T>,
  bounds: Bounds,
  budget: number,
  pace: Pace,
): Promise<Exploration<T>> {
  const way = bounds.preemptions === undefined ? reduced(search, bounds) : enumerated(search, bounds);
  const twice = [search.run(begun()), search.run(begun())] as const;
  if (!isSame(...twice)) return refused(...twice, () => search.run(begun()));
  const outcomes = new Outcomes<T>();
  const classes = new Set<string>();
  let failure: Report<T> | undefined;
  let count = 0;
  let isOver = false;
  while (!isOver && count < budget) {
    count++;
    const seen = way.run();
    if (seen !== null) {
      const known = classes.size;
      classes.add(way.key());
      if (classes.size > known) outcomes.add(seen, count);
      gatherLocks(search, seen, count);
      if (seen.verdict !== "ok" && failure === undefined) failure = reportFailure(search, seen);
    }
    if (failure !== undefined && search.options.stopAt !== "never") break;
    isOver = !way.advance();
    const pause = pace.next(count, failure?.verdict ?? "ok");
    if (pause !== null && !(await pause)) break;
  }
  failure ??= reportAcross(search, search.lockRuns?.list() ?? []);
  const { size } = classes;
  return {
    verdict: failure?.verdict ?? "ok",
    ...(failure === undefined ? {} : { failure }),
    outcomes: shown(outcomes.list()),
    schedules: count,
    classes: size,
    redundant: count - size,
    ...(search.meetings === null ? {} : { coverage: search.meetings.list() }),
    claim: claim(bounds, { classes: size, schedules: count, isOver, verdict: failure?.verdict }),
  };
}

/** A strategy for the two runs that are compared: the first schedule of any way. */
function begun(): Bounded {
  const strategy = new Bounded(0);
  strategy.begin();
  return strategy;
}

/** One schedule of each class. `touch` is given by tests, which break it to see that they would notice. */
export function reduced<S, T>(search: Search<S, T>, { plain }: Bounds, touch?: Touch): Way<T> {
  const dpor = new Dpor(touch, plain);
  let order = new Order([]);
  return {
    run() {
      dpor.begin();
      let seen: Seen<T> | null = null;
      try {
        seen = search.run(dpor, compose([dpor.recording, search.meetings]));
      } catch (error) {
        if (error !== REDUNDANT) throw error;
      }
      if (seen !== null && dpor.wasRedundant) seen = null;
      order = dpor.learn(seen?.rt ?? null);
      return seen;
    },
    key: () => order.key(),
    advance: () => dpor.advance(),
  };
}

/** Every schedule with so many preemptions. */
export function enumerated<S, T>(search: Search<S, T>, { preemptions, plain }: Bounds): Way<T> {
  const bounded = new Bounded(preemptions);
  return {
    run() {
      bounded.begin();
      bounded.recording = new Recording(undefined, plain);
      const seen = search.run(bounded, compose([bounded.recording, search.meetings]));
      markStop(bounded.recording, seen.rt);
      return seen;
    },
    key: () => new Order(bounded.recording.events).key(),
    advance: () => bounded.advance(),
  };
}

/** The step that stopped a run keeps everybody else from going on, so it conflicts with all of them. */
function markStop(recording: Recording, rt: Runtime): void {
  recording.seal();
  const last = recording.events.at(-1);
  if (isStopped(rt) && last !== undefined) last.touched.isAll = true;
}

function claim(
  { preemptions }: Bounds,
  seen: { classes: number; schedules: number; isOver: boolean; verdict: string | undefined },
): string {
  const { schedules, isOver, verdict } = seen;
  const classes = `${seen.classes} ${seen.classes === 1 ? "class" : "classes"}`;
  const ran = `${schedules} ${schedules === 1 ? "schedule" : "schedules"}, ${schedules - seen.classes} redundant`;
  const what = verdict === undefined ? "nothing wrong" : `${verdict} found`;
  const bound =
    preemptions === undefined
      ? ""
      : ` up to ${preemptions} ${preemptions === 1 ? "preemption" : "preemptions"}`;
  if (!isOver) return `${what} in ${classes} of schedules${bound}, not all (${ran}; the search ended there)`;
  return bound === ""
    ? `${what}: all ${classes} of schedules (${ran})`
    : `${what}: exhaustive${bound}, ${classes} of schedules (${ran})`;
}
