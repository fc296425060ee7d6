// Outcomes: the distinct results that schedules returned, how often each, and the first schedule that shows it.

import { isDeepStrictEqual } from "node:util";
import type { Exploration } from "../event/index.js";
import { type Seen, scheduleOfSeen } from "./search.js";

/** One result. */
export interface Outcome<T> {
  readonly result: T;
  readonly count: number;
  readonly witness: string;
  /** The index of the schedule that `witness` names. */
  readonly index: number;
}

/** Collects results. Two results are the same when they are deeply and strictly equal. */
export class Outcomes<T> {
  readonly #byKey = new Map<unknown, Outcome<T>[]>();

  /** Counts the result of the run of schedule `index`, if it returned one. */
  add(seen: Seen<T>, index: number): void {
    const { rt } = seen;
    if (rt.ending !== null || !rt.mainIsDone) return;
    const result = rt.result as T;
    const [same, at] = this.#find(result);
    const known = same[at];
    if (known !== undefined) same[at] = { ...known, count: known.count + 1 };
    else same.push({ result, count: 1, witness: scheduleOfSeen(seen), index });
  }

  /** Counts what another search over later or earlier schedules has counted. */
  merge(other: Outcome<T>): void {
    const [same, at] = this.#find(other.result);
    const known = same[at];
    if (known === undefined) same.push(other);
    else same[at] = { ...(known.index < other.index ? known : other), count: known.count + other.count };
  }

  /** Most frequent first; equals in order of discovery. */
  list(): Outcome<T>[] {
    return [...this.#byKey.values()].flat().sort((a, b) => b.count - a.count || a.index - b.index);
  }

  /** Those like `result`, and where among them it stands: beyond the end when it is new. */
  #find(result: T): [same: Outcome<T>[], at: number] {
    const key = typeof result === "object" && result !== null ? "object" : result;
    let same = this.#byKey.get(key);
    if (same === undefined) {
      same = [];
      this.#byKey.set(key, same);
    }
    const at = same.findIndex((o) => Object.is(o.result, result) || isDeepStrictEqual(o.result, result));
    return [same, at < 0 ? same.length : at];
  }
}

/** Outcomes as callers of `explore` see them. */
export function shown<T>(outcomes: readonly Outcome<T>[]): Exploration<T>["outcomes"] {
  return outcomes.map(({ result, count, witness }) => ({ result, count, witness }));
}
