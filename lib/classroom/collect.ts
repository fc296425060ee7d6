// collect: what a class handed in, as submissions and a list of what is none.
//
// Invariants:
//  I1. At most one text for each student and exercise: a file of its own before a notebook's cell, then the later
//      one by name (attempts are numbered). The others are listed.
//  I2. The same files give the same list, in the same order, on any machine.
import { basename, resolve } from "node:path";
import { handedIn } from "./handedin.js";
import { recognise } from "./recognise.js";
import type { Collected, Submission, Unrecognised } from "./submission.js";

/**
 * Collects the submissions below `roots`: folders, zips or single files.
 *
 * @param ids all exercises of the course
 * @throws {Error} Node's own, when one of the roots cannot be read
 */
export function collect(roots: readonly string[], ids: readonly string[]): Collected {
  const chosen = new Map<string, Submission>();
  const students = new Set<string>();
  const unrecognised: Unrecognised[] = [];
  for (const root of roots) {
    const rootName = basename(resolve(root)).replace(/\.(zip|ts|ipynb)$/i, "");
    const { files, refused } = handedIn(root);
    unrecognised.push(...refused);
    for (const file of [...files].sort((a, b) => compareNames(a.path, b.path))) {
      const found = recognise(file, { ids, rootName });
      if (found.student !== undefined) students.add(found.student);
      if (found.why !== undefined) unrecognised.push({ path: file.path, why: found.why });
      for (const submission of found.submissions) choose(submission, chosen, unrecognised);
    }
  }
  return {
    submissions: [...chosen.values()].sort(byStudent),
    students: [...students].sort(compareNames),
    unrecognised: unrecognised.sort((a, b) => compareNames(a.path, b.path)),
  };
}

/** I1. */
function choose(submission: Submission, chosen: Map<string, Submission>, others: Unrecognised[]): void {
  const key = `${submission.student}\n${submission.exercise}`;
  const before = chosen.get(key);
  const isBetter = before === undefined || rank(submission) >= rank(before);
  const [taken, left] = isBetter ? [submission, before] : [before, submission];
  chosen.set(key, taken);
  if (left === undefined) return;
  others.push({ path: left.origin, why: `${taken.origin} was taken for ${taken.exercise} instead` });
}

/** Files come in the order of their names, so of two that rank the same the later one is taken. */
function rank({ origin }: Submission): number {
  return /\.ipynb$/i.test(origin) ? 0 : 1;
}

function byStudent(a: Submission, b: Submission): number {
  return compareNames(a.student, b.student) || compareNames(a.exercise, b.exercise);
}

/** People's names in their order, `transfer-2` before `transfer-10`; never equal when the texts are not. */
export function compareNames(a: string, b: string): number {
  return COLLATOR.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

const COLLATOR = new Intl.Collator("en", { numeric: true });
