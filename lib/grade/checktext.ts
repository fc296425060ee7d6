// checkText: grades one submission, from its text to a result.
//
// How a check runs: the text is compiled (prepare), written below the project (scratch), loaded by a process of
// its own (isolate, child), which runs each property's program and sends what it left behind (message); here it is
// judged (judge) and put together (grading).
import { randomUUID } from "node:crypto";
import { basename, join } from "node:path";
import { explainMistakes } from "../transform/index.js";
import { type CheckProgress, Grading } from "./grading.js";
import { isolate, isolationOf } from "./isolate.js";
import { unfinished } from "./judge.js";
import { DEFAULT_LIMITS, type Limits } from "./limits.js";
import { type Loaded, loadExercise } from "./load.js";
import { coursePlaces, type Places } from "./places.js";
import { excerptAt, prepare } from "./prepare.js";
import type { CheckResult, Problem, PropertyResult } from "./result.js";
import { makeScratch } from "./scratch.js";

export interface CheckOptions {
  readonly places?: Places;
  /** Decides the schedules. Default `1`. */
  readonly seed?: string;
  readonly limits?: Partial<Limits>;
  /** What to type after `hb replay`: the exercise, or a file. Default: the exercise's id. */
  readonly name?: string;
  readonly onProgress?: (progress: CheckProgress) => void;
}

/** Replays and results without a seed belong to this one. */
export const CHECK_SEED = "1";

/** The text that the schedule strings of a property belong to. */
export function sourceOf(id: string, index: number, text: string): string {
  return `${id}#${index}\n${text}`;
}

/**
 * Grades a submission: compiles `text`, runs it in a process of its own, and judges what that left behind. Bad
 * submissions end in a result, never in a rejection. Same text and seed, same verdict (laboratory properties).
 *
 * **Cost:** about half a second to start, then what the check's schedules cost; at most the limits.
 * @throws {InterruptError} `interrupted`, when the learner pressed stop
 * @throws {Error} when the exercise's check is not built, or the project folder cannot be written
 */
export async function checkText(id: string, text: string, options: CheckOptions = {}): Promise<CheckResult> {
  const startedMs = performance.now();
  const places = options.places ?? coursePlaces();
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const loaded = await loadExercise(id, places);
  const fileName = `${basename(id)}.ts`;
  const prepared = prepare(text, fileName);
  const graded =
    "problem" in prepared
      ? rejected(loaded, prepared.problem, options.name ?? id)
      : await runSubmission(loaded, text, prepared.code, places, limits, options);
  return summed(
    id,
    text,
    fileName,
    graded,
    isolationOf(limits, isFrozen(loaded)),
    performance.now() - startedMs,
  );
}

interface Graded {
  readonly problem?: Problem;
  readonly properties: readonly PropertyResult[];
  readonly output: string;
}

function rejected({ exercise }: Loaded, problem: Problem, name: string): Graded {
  const context = { name, seed: CHECK_SEED, elapsedMs: 0 };
  return { problem, properties: exercise.properties.map((p) => unfinished(p, problem, context)), output: "" };
}

async function runSubmission(
  loaded: Loaded,
  text: string,
  code: string,
  places: Places,
  limits: Limits,
  options: CheckOptions,
): Promise<Graded> {
  const { exercise, driver, exports } = loaded;
  const { id, properties } = exercise;
  const seed = options.seed ?? CHECK_SEED;
  const scratch = makeScratch(places.scratch, basename(id), code);
  try {
    const { folder } = scratch;
    const { onProgress } = options;
    const name = options.name ?? id;
    const grading = new Grading({
      exercise,
      exports,
      limits,
      name,
      seed,
      folder,
      root: places.root,
      onProgress,
    });
    const { loadMs, labMs, raceMs } = limits;
    const ended = await isolate(
      {
        token: randomUUID(),
        submission: scratch.url,
        driver,
        exports,
        indexes: properties.map((_, index) => index),
        sources: properties.map((_, index) => sourceOf(id, index, text)),
        ...{ loadMs, labMs, raceMs, seed },
      },
      {
        entry: childEntry(places),
        cwd: folder,
        limits,
        isFrozen: isFrozen(loaded),
        fuseMs: () => grading.fuseMs(),
        onMessage: (message) => grading.hear(message),
      },
    );
    return { ...grading.end(ended), output: ended.output };
  } finally {
    scratch.remove();
  }
}

/** The child is plain Node, so it runs what is built. */
export function childEntry(places: Places): string {
  return join(places.root, ".build", "lib", "grade", "child.js");
}

/** Laboratory checks run with frozen intrinsics. */
function isFrozen({ exercise }: Loaded): boolean {
  return exercise.properties.every((property) => property.lab !== undefined);
}

function summed(
  id: string,
  text: string,
  fileName: string,
  { problem, properties, output }: Graded,
  isolation: readonly string[],
  elapsedMs: number,
): CheckResult {
  const isFailed = properties.some((property) => property.status === "fail");
  const isPassed = properties.every((property) => property.status === "pass");
  const notes = isPassed ? [] : explainMistakes(text, []).map((m) => `Line ${m.line}: ${m.sentence}`);
  return {
    id,
    status: isPassed ? "pass" : isFailed ? "fail" : "unknown",
    points: properties.reduce((sum, property) => sum + property.points, 0),
    maxPoints: properties.reduce((sum, property) => sum + property.maxPoints, 0),
    ...(problem === undefined ? {} : { problem: withExcerpt(problem, text, fileName) }),
    properties,
    notes: problem?.verdict === "does-not-compile" ? [] : notes,
    output,
    isolation,
    elapsedMs,
  };
}

function withExcerpt(problem: Problem, text: string, fileName: string): Problem {
  const { at } = problem;
  if (problem.excerpt !== undefined || at?.file !== fileName) return problem;
  return { ...problem, excerpt: excerptAt(text, at) };
}
