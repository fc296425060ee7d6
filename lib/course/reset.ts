// reset: the starter's text again. What was there is kept first.
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { courseState, withReset } from "../grade/index.js";
import type { Course, CourseExercise } from "./course.js";
import { copyWhole, keepCopy } from "./wholefile.js";

/** What a reset did. */
export interface Reset {
  readonly id: string;
  /** The file that has the starter's text now. */
  readonly file: string;
  /** Where the learner's text is kept; undefined when there was none. */
  readonly backup?: string;
}

/**
 * Puts the starter in the place of the learner's file, which is kept under `workspace/backups`, and makes the exercise
 * pending again. Hints that were taken stay taken.
 */
export function resetExercise(course: Course, { id, file, starter }: CourseExercise): Reset {
  const backup = existsSync(file) ? keepCopy(course.workspace, relative(course.workspace, file)) : undefined;
  copyWhole(starter, file);
  courseState(course.root).update((state) => withReset(state, id));
  return { id, file, ...(backup === undefined ? {} : { backup }) };
}
