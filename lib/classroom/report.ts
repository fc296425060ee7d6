// ClassReport: what the records of a class amount to. A pure function of data; page and table are made from it.
import type { CheckResult, PropertyResult, Status } from "../grade/index.js";
import { type Cluster, clustersOf } from "./clusters.js";
import { compareNames } from "./collect.js";
import type { ClassRecord, Manifest } from "./results.js";
import type { SimilarPair } from "./similar.js";
import type { Unrecognised } from "./submission.js";

/** One submission's line. */
export interface Row {
  readonly student: string;
  readonly exercise: string;
  readonly origin: string;
  /** Undefined when it has not been graded yet. */
  readonly result?: CheckResult;
  readonly isUntouched: boolean;
  /** The first that went wrong, in the words of the verdict; empty when all passed. */
  readonly verdict: string;
  /** Who wrote something alike. */
  readonly similarTo: readonly string[];
}

/** A property and how the class did. */
export interface Column {
  readonly exercise: string;
  readonly property: string;
  readonly passed: number;
  readonly failed: number;
  /** Too noisy, never reached, or the grader failed. */
  readonly unknown: number;
}

/** How one student stands. */
export interface Standing {
  readonly student: string;
  readonly points: number;
  readonly maxPoints: number;
  /** The first exercise that is not passed, with its verdict; undefined when all are. */
  readonly stuckAt?: {
    readonly exercise: string;
    readonly verdict: string;
    readonly message: string;
    readonly isUntouched: boolean;
  };
  /** Exercises of the class that this student handed nothing in for. */
  readonly missing: readonly string[];
}

export interface ClassReport {
  readonly exercises: readonly string[];
  /** By student, then exercise. */
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  /** Who has the fewest of the points first. */
  readonly standings: readonly Standing[];
  /** What went wrong, most frequent first. */
  readonly clusters: readonly Cluster[];
  readonly pairs: readonly SimilarPair[];
  /** Students of whom no file was recognised. */
  readonly empty: readonly string[];
  readonly unrecognised: readonly Unrecognised[];
  /** Expected, but not graded yet. */
  readonly pending: number;
  /** What grading took, without what ran side by side being subtracted. */
  readonly time: { readonly totalMs: number; readonly medianMs: number; readonly slowest: readonly Row[] };
}

/** How many of the slowest are named. */
const SLOWEST = 5;

/** Puts a class's records together. The order of the records does not matter. */
export function classReport(
  manifest: Manifest,
  records: readonly ClassRecord[],
  pairs: readonly SimilarPair[],
): ClassReport {
  const byPlace = new Map(records.map((record) => [placeOf(record), record]));
  const exercises = [...new Set(records.map(({ exercise }) => exercise))].sort(compareNames);
  const rows = manifest.expected
    .filter(({ exercise }) => exercises.includes(exercise))
    .map((expected) => rowOf(expected, byPlace.get(placeOf(expected)), pairs));
  const students = [...new Set(rows.map(({ student }) => student))];
  const times = records.map(({ result }) => result.elapsedMs).sort((a, b) => a - b);
  return {
    exercises,
    rows,
    columns: columnsOf(exercises, rows),
    standings: students.map((student) => standingOf(student, rows, exercises)).sort(worstFirst),
    clusters: clustersOf(rows),
    pairs,
    empty: manifest.students.filter((name) => !manifest.expected.some(({ student }) => student === name)),
    unrecognised: manifest.unrecognised,
    pending: rows.filter(({ result }) => result === undefined).length,
    time: {
      totalMs: times.reduce((sum, ms) => sum + ms, 0),
      medianMs: times[Math.floor(times.length / 2)] ?? 0,
      slowest: [...rows]
        .filter(({ result }) => result !== undefined)
        .sort((a, b) => b.result!.elapsedMs - a.result!.elapsedMs)
        .slice(0, SLOWEST),
    },
  };
}

function placeOf({ student, exercise }: { readonly student: string; readonly exercise: string }): string {
  return `${student}\n${exercise}`;
}

function rowOf(
  { student, exercise, origin }: Manifest["expected"][number],
  record: ClassRecord | undefined,
  pairs: readonly SimilarPair[],
): Row {
  const similarTo = pairs
    .filter((pair) => pair.exercise === exercise && (pair.left === student || pair.right === student))
    .map((pair) => (pair.left === student ? pair.right : pair.left));
  const isUntouched = record?.isUntouched ?? false;
  const verdict = record === undefined ? "" : (whatFailed(record.result)?.verdict ?? "");
  const result = record === undefined ? {} : { result: record.result };
  return { student, exercise, origin, ...result, isUntouched, verdict, similarTo };
}

/** What a person would look at first: what befell the whole submission, else its first failure. */
export function whatFailed(result: CheckResult): { verdict: string; message: string } | undefined {
  if (result.status === "pass") return undefined;
  const { problem, properties } = result;
  return (
    problem ??
    properties.find(({ status }) => status === "fail") ??
    properties.find(({ status }) => status === "unknown")
  );
}

function columnsOf(exercises: readonly string[], rows: readonly Row[]): Column[] {
  return exercises.flatMap((exercise) => {
    const results = rows.flatMap((row) => (row.exercise === exercise ? (row.result?.properties ?? []) : []));
    const names = [...new Set(results.map(({ name }) => name))];
    return names.map((property) => {
      const of = (status: Status): number =>
        results.filter((one: PropertyResult) => one.name === property && one.status === status).length;
      return { exercise, property, passed: of("pass"), failed: of("fail"), unknown: of("unknown") };
    });
  });
}

function standingOf(student: string, rows: readonly Row[], exercises: readonly string[]): Standing {
  const own = rows.filter((row) => row.student === student);
  const graded = own.flatMap(({ result }) => result ?? []);
  const stuck = own.find(({ result }) => result !== undefined && result.status !== "pass");
  const failed = stuck === undefined ? undefined : whatFailed(stuck.result!);
  const at =
    stuck === undefined || failed === undefined
      ? {}
      : { stuckAt: { exercise: stuck.exercise, isUntouched: stuck.isUntouched, ...firstLineOf(failed) } };
  return {
    student,
    points: graded.reduce((sum, { points }) => sum + points, 0),
    maxPoints: graded.reduce((sum, { maxPoints }) => sum + maxPoints, 0),
    ...at,
    missing: exercises.filter((exercise) => !own.some((row) => row.exercise === exercise)),
  };
}

function firstLineOf({ verdict, message }: { verdict: string; message: string }) {
  return { verdict, message: message.split("\n")[0] ?? "" };
}

function worstFirst(a: Standing, b: Standing): number {
  const share = ({ points, maxPoints }: Standing): number => (maxPoints === 0 ? 1 : points / maxPoints);
  return share(a) - share(b) || b.missing.length - a.missing.length || compareNames(a.student, b.student);
}
