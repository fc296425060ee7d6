// Outcomes: the distinct results that schedules returned, how often each, and one schedule that shows it.

import { isDeepStrictEqual } from "node:util";
import type { Exploration } from "../event/index.js";
import { type Seen, scheduleOfSeen } from "./search.js";

interface Outcome<T> {
  readonly result: T;
  count: number;
  readonly witness: string;
}

/** Collects results. Two results are the same when they are deeply and strictly equal. */
export class Outcomes<T> {
  readonly #byKey = new Map<unknown, Outcome<T>[]>();

  /** Counts the result of a run that returned one. */
  add(seen: Seen<T>): void {
    const { rt } = seen;
    if (rt.ending !== null || !rt.mainIsDone) return;
    const result = rt.result as T;
    const key = typeof result === "object" && result !== null ? "object" : result;
    const same = this.#byKey.get(key);
    const known = same?.find((o) => isDeepStrictEqual(o.result, result));
    if (known !== undefined) {
      known.count++;
      return;
    }
    const outcome = { result, count: 1, witness: scheduleOfSeen(seen) };
    if (same === undefined) this.#byKey.set(key, [outcome]);
    else same.push(outcome);
  }

  /** Most frequent first; equals in order of discovery. */
  list(): Exploration<T>["outcomes"] {
    return [...this.#byKey.values()].flat().sort((a, b) => b.count - a.count);
  }
}
