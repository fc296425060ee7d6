// overview: where the learner stands, as data and as lines: for `hb list`, `hb progress` and `hb next`.
import { type CourseState, stateOf } from "../grade/index.js";
import { clipLine } from "../plot/index.js";
import { progressBar } from "./bar.js";
import type { Course, CourseExercise } from "./course.js";
import { paints } from "./paint.js";

/** One exercise and what became of it. Plain data. */
export interface ExerciseRow {
  readonly id: string;
  readonly about: string;
  /** From the project folder. */
  readonly file: string;
  readonly isDone: boolean;
  /** Where it was passed, when it was. */
  readonly passedIn?: "file" | "notebook";
  readonly checks: number;
  readonly hints: number;
  readonly firstPassedAt?: string;
}

/** Where the learner stands. Plain data. */
export interface Progress {
  readonly done: number;
  readonly of: number;
  readonly hints: number;
  readonly checks: number;
  /** The exercise to go on with; missing when all are done. */
  readonly next?: string;
  readonly units: readonly { readonly unit: string; readonly done: number; readonly of: number }[];
}

/** The exercises in order. */
export function exerciseRows({ root, exercises }: Course, state: CourseState): ExerciseRow[] {
  return exercises.map(({ id, about, file }) => {
    const { isDone, where, checks, hints, firstPassedAt } = stateOf(state, id);
    return {
      id,
      about,
      file: file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file,
      isDone,
      ...(isDone ? { passedIn: where } : {}),
      checks,
      hints,
      ...(firstPassedAt === undefined ? {} : { firstPassedAt }),
    };
  });
}

/** Sums them up. */
export function progressOf(course: Course, state: CourseState): Progress {
  const rows = exerciseRows(course, state);
  const units = [...new Set(course.exercises.map(({ unit }) => unit))].map((unit) => {
    const its = rows.filter(({ id }) => id.startsWith(`${unit}/`));
    return { unit, done: its.filter(({ isDone }) => isDone).length, of: its.length };
  });
  const next = nextExercise(course, state)?.id;
  return {
    done: rows.filter(({ isDone }) => isDone).length,
    of: rows.length,
    hints: rows.reduce((sum, { hints }) => sum + hints, 0),
    checks: rows.reduce((sum, { checks }) => sum + checks, 0),
    ...(next === undefined ? {} : { next }),
    units,
  };
}

/** The exercise to go on with: the current one if it is not done, else the next pending one, round the course. */
export function nextExercise({ exercises }: Course, state: CourseState): CourseExercise | undefined {
  const at = Math.max(
    0,
    exercises.findIndex(({ id }) => id === state.current),
  );
  return [...exercises.slice(at), ...exercises.slice(0, at)].find(({ id }) => !stateOf(state, id).isDone);
}

/** A line for each exercise. */
export function rowLines(rows: readonly ExerciseRow[], columns: number, hasColor: boolean): string[] {
  const c = paints(hasColor);
  const width = Math.max(0, ...rows.map(({ id }) => id.length));
  const isNarrow = rows.some(({ file }) => width + "  pending  ".length + file.length > columns);
  return rows.map(({ id, isDone, file, hints, passedIn }) => {
    const state = isDone ? c.green("done   ") : c.yellow("pending");
    const more = [
      ...(passedIn === "notebook" ? ["in the notebook"] : []),
      ...(hints === 0 ? [] : [`${hints} ${hints === 1 ? "hint" : "hints"}`]),
    ];
    const tail = more.length === 0 ? "" : c.dim(`  (${more.join(", ")})`);
    const place = isNarrow ? "" : `  ${file}`; // half a path leads nowhere, and its name is the exercise's
    return clipLine(`${id.padEnd(width)}  ${state}${place}${tail}`, columns);
  });
}

/** The progress as text. */
export function progressLines(progress: Progress, columns: number, hasColor: boolean): string[] {
  const c = paints(hasColor);
  const width = Math.max(0, ...progress.units.map(({ unit }) => unit.length));
  const units = progress.units.map(({ unit, done, of }) => {
    const mark = done === of ? c.green("✓") : done > 0 ? c.yellow("…") : " ";
    return clipLine(`${mark} ${unit.padEnd(width)}  ${done}/${of}`, columns);
  });
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
  const taken = `${count(progress.checks, "check")}, ${count(progress.hints, "hint")} taken`;
  const next = progress.next === undefined ? "Every exercise is done." : `Next: ${progress.next}`;
  return [progressBar(progress.done, progress.of, columns), "", ...units, "", taken, next];
}
