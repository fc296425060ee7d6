// checking: grades exercises of the course for watch mode: one, or all.
import { availableParallelism } from "node:os";
import {
  type CheckProgress,
  type CheckResult,
  type CourseState,
  checkText,
  loadExercise,
  rememberCheck,
  stateOf,
  studentView,
} from "../grade/index.js";
import { type Course, type CourseExercise, isUntouched, learnersText } from "./course.js";

/** A check of one exercise, and the progress after it. */
export interface Checking {
  readonly result: CheckResult;
  readonly state: CourseState | undefined;
}

/**
 * Checks the learner's file of one exercise and remembers the outcome.
 *
 * **Cost:** a laboratory exercise about a second, a measured one up to 20 s; `onProgress` hears how far it is.
 * @throws {Error} when the file is gone, or the check is not built
 */
export async function checkExercise(
  course: Course,
  exercise: CourseExercise,
  onProgress: (text: string) => void = () => {},
  onNote: (text: string) => void = () => {},
): Promise<Checking> {
  const text = learnersText(exercise);
  if (text === undefined) throw new Error(`${exercise.file} is gone. x brings the starter back.`);
  const graded = await checkText(exercise.id, text, {
    places: course.places,
    onProgress: (progress) => onProgress(progressText(progress)),
  });
  const result = studentView(graded);
  return { result, state: rememberCheck(course.root, result, "file", { onNote }) };
}

/** What a check is doing, in a few words: `2/3  no reader waits (4 of 12 rounds)`. */
export function progressText({ property, index, of, done, total }: CheckProgress): string {
  const rounds = total === undefined ? "" : ` (${done} of ${total} rounds)`;
  return `${index + 1}/${of}  ${property}${rounds}`;
}

/**
 * Checks all exercises that were begun here: those of the laboratory side by side, then the measured ones, each alone,
 * since one measurement disturbs the other. What was not begun, or was passed in its notebook only, is not run.
 */
export async function checkAll(
  course: Course,
  state: CourseState,
  onProgress: (text: string) => void,
): Promise<readonly CheckResult[]> {
  const begun = course.exercises.filter((exercise) => isBegun(exercise, state));
  const measured = await measuredOf(course, begun);
  const results: CheckResult[] = [];
  const count = (): void => onProgress(`${results.length} of ${begun.length}`);
  const run = async (exercise: CourseExercise): Promise<void> => {
    const { result } = await checkExercise(course, exercise);
    results.push(result);
    count();
  };
  count();
  const [alone, together] = [
    begun.filter(({ id }) => measured.has(id)),
    begun.filter(({ id }) => !measured.has(id)),
  ];
  await sideBySide(together, Math.max(1, availableParallelism() - 1), run);
  await sideBySide(alone, 1, run);
  return results;
}

function isBegun(exercise: CourseExercise, state: CourseState): boolean {
  const { isDone, where } = stateOf(state, exercise.id);
  if (learnersText(exercise) === undefined) return false;
  return !isUntouched(exercise) || (isDone && where === "file");
}

async function measuredOf({ places }: Course, exercises: readonly CourseExercise[]): Promise<Set<string>> {
  const measured = new Set<string>();
  for (const { id } of exercises) {
    const { exercise } = await loadExercise(id, places);
    if (exercise.properties.some(({ lab }) => lab === undefined)) measured.add(id);
  }
  return measured;
}

async function sideBySide<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const one = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, one));
}
