// notHandedIn: the result of a submission that is not there. Whoever grades a class wants a row for everybody: who handed
// in nothing, or under another name, gets no points and is told which file was expected.
import { unfinished } from "./judge.js";
import { loadExercise } from "./load.js";
import { coursePlaces, type Places } from "./places.js";
import type { CheckResult, Problem } from "./result.js";

/**
 * Returns a result without points for exercise `id`. `file` is the name that was expected.
 *
 * @throws {Error} when the exercise's check is not built
 */
export async function notHandedIn(
  id: string,
  file: string,
  places: Places = coursePlaces(),
): Promise<CheckResult> {
  const { exercise, visible, missingPoints } = await loadExercise(id, places);
  const message = `Nothing was handed in: there is no file ${file}.`;
  const problem: Problem = { verdict: "does-not-compile", message };
  const context = { name: id, seed: "", elapsedMs: 0 };
  const properties = exercise.properties.map((property, index) => ({
    ...unfinished(property, problem, context),
    ...(index < visible.properties.length ? {} : { visibility: "hidden" as const }),
    hints: [],
  }));
  return {
    id,
    status: "fail",
    points: 0,
    maxPoints: properties.reduce((sum, { maxPoints }) => sum + maxPoints, 0),
    ...(missingPoints === 0 ? {} : { missingPoints }),
    problem,
    properties,
    notes: [],
    output: "",
    isolation: [],
    elapsedMs: 0,
  };
}
