// check: grades an exercise from a notebook cell, or from a program: the same text, the same child, the same verdict.
import { existsSync, readFileSync } from "node:fs";
import { inspect } from "node:util";
import { notebookHost } from "../plot/index.js";
import { checkText } from "./checktext.js";
import type { CheckProgress } from "./grading.js";
import { coursePlaces, findExercise } from "./places.js";
import { type HintStage, resultHtml, resultLine, resultText } from "./present.js";
import { isLearners, rememberCheck } from "./remember.js";
import type { CheckResult } from "./result.js";
import { keepCellText } from "./scratch.js";
import { studentView } from "./studentview.js";

/**
 * Grades exercise `id` and shows the verdict under the cell. In a notebook it takes the text of the exercise's cell
 * as it last ran; elsewhere the learner's file in `workspace/exercises`, or the starter's.
 *
 * A failing exercise is a result, not an error: nothing is thrown, and the notebook goes on. `hint` shows the first one,
 * two or three hints. In the learner's workspace, what passed and which hints were taken is kept in
 * `workspace/state.json`, which `npx hb` shares.
 *
 * **Cost:** laboratory checks answer within seconds; measured ones take up to 20 s and show their progress.
 * @throws {UnknownExerciseError} `no exercise "…". Did you mean "…"?`
 * @throws {Error} `run the cell that begins with // exercise: … first`
 * @throws {InterruptError} `interrupted`
 */
export async function check(
  id: string,
  { hint = 0 }: { readonly hint?: HintStage } = {},
): Promise<CheckResult> {
  const host = notebookHost();
  const places = coursePlaces(host?.root);
  const found = findExercise(id, places);
  const text =
    host === undefined ? readSubmission(found.file) : cellText(found.id, host.exerciseText(found.id));
  if (host !== undefined) keepCellText(places.scratch, found.id, text);
  const progress = cellProgress();
  const checked = await checkText(found.id, text, {
    places,
    ...(host === undefined ? {} : { onProgress: progress.update }),
  });
  progress.end();
  const result = studentView(checked); // a notebook is handed back with its outputs
  const shown = { hint };
  if (host === undefined) process.stdout.write(`${resultText(result, shown)}\n`);
  else host.display({ "text/html": resultHtml(result, shown), "text/plain": resultText(result, shown) });
  const own = host === undefined ? found.file : process.cwd();
  if (isLearners(places.root, own)) {
    const onNote = (note: string): void => void process.stdout.write(`${note}\n`);
    rememberCheck(places.root, result, host === undefined ? "file" : "notebook", { hints: hint, onNote });
  }
  return printedShort(result);
}

function cellText(id: string, text: string | undefined): string {
  if (text !== undefined) return text;
  throw new Error(
    `run the cell that begins with \`// exercise: ${id}\` first; check() grades what that cell holds`,
  );
}

function readSubmission(file: string): string {
  if (!existsSync(file)) throw new Error(`expected the exercise's text at ${file}`);
  return readFileSync(file, "utf8");
}

/** One line that rewrites itself while a measurement runs, and is wiped at the end. */
function cellProgress(): { update(progress: CheckProgress): void; end(): void } {
  let width = 0;
  return {
    update({ property, done, total }) {
      if (done === undefined || total === undefined) return;
      const line = `measuring "${property}": ${done} of ${total} rounds`;
      process.stdout.write(`\r${line.padEnd(width)}`);
      width = line.length;
    },
    end() {
      if (width > 0) process.stdout.write(`\r${" ".repeat(width)}\r`);
    },
  };
}

/**
 * Seen as the value of a cell, a result is one line; its data stays what it is. When nbgrader grades, it is the points:
 * a number as the value of a check cell is partial credit, and anything else would be full credit.
 */
function printedShort(result: CheckResult): CheckResult {
  return Object.defineProperty({ ...result }, inspect.custom, {
    value: () => (process.env["NBGRADER_EXECUTION"] === undefined ? resultLine(result) : `${result.points}`),
    enumerable: false,
  });
}
