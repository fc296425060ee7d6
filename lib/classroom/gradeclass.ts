// gradeClass: grades what a class handed in, keeps what was graded before, and writes everything down as it comes.
//
// Invariants:
//  I1. A result is on disk before it is counted; a kill at any time loses what was being graded, nothing else.
//  I2. What has a record for its key is not graded again; what the grader itself failed at is.
//  I3. No submission stops the class: a failure of the grader is a result that says so, and costs no other one.
//  I4. Equal texts for the same exercise are graded once.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  boundaryFor,
  type CheckResult,
  coursePlaces,
  type IsolationWish,
  loadExercise,
  type Places,
  type Property,
} from "../grade/index.js";
import { collect } from "./collect.js";
import type { Desk } from "./desk.js";
import { Course, isInShard, type Shard } from "./identity.js";
import { LocalDesk } from "./localdesk.js";
import { Results, ResultsError } from "./results.js";
import type { Submission } from "./submission.js";

export interface ClassOptions {
  /** Folders, zips or files. */
  readonly submissions: readonly string[];
  /** The folder for the results; made when it is not there. */
  readonly out: string;
  readonly places?: Places;
  /** Decides the schedules. Default `1`, as for `hb check`. */
  readonly seed?: string;
  /** Grades only this part. Default: everything. */
  readonly shard?: Shard;
  /** Exercises to grade: ids, or units (`05`). Default: all. */
  readonly only?: readonly string[];
  /** True: grade again what has a result. */
  readonly isFresh?: boolean;
  /** Who grades. Default: this machine, with `jobs` processes. Ended by `gradeClass`. */
  readonly desk?: Desk | ((course: Course) => Promise<Desk>);
  readonly jobs?: number;
  /**
   * What must hold each submission on this machine; a `desk` of your own decides for itself. Default `strict`: who grades
   * a class runs the code of others.
   */
  readonly isolation?: IsolationWish;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ClassProgress) => void;
}

/** Told after every result, and once at the beginning. */
export interface ClassProgress {
  /** Of this run's part: results that are there now, kept ones included. */
  readonly done: number;
  readonly total: number;
  /** Kept from an earlier run. */
  readonly kept: number;
  readonly elapsedMs: number;
  /** Undefined until something was graded. */
  readonly leftMs?: number;
  readonly last?: { readonly student: string; readonly exercise: string; readonly result: CheckResult };
}

/** What a run did; what it found lies in the folder. */
export interface ClassRun {
  readonly total: number;
  readonly graded: number;
  readonly kept: number;
  /** Submissions that the grader itself failed at; graded again by the next run. */
  readonly failed: number;
  readonly isInterrupted: boolean;
  readonly elapsedMs: number;
}

interface Work {
  readonly key: string;
  readonly submissions: Submission[];
}

/**
 * Grades a class into a folder. Run it again after a kill, or when more was handed in: it goes on where it stopped.
 * Aborting `signal` ends it early; what was graded stays.
 *
 * **Cost:** each submission costs its check, divided by the cores; equal texts are graded once.
 * @throws {ResultsError} when the folder cannot be written, or nothing was recognised
 * @throws {IsolationError} before anything is graded, on a machine without a real boundary; says how to get one, or to go
 *   on without
 */
export async function gradeClass(options: ClassOptions): Promise<ClassRun> {
  const startedMs = performance.now();
  const course = new Course(options.places ?? coursePlaces());
  const results = new Results(options.out);
  const mine = prepare(options, course, results);
  const kept = options.isFresh === true ? [] : mine.filter((one) => isFinal(results.read(one)?.result)); // I2
  const counts = { done: kept.length, graded: 0, failed: 0 };
  const tell = (last?: ClassProgress["last"]): void => {
    const elapsedMs = performance.now() - startedMs;
    const left = mine.length - counts.done;
    const eta = counts.graded === 0 ? {} : { leftMs: (elapsedMs / counts.graded) * left };
    const now = { done: counts.done, total: mine.length, kept: kept.length, elapsedMs };
    options.onProgress?.({ ...now, ...eta, ...(last === undefined ? {} : { last }) });
  };
  tell();
  const work = grouped(mine.filter((one) => !kept.includes(one)));
  const desk = work.length === 0 ? undefined : await deskOf(options, course);
  const close = (): void => void desk?.close();
  options.signal?.addEventListener("abort", close);
  if (options.signal?.aborted === true) close();
  try {
    await Promise.all(
      work.map(async ({ key, submissions }) => {
        const result = await resultOf(submissions[0]!, key, desk!, course, options.seed ?? "1");
        if (result === undefined) return;
        for (const submission of submissions) {
          results.write(recordOf(submission, key, result, course)); // I1
          counts.done += 1;
          counts.graded += 1;
          if (!isFinal(result)) counts.failed += 1;
          tell({ student: submission.student, exercise: submission.exercise, result });
        }
      }),
    );
  } finally {
    options.signal?.removeEventListener("abort", close);
    await desk?.close();
  }
  return {
    total: mine.length,
    graded: counts.graded,
    kept: kept.length,
    failed: counts.failed,
    isInterrupted: counts.done < mine.length,
    elapsedMs: performance.now() - startedMs,
  };
}

type Planned = Submission & { readonly key: string };

/** Collects, writes down what is expected, and returns this run's part of it. */
function prepare(options: ClassOptions, course: Course, results: Results): Planned[] {
  const { submissions, students, unrecognised } = collect(options.submissions, course.ids);
  const { only, shard } = options;
  const seed = options.seed ?? "1";
  const all = submissions.map((one) => ({ ...one, key: course.key(one.exercise, one.text, { seed }) }));
  const meant = all.filter((one) => only === undefined || only.some((word) => isMeant(one.exercise, word)));
  if (meant.length === 0 && all.length > 0) {
    throw new ResultsError(`none of the ${all.length} submissions is for ${(only ?? []).join(", ")}`);
  }
  if (meant.length === 0) {
    const [first] = unrecognised;
    const example = first === undefined ? "" : `; ${first.path}: ${first.why}`;
    throw new ResultsError(`no submission was recognised in ${options.submissions.join(", ")}${example}`);
  }
  const expected = all.map(({ student, exercise, key, origin }) => ({ student, exercise, key, origin }));
  results.writeManifest({ version: 1, course: course.hash, seed, students, expected, unrecognised });
  return meant.filter((one) => shard === undefined || isInShard(one.student, one.exercise, shard));
}

/** Whether a word means an exercise: its id, its unit, or the unit's number. */
function isMeant(exercise: string, word: string): boolean {
  const [unit = ""] = exercise.split("/");
  return exercise === word || unit === word || unit.startsWith(`${word}-`);
}

/** I4. In the order of the list, so that progress goes through the class. */
function grouped(submissions: readonly Planned[]): Work[] {
  const groups = new Map<string, Work>();
  for (const submission of submissions) {
    const { key } = submission;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { key, submissions: [submission] });
    else group.submissions.push(submission);
  }
  return [...groups.values()];
}

async function deskOf({ desk, jobs, isolation = "strict" }: ClassOptions, course: Course): Promise<Desk> {
  if (typeof desk === "function") return desk(course);
  if (desk !== undefined) return desk;
  await boundaryFor(isolation);
  return new LocalDesk({ places: course.places, isolation, ...(jobs === undefined ? {} : { jobs }) });
}

/** I3. Undefined when the run was ended before. */
async function resultOf(
  { exercise, text }: Submission,
  key: string,
  desk: Desk,
  course: Course,
  seed: string,
): Promise<CheckResult | undefined> {
  let properties: readonly Property<unknown>[] = [];
  try {
    properties = (await loadExercise(exercise, course.places)).exercise.properties;
    const isMeasured = properties.some((property) => property.lab === undefined);
    return await desk.grade({ key, exercise, text, seed, isMeasured });
  } catch (error) {
    if ((error as Error).name === "AbortError") return undefined;
    const maxPoints = properties.reduce((sum, { points }) => sum + points, 0);
    return failedResult(exercise, maxPoints, (error as Error).message);
  }
}

/** What stands for a result when the grader itself failed. It says nothing of the properties, some may be hidden. */
function failedResult(id: string, maxPoints: number, why: string): CheckResult {
  const message = `The grader failed, which is not about the code: ${why}`;
  const problem = { verdict: "check-failed", message } as const;
  const nothing = { properties: [], notes: [], output: "", isolation: [] };
  return { id, status: "unknown", points: 0, maxPoints, problem, ...nothing, elapsedMs: 0 };
}

/** Whether a result need not be graded again. */
function isFinal(result: CheckResult | undefined): boolean {
  return result !== undefined && result.problem?.verdict !== "check-failed";
}

function recordOf(submission: Submission, key: string, result: CheckResult, course: Course) {
  const { student, exercise, origin, text } = submission;
  const starter = readFileSync(join(course.places.starters, `${exercise}.ts`), "utf8");
  const isUntouched = sameText(text, starter);
  return { version: 1, key, student, exercise, origin, isUntouched, text, result } as const;
}

/** Notebooks drop the last line's end, editors change line ends. */
function sameText(a: string, b: string): boolean {
  const plain = (text: string): string => text.replaceAll("\r\n", "\n").trim();
  return plain(a) === plain(b);
}
