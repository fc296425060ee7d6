// CourseState: what is known of a learner's way through the course: which exercise comes next, which are done, how
// many hints were taken. Plain data, kept in `workspace/state.json` and shared by terminal and notebooks.
//
// Invariants:
//  I1. A failing check undoes a pass only where the pass was won: the exercise in the terminal and its cell in the
//      notebook are two texts, and the starter that lies untouched in one of them says nothing about the other.
//  I2. A check that could not be judged (a noisy machine) changes nothing but the number of checks.
import { createRequire } from "node:module";
import type { ErrorObject, ValidateFunction } from "ajv";
import type { CheckResult, Status } from "./result.js";

/** Where a text was checked: the file in `workspace/exercises`, or the cell of a notebook. */
export type CheckedIn = "file" | "notebook";

/** What is known of one exercise. */
export interface ExerciseState {
  /** Whether its last judged check passed. */
  readonly isDone: boolean;
  /** Where that was. */
  readonly where: CheckedIn;
  /** How often it was checked. */
  readonly checks: number;
  /** How many of its three hints were taken. */
  readonly hints: number;
  /** When it passed for the first time, in ISO 8601; the reference solution may be looked at from then on. */
  readonly firstPassedAt?: string;
  /** The schedule of its last failure, for `hb replay`. */
  readonly schedule?: string;
}

/** The whole of `workspace/state.json`. */
export interface CourseState {
  readonly version: 1;
  /** The exercise that `hb` opens. */
  readonly current?: string;
  readonly exercises: Readonly<Record<string, ExerciseState>>;
}

/** What a check adds to the state. */
export interface Checked {
  readonly id: string;
  readonly status: Status;
  readonly where: CheckedIn;
  readonly schedule?: string | undefined;
  /** ISO 8601. */
  readonly at: string;
}

/** The state of somebody who begins. */
export const NEW_STATE: CourseState = { version: 1, exercises: {} };

const NOTHING: ExerciseState = { isDone: false, where: "file", checks: 0, hints: 0 };

/** JSON Schema of `workspace/state.json`; editors use it as well. Keys that it does not know are kept. */
export const STATE_SCHEMA = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Happens-Before: progress",
  description: "Written by `npx hb` and by check() in a notebook. Delete it to begin anew.",
  type: "object",
  required: ["version", "exercises"],
  properties: {
    version: { const: 1 },
    current: { type: "string", description: "The exercise that `npx hb` opens." },
    exercises: {
      type: "object",
      additionalProperties: {
        type: "object",
        required: ["isDone", "where", "checks", "hints"],
        properties: {
          isDone: { type: "boolean", description: "Whether its last check passed." },
          where: { enum: ["file", "notebook"], description: "Where it was checked." },
          checks: { type: "integer", minimum: 0 },
          hints: { type: "integer", minimum: 0, maximum: 3, description: "Hints taken." },
          firstPassedAt: { type: "string", description: "ISO 8601." },
          schedule: { type: "string", description: "The last failing schedule, for `npx hb replay`." },
        },
      },
    },
  },
} as const;

/** ajv takes 60 ms to load; most commands read no state. */
const ajv = (): typeof import("ajv") => createRequire(import.meta.url)("ajv") as typeof import("ajv");

let validate: ValidateFunction<CourseState> | undefined;

/** Returns what is wrong with a value that should be a state, in one sentence; undefined when nothing is. */
export function stateProblem(value: unknown): string | undefined {
  validate ??= new (ajv().Ajv)({ strict: false }).compile<CourseState>(STATE_SCHEMA);
  if (validate(value)) return undefined;
  const [first] = validate.errors as ErrorObject[];
  return `${first?.instancePath || "the file"} ${first?.message ?? "is not a state"}`;
}

/** What is known of exercise `id`; of a new one, that nothing was done. */
export function stateOf(state: CourseState, id: string): ExerciseState {
  return state.exercises[id] ?? NOTHING;
}

/** Adds a check. */
export function withCheck(state: CourseState, { id, status, where, schedule, at }: Checked): CourseState {
  const before = stateOf(state, id);
  const counted = { ...before, checks: before.checks + 1 };
  if (status === "unknown") return withExercise(state, id, counted); // I2
  if (status === "pass") {
    const { schedule: _, ...rest } = counted;
    return withExercise(state, id, {
      ...rest,
      isDone: true,
      where,
      firstPassedAt: before.firstPassedAt ?? at,
    });
  }
  const isElsewhere = before.isDone && before.where !== where; // I1
  const failed = isElsewhere ? counted : { ...counted, isDone: false, where };
  return withExercise(state, id, schedule === undefined ? failed : { ...failed, schedule });
}

/** Adds that the first `stage` hints of exercise `id` were taken. */
export function withHint(state: CourseState, id: string, stage: number): CourseState {
  const before = stateOf(state, id);
  return stage <= before.hints ? state : withExercise(state, id, { ...before, hints: stage });
}

/** Makes exercise `id` the one that `hb` opens. */
export function withCurrent(state: CourseState, id: string): CourseState {
  return state.current === id ? state : { ...state, current: id };
}

/** Forgets that exercise `id` was passed; its hints and its number of checks stay. */
export function withReset(state: CourseState, id: string): CourseState {
  const { schedule: _, ...before } = stateOf(state, id);
  return withExercise(state, id, { ...before, isDone: false, where: "file" });
}

/** The schedule to replay: that of the first property that failed with one. */
export function failingSchedule({ properties }: CheckResult): string | undefined {
  return properties.find(({ status, schedule }) => status === "fail" && schedule !== undefined)?.schedule;
}

function withExercise(state: CourseState, id: string, exercise: ExerciseState): CourseState {
  return { ...state, exercises: { ...state.exercises, [id]: exercise } };
}
