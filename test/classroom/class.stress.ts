// A large class: 200 submissions, made from the unit's starters and solutions by typical mistakes, graded on this
// machine's cores. Prints what it took.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { gradeClass, summarise } from "../../lib/classroom/index.js";
import { coursePlaces, exerciseIds, projectRoot } from "../../lib/grade/index.js";
import { folderOf } from "./tree.js";

const SUBMISSIONS = Number(process.env["HB_CLASS"] ?? 200); // fewer for a look
const MOST_MINUTES = 10;
const ROOT = projectRoot();
const out = folderOf({});
afterAll(() => out.remove());

const text = (folder: string, id: string): string => readFileSync(join(ROOT, folder, `${id}.ts`), "utf8");

/** What people get wrong, as changes of a right text; one that changes nothing is left out. */
const MISTAKES: ((text: string) => string)[] = [
  (right) => right,
  (right) => right.replace(/^.*yield\* [\w.#]*\.(lock|rLock|wait)\(\);\n/m, ""),
  (right) => right.replace(/^.*yield\* [\w.#]*\.(unlock|rUnlock|done)\(\);\n/m, ""),
  (right) => right.replace(" < ", " > "),
  (right) => right.replace(/^(\s*)yield\* (.*\.(lock|wait|recv|send)\()/m, "$1$2"),
  (right) => right.replace(/\{\n(?!.*\{)/, "{\n  for (;;) {}\n"),
  (right) => right.replace(/;\n\}\s*$/, "\n}\n"),
  (right) => right.replace(/export function\*/, "export function"),
];

/** `n` different submissions: mistakes by turns, each with a comment of its own. */
function class_(n: number): Record<string, string> {
  const all = exerciseIds(coursePlaces());
  const unit = ["06-", "05-", "00-"].find((start) => all.some((id) => id.startsWith(start)))!;
  const ids = all.filter((id) => id.startsWith(unit));
  const texts = ids.flatMap((id) => {
    const changed = MISTAKES.map((change) => change(text("solutions", id)));
    return [...new Set([text("exercises", id), ...changed])].map((body) => ({ id, body }));
  });
  const files: Record<string, string> = {};
  for (let i = 0; i < n; i++) {
    const { id, body } = texts[i % texts.length]!;
    files[`student ${i}/${id}.ts`] = `${body}// handed in by student ${i}\n`;
  }
  return files;
}

test(`${SUBMISSIONS} submissions of one unit are graded in under ${MOST_MINUTES} minutes on 2 cores`, async () => {
  const submissions = folderOf(class_(SUBMISSIONS));
  try {
    const run = await gradeClass({
      submissions: [submissions.path],
      out: out.path,
      jobs: 2,
      isolation: "auto",
    });
    const { report } = summarise(out.path);
    const verdicts = new Map<string, number>();
    for (const { verdict } of report.rows)
      verdicts.set(verdict || "ok", (verdicts.get(verdict || "ok") ?? 0) + 1);
    const minutes = run.elapsedMs / 60_000;
    console.log(
      `${run.graded} submissions of ${report.exercises.join(", ")} in ${minutes.toFixed(2)} min with 2 jobs on ` +
        `${availableParallelism()} cores; middle ${(report.time.medianMs / 1000).toFixed(2)} s; ` +
        [...verdicts].map(([verdict, n]) => `${verdict} ${n}`).join(", "),
    );
    expect(run).toMatchObject({ graded: SUBMISSIONS, failed: 0, isInterrupted: false });
    expect(verdicts.size).toBeGreaterThan(3);
    expect(minutes).toBeLessThan(MOST_MINUTES);
  } finally {
    submissions.remove();
  }
});
