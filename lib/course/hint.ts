// hint: the next hint for the learner's text as it is now.
import { type CheckResult, courseState, hintsOf, stateOf, withHint } from "../grade/index.js";
import { checkExercise } from "./checking.js";
import type { Course, CourseExercise } from "./course.js";

/** What `hb hint` answers. Plain data. */
export interface Hint {
  readonly id: string;
  /** What the text fails with; hints belong to it. */
  readonly verdict: string;
  /** 1 to 3; 0 when there is none to give. */
  readonly stage: number;
  readonly of: number;
  /** The hints up to this stage, weakest first. */
  readonly hints: readonly string[];
}

/**
 * Checks the exercise and returns one hint more than were taken before, at most three; that they were taken is kept.
 * `stage` asks for exactly so many.
 */
export async function nextHint(
  course: Course,
  exercise: CourseExercise,
  stage: number | undefined,
  onProgress: (text: string) => void,
): Promise<Hint> {
  const { result } = await checkExercise(course, exercise, onProgress);
  const file = courseState(course.root);
  const all = hintsOf(result);
  const taken = stateOf(file.read(), exercise.id).hints;
  const shown = Math.min(stage ?? taken + 1, all.length);
  file.update((state) => withHint(state, exercise.id, shown));
  return {
    id: exercise.id,
    verdict: verdictOf(result),
    stage: shown,
    of: all.length,
    hints: all.slice(0, shown),
  };
}

function verdictOf({ status, properties }: CheckResult): string {
  if (status === "pass") return "ok";
  return (
    properties.find((property) => property.status !== "pass" && property.hints.length > 0)?.verdict ?? status
  );
}
