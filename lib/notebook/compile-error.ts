// CompileError: a cell that the compiler refuses, first in a plain sentence, then in the compiler's words.
import { explainMistakes, type Problem, showProblem } from "../transform/index.js";
import type { CellError } from "./cell.js";

/** Describes why a cell was not run. */
export function compileError(source: string, problems: readonly Problem[], file: string): CellError {
  const sentences = explainMistakes(source, [...problems]);
  const plain = sentences.map(({ line, column, sentence }) => `${file}:${line}:${column} - ${sentence}`);
  const first = problems[0];
  const evalue =
    sentences[0]?.sentence ??
    (first === undefined
      ? "the cell does not compile"
      : `${file}:${first.line}:${first.column} - ${first.message}`);
  const shown = problems.map((problem) => showProblem(source, problem, file));
  return { ename: "CompileError", evalue, traceback: [`CompileError: ${evalue}`, ...plain, ...shown] };
}

/** Returns one line for each mistake of a cell that compiles all the same, e.g. a forgotten `yield*`. */
export function warnings(source: string, file: string): string[] {
  return explainMistakes(source, []).map(
    ({ line, column, sentence }) => `${file}:${line}:${column} - ${sentence}\n`,
  );
}
