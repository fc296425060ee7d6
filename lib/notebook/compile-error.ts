// CompileError: a cell that the compiler refuses, first in a plain sentence, then in the compiler's words.
import { explainMistakes, type Mistake, type Problem, showProblem } from "../transform/index.js";
import type { CellError } from "./cell.js";

const MOST_PROBLEMS = 5;

/** Describes why a cell was not run. */
export function compileError(source: string, problems: readonly Problem[], file: string): CellError {
  const mistakes = explainMistakes(source, problems);
  const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => showProblem(source, problem, file));
  if (problems.length > MOST_PROBLEMS) shown.push(`… and ${problems.length - MOST_PROBLEMS} more`);
  const [first] = problems;
  const evalue =
    mistakes[0]?.sentence ??
    (first === undefined
      ? "the cell does not compile"
      : `${file}:${first.line}:${first.column} - ${first.message}`);
  const plain =
    mistakes.length === 0 ? [] : [...mistakes.map((m) => asLine(m, file)), "", "In the compiler's words:"];
  return {
    ename: "CompileError",
    evalue,
    traceback: ["CompileError: the cell was not run", ...plain, ...shown],
  };
}

/**
 * Returns one line for each mistake of a cell that compiles all the same, e.g. a forgotten `yield*`.
 *
 * @param known mistakes that the types have shown; a line that is explained already is not explained twice
 */
export function warnings(source: string, known: readonly Mistake[], file: string): string[] {
  const mistakes = [...explainMistakes(source, [])];
  for (const mistake of known)
    if (!mistakes.some(({ line }) => line === mistake.line)) mistakes.push(mistake);
  return mistakes.sort((a, b) => a.line - b.line).map((mistake) => `${asLine(mistake, file)}\n`);
}

function asLine({ line, column, sentence }: Mistake, file: string): string {
  return `${file}:${line}:${column} - ${sentence}`;
}
