// checkText: grades one submission, from its text to a result.
//
// How a check runs: the text is compiled (prepare), its imports are looked at (sandboximports), it is written below the
// project (scratch) and loaded by a process of its own (isolate, child) inside of the strongest boundary that there is
// (sandbox), which runs each property's program and sends what it left behind (message); here it is judged (judge) and
// put together (grading).
import { basename } from "node:path";
import { explainMistakes } from "../transform/index.js";
import { type CheckProgress, hiddenIn } from "./grading.js";
import { unfinished } from "./judge.js";
import { DEFAULT_LIMITS, type Limits } from "./limits.js";
import { type Loaded, loadExercise } from "./load.js";
import { coursePlaces, type Places } from "./places.js";
import { excerptAt } from "./prepare.js";
import type { CheckResult, Problem, PropertyResult } from "./result.js";
import type { IsolationWish } from "./sandbox.js";
import { type TrialOptions, trial } from "./trial.js";

export { sourceOf } from "./trial.js";

export interface CheckOptions {
  readonly places?: Places;
  /** Decides the schedules. Default `1`. */
  readonly seed?: string;
  readonly limits?: Partial<Limits>;
  /** What to type after `hb replay`: the exercise, or a file. Default: the exercise's id. */
  readonly name?: string;
  /** What must hold the submission. Default `auto`: the strongest that there is; the result says which. */
  readonly isolation?: IsolationWish;
  readonly onProgress?: (progress: CheckProgress) => void;
}

/** How often a property is measured, if there is time, before its verdict is that the machine is too busy. */
const MEASURED_TIMES = 3;

/** Replays and results without a seed belong to this one. */
export const CHECK_SEED = "1";

/**
 * Grades a submission: compiles `text`, runs it in a process of its own, and judges what that left behind. Bad
 * submissions end in a result, never in a rejection. Same text and seed, same verdict (laboratory properties). What was
 * measured on a machine too busy for a verdict is measured again, up to three times in all.
 *
 * Properties of a hidden check come last and carry `visibility: "hidden"`; students are shown `studentView(result)`.
 *
 * **Cost:** about half a second to start, then what the check's schedules cost; at most the limits.
 * @throws {InterruptError} `interrupted`, when the learner pressed stop
 * @throws {IsolationError} when `strict` isolation is wanted on a machine that has no real boundary
 * @throws {Error} when the exercise's check is not built, or the project folder cannot be written
 */
export async function checkText(id: string, text: string, options: CheckOptions = {}): Promise<CheckResult> {
  const startedMs = performance.now();
  const places = options.places ?? coursePlaces();
  const loaded = await loadExercise(id, places);
  const graded = await grade(loaded, text, {
    places,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    seed: options.seed ?? CHECK_SEED,
    name: options.name ?? id,
    isolation: options.isolation ?? "auto",
    onProgress: options.onProgress,
  });
  return summed(loaded, text, graded, performance.now() - startedMs);
}

interface Graded {
  readonly problem?: Problem;
  readonly properties: readonly PropertyResult[];
  readonly output: string;
  readonly isolation: readonly string[];
}

async function grade(loaded: Loaded, text: string, options: TrialOptions): Promise<Graded> {
  const startedMs = performance.now();
  let graded = await gradeOnce(loaded, text, options);
  for (let times = 1; times < MEASURED_TIMES; times++) {
    if (performance.now() - startedMs > options.limits.raceMs) break; // who waits outside may be short of time
    const only = graded.properties.flatMap(({ verdict }, index) => (verdict === "too-noisy" ? [index] : []));
    if (only.length === 0) break;
    graded = withThese(only, graded, await gradeOnce(loaded, text, { ...options, only }));
  }
  return graded;
}

async function gradeOnce(loaded: Loaded, text: string, options: TrialOptions): Promise<Graded> {
  const tried = await trial(loaded, text, options);
  if ("problem" in tried)
    return { ...rejected(loaded, tried.problem, options.name), output: "", isolation: [] };
  const { grading, ended, isolation } = tried;
  return { ...grading.end(ended), output: ended.output, isolation };
}

/** What was measured again takes the place of what was measured first. */
function withThese(indexes: readonly number[], first: Graded, again: Graded): Graded {
  const properties = first.properties.map((property, index) =>
    indexes.includes(index) ? (again.properties[index] ?? property) : property,
  );
  const problem = first.problem ?? again.problem;
  return { ...first, properties, ...(problem === undefined ? {} : { problem }) };
}

function rejected(
  { exercise, visible }: Loaded,
  problem: Problem,
  name: string,
): Pick<Graded, "problem" | "properties"> {
  const context = { name, seed: CHECK_SEED, elapsedMs: 0 };
  const properties = exercise.properties.map((property) => unfinished(property, problem, context));
  return { problem, properties: hiddenIn(properties, visible.properties.length) };
}

function summed(
  { exercise: { id }, missingPoints }: Loaded,
  text: string,
  { problem, properties, output, isolation }: Graded,
  elapsedMs: number,
): CheckResult {
  const isFailed = properties.some((property) => property.status === "fail");
  const isPassed = properties.every((property) => property.status === "pass");
  const isRejected = problem?.verdict === "does-not-compile";
  const mistakes = isPassed || isRejected ? [] : explainMistakes(text, []);
  return {
    id,
    status: isPassed ? "pass" : isFailed ? "fail" : "unknown",
    points: properties.reduce((sum, property) => sum + property.points, 0),
    maxPoints: properties.reduce((sum, property) => sum + property.maxPoints, 0),
    ...(missingPoints === 0 ? {} : { missingPoints }),
    ...(problem === undefined ? {} : { problem: withExcerpt(problem, text, `${basename(id)}.ts`) }),
    properties,
    notes: [...mistakes.map((m) => `Line ${m.line}: ${m.sentence}`), ...missingNote(missingPoints)],
    output,
    isolation,
    elapsedMs,
  };
}

function missingNote(points: number): string[] {
  if (points === 0) return [];
  const word = points === 1 ? "point is" : "points are";
  return [`${points} more ${word} for hidden checks, which this copy of the course does not have.`];
}

function withExcerpt(problem: Problem, text: string, fileName: string): Problem {
  const { at } = problem;
  if (problem.excerpt !== undefined || at?.file !== fileName) return problem;
  return { ...problem, excerpt: excerptAt(text, at) };
}
