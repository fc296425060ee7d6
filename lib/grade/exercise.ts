// exercise: what a check file says. Named properties, each a program and a pure judgement of what it left behind.
//
// Invariants:
//  I1. `lab` and `race` run beside the submission, in the child process; `expect` runs in the grader only, on
//      plain data. So the two may be built into different files, and a hidden expectation never meets the
//      submission.
//  I2. A property is identified by its place in the list: messages of the child carry the index, never the name.
import type { Scenario } from "../bench/index.js";
import type { Exploration, Verdict } from "../event/index.js";
import type { Program } from "../op/index.js";
import type { Comparison } from "../stats/index.js";

/** Why a property did not pass. Laboratory verdicts, and what can happen to a submission besides. */
export type HintKey =
  | Verdict
  | "too-slow"
  | "too-noisy"
  | "not-implemented"
  | "does-not-compile"
  | "out-of-time"
  | "out-of-memory"
  | "out-of-output";

/** Three hints for a verdict: a nudge, the idea, almost the answer. */
export type Hints = Partial<Record<HintKey, [string, string, string]>>;

/** What `contend` is given for a measured property. Sizes left out follow `HB_MODE`. */
export interface Measure {
  readonly warmupMs?: number;
  readonly durationMs?: number;
  readonly ops?: number;
  readonly rounds?: number;
  readonly baseline?: string;
}

interface Named {
  /** A sentence about the submission that is true when the property holds. */
  name: string;
  /** An integer >= 0. */
  points: number;
  hints: Hints;
  /** The Go counterpart of what is shown. */
  go?: string;
}

/** A property over explored schedules. */
export interface LabProperty<X> extends Named {
  race?: undefined;
  /** Makes the program to explore from the submission's exports. Runs in the child. */
  lab(x: X): Program<unknown>;
  /** How many schedules to try, an integer >= 1. */
  schedules: number;
  /** Judges; returns what is wrong in one sentence, or nothing. Runs in the grader. */
  expect(r: Exploration<unknown>): string | undefined;
}

/** A relative claim about real threads. */
export interface RaceProperty<X> extends Named {
  lab?: undefined;
  /** Makes the variants to compare from the submission's exports. Runs in the child. */
  race(x: X): Readonly<Record<string, Scenario>>;
  measure?: Measure;
  /** Judges; returns what is wrong, `"too-noisy"` when the machine allows no judgement, or nothing. */
  expect(c: Comparison): string | "too-noisy" | undefined;
}

export type Property<X> = LabProperty<X> | RaceProperty<X>;

/** What a check file exports by default. */
export interface Exercise<X> {
  readonly id: string;
  /** Points of the hidden part, `x.hidden.ts`, which a copy for learners may lack. */
  readonly hiddenPoints?: number;
  readonly properties: readonly Property<X>[];
}

/**
 * Declares an exercise's checks: `export default exercise<typeof import("…/x.js")>({ … })`.
 *
 * @throws {TypeError} naming the property and what is wrong with it, so that a bad check file fails when it is
 * loaded and not under a learner's hands
 */
export function exercise<X>(spec: {
  id: string;
  /** In `x.check.ts`, where there is an `x.hidden.ts`: the sum of its points. An integer >= 1. */
  hiddenPoints?: number;
  properties: Property<X>[];
}): Exercise<X> {
  if (!/^[\w-]+\/[\w-]+$/.test(spec.id)) {
    throw new TypeError(`exercise: expected \`id\` to be like "05-name/x", got ${JSON.stringify(spec.id)}`);
  }
  if (spec.properties.length === 0)
    throw new TypeError(`exercise ${spec.id}: expected at least one property`);
  const seen = new Set<string>();
  for (const property of spec.properties) {
    const wrong = wrongWith(property);
    if (wrong !== undefined) throw new TypeError(`exercise ${spec.id}, "${property.name}": ${wrong}`);
    if (seen.has(property.name)) {
      throw new TypeError(`exercise ${spec.id}, "${property.name}": expected names to be unique`);
    }
    seen.add(property.name);
  }
  const { id, hiddenPoints } = spec;
  if (hiddenPoints !== undefined && !(Number.isInteger(hiddenPoints) && hiddenPoints >= 1)) {
    throw new TypeError(
      `exercise ${id}: expected \`hiddenPoints\` to be an integer >= 1, got ${hiddenPoints}`,
    );
  }
  const properties = Object.freeze([...spec.properties]);
  return Object.freeze({ id, ...(hiddenPoints === undefined ? {} : { hiddenPoints }), properties });
}

function wrongWith<X>(property: Property<X>): string | undefined {
  if (!property.name) return "expected a name";
  if (!Number.isInteger(property.points) || property.points < 0) {
    return `expected \`points\` to be an integer >= 0, got ${property.points}`;
  }
  if (property.lab === undefined) {
    return typeof property.race === "function" ? undefined : "expected a function `lab` or `race`";
  }
  if (!Number.isInteger(property.schedules) || property.schedules < 1) {
    return `expected \`schedules\` to be an integer >= 1, got ${property.schedules}`;
  }
  return undefined;
}
