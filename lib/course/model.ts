// Model: what watch mode knows, what can happen to it, and what it wants done. Plain data; `update.ts` moves it.
import type { CheckResult, CourseState } from "../grade/index.js";
import type { CourseExercise } from "./course.js";
import type { Key } from "./keys.js";

/** Which rows the list shows. */
export type ListFilter = "all" | "pending" | "done";

/** The list of exercises, as it is shown. */
export interface ListView {
  readonly kind: "list";
  readonly filter: ListFilter;
  /** Only names with this text in them. */
  readonly query: string;
  /** Keys are part of the query. */
  readonly isTyping: boolean;
  /** The selected row, counted among the rows that are shown. */
  readonly at: number;
}

/** What fills the window. */
export type View =
  | { readonly kind: "exercise" }
  | { readonly kind: "keys" }
  | { readonly kind: "diff"; readonly lines: readonly string[] }
  | { readonly kind: "confirm-reset"; readonly id: string; readonly back: View }
  | ListView;

/** What goes on now. Keys are ignored unless it is `idle`. */
export type Phase = "idle" | "checking" | "checking-all" | "away";

export interface Model {
  readonly exercises: readonly CourseExercise[];
  readonly state: CourseState;
  /** Place of the current exercise. */
  readonly at: number;
  readonly phase: Phase;
  readonly view: View;
  /** The last check of the current exercise, if it was checked. */
  readonly result?: CheckResult;
  /** How many hints are shown, 0 to 3. */
  readonly hint: number;
  /** A line for the person: what was done, or why not. */
  readonly note: string;
  /** What the check is doing. */
  readonly progress: string;
  /** The file was saved while a check ran; it runs again. */
  readonly isStale: boolean;
  /** All exercises passed when they were all run again. */
  readonly isFinished: boolean;
}

export type WatchEvent =
  | { readonly kind: "key"; readonly key: Key }
  /** The learner's file changed, or came back. */
  | { readonly kind: "saved"; readonly id: string; readonly note?: string }
  | { readonly kind: "removed"; readonly id: string }
  | { readonly kind: "progress"; readonly text: string }
  | { readonly kind: "checked"; readonly result: CheckResult; readonly state: CourseState }
  | {
      readonly kind: "checked-all";
      /** Those that were run: what was not begun is pending anyway. */
      readonly results: readonly CheckResult[];
      readonly state: CourseState;
    }
  /** A check or another errand could not be done at all. */
  | { readonly kind: "failed"; readonly message: string }
  /** An errand is done. */
  | { readonly kind: "done"; readonly note: string; readonly state?: CourseState; readonly view?: View }
  /** Another process (a notebook, another terminal) changed the progress. */
  | { readonly kind: "state"; readonly state: CourseState }
  | { readonly kind: "resized" };

/** What the loop has to do. */
export type Effect =
  | { readonly kind: "check"; readonly id: string }
  | { readonly kind: "check-all" }
  | { readonly kind: "remember-hint"; readonly id: string; readonly stage: number }
  | { readonly kind: "remember-current"; readonly id: string }
  | { readonly kind: "reset"; readonly id: string }
  | { readonly kind: "diff"; readonly id: string }
  | { readonly kind: "player"; readonly id: string }
  | { readonly kind: "suspend" }
  | { readonly kind: "quit"; readonly code: "done" | "interrupted" };

/** The model after an event, and what has to be done now. */
export interface Step {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

/** The exercise that is worked on. */
export function currentOf(model: Model): CourseExercise {
  const exercise = model.exercises[model.at];
  if (exercise === undefined) throw new RangeError(`watch: expected an exercise at ${model.at}`);
  return exercise;
}

/** Whether exercise `id` is done. */
export function isDone({ state }: { readonly state: CourseState }, id: string): boolean {
  return state.exercises[id]?.isDone ?? false;
}

/** How many exercises of the course are done. */
export function doneCount({ exercises, state }: Pick<Model, "exercises" | "state">): number {
  return exercises.filter(({ id }) => isDone({ state }, id)).length;
}

/** The place of the next exercise that is not done, after place `at` and round; undefined when all are. */
export function nextPending(
  { exercises, state }: Pick<Model, "exercises" | "state">,
  at: number,
): number | undefined {
  for (let step = 1; step <= exercises.length; step++) {
    const place = (at + step) % exercises.length;
    const exercise = exercises[place];
    if (exercise !== undefined && !isDone({ state }, exercise.id)) return place;
  }
  return undefined;
}

/** The rows that a list shows. */
export function listRows(model: Model, view: ListView): readonly CourseExercise[] {
  return model.exercises.filter(({ id, about }) => {
    if (view.filter === "done" && !isDone(model, id)) return false;
    if (view.filter === "pending" && isDone(model, id)) return false;
    return `${id} ${about}`.toLowerCase().includes(view.query.toLowerCase());
  });
}
