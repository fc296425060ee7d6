// hb check: grades one exercise and prints the verdict.
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import {
  type CheckResult,
  checkText,
  coursePlaces,
  findExercise,
  type HintStage,
  isLearners,
  type Places,
  rememberCheck,
  resultAnsi,
  resultText,
  studentView,
  submissionFile,
} from "../grade/index.js";
import { EXIT, UsageError } from "./exit-code.js";
import type { Output } from "./output.js";

export interface CheckWords {
  readonly json?: boolean;
  readonly hint?: HintStage;
  readonly seed?: string;
}

/** Grades the exercise that `word` means; returns the exit code. */
export async function checkCommand(
  word: string,
  words: CheckWords,
  out: Output,
  places: Places = coursePlaces(),
): Promise<number> {
  const { id, file } = findExercise(word, places);
  if (!existsSync(file)) throw new UsageError(`expected the exercise's text at ${file}`);
  const startedMs = performance.now();
  const result = await checkText(id, readFileSync(file, "utf8"), {
    places,
    ...(words.seed === undefined ? {} : { seed: words.seed }),
    name: word.endsWith(".ts") ? word : id,
    onProgress({ property, index, of, done, total }) {
      const rounds = total === undefined ? "" : ` (${done} of ${total} rounds)`;
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
      out.status(`${seconds} s  ${index + 1}/${of}  ${property}${rounds}`);
    },
  });
  out.status("");
  if (file === submissionFile(id, places) && isLearners(places.root, file)) {
    const kept = { hints: words.hint ?? 0, onNote: out.note };
    rememberCheck(places.root, studentView(result), "file", kept);
  }
  if (words.json === true) out.print(JSON.stringify(result, undefined, 2));
  else printResult(result, file, words, out);
  return exitCodeOf(result);
}

function printResult(result: CheckResult, file: string, words: CheckWords, out: Output): void {
  const options = { hint: words.hint ?? 0 };
  out.print(out.hasColor ? resultAnsi(result, options) : resultText(result, options));
  out.note(`\nchecked ${relative(process.cwd(), file)} in ${(result.elapsedMs / 1000).toFixed(1)} s`);
}

function exitCodeOf({ status }: CheckResult): number {
  return { pass: EXIT.ok, fail: EXIT.failed, unknown: EXIT.unknown }[status];
}
