// hb check: grades one exercise and prints the verdict, or writes it in the format of another system.
import { existsSync, readFileSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import {
  type CheckResult,
  checkText,
  coursePlaces,
  type Found,
  findExercise,
  type HintStage,
  type IsolationWish,
  isLearners,
  limitsWithin,
  loadExercise,
  notHandedIn,
  type Places,
  rememberCheck,
  resultAnsi,
  resultText,
  studentView,
  submissionFile,
} from "../grade/index.js";
import { EXIT, UsageError } from "./exit-code.js";
import { fitted } from "./fitted.js";
import type { Output } from "./output.js";
import { type FormatWords, resultWriter } from "./resultfile.js";

export interface CheckWords extends FormatWords {
  readonly json?: boolean;
  readonly hint?: HintStage;
  readonly seed?: string;
  /** What must hold the submission. */
  readonly isolation?: IsolationWish;
  /** The text to check, in place of the learner's own file. */
  readonly file?: string;
  /** About how long the whole check may take. */
  readonly seconds?: number;
  /** Exit with 0 whenever there is a result. */
  readonly exitZero?: boolean;
}

/** Grades the exercise that `word` means; returns the exit code. */
export async function checkCommand(
  word: string,
  words: CheckWords,
  out: Output,
  places: Places = coursePlaces(),
): Promise<number> {
  const found = findExercise(word, places);
  const { id } = found;
  const file = words.file === undefined ? found.file : resolve(words.file);
  const format = words.format ?? (words.json === true ? "json" : undefined);
  const write = await resultWriter(
    id,
    { ...words, ...(format === undefined ? {} : { format }) },
    out,
    places,
  );
  const isThere = existsSync(file);
  // Who grades a class wants a result for everybody; who checks alone has mistyped a name.
  if (!isThere && write === undefined) throw new UsageError(`expected the exercise's text at ${file}`);
  const result = isThere
    ? await graded({ id, file }, words, out, places, word.endsWith(".ts") ? word : id)
    : await notHandedIn(id, basename(file), places);
  out.status("");
  if (file === submissionFile(id, places) && isLearners(places.root, file)) {
    const kept = { hints: words.hint ?? 0, onNote: out.note };
    rememberCheck(places.root, studentView(result), "file", kept);
  }
  if (write !== undefined) write(result);
  else printResult(words.reveal === true ? result : studentView(result), file, words, out);
  return words.exitZero === true ? EXIT.ok : exitCodeOf(result);
}

async function graded(
  { id, file }: Found,
  words: CheckWords,
  out: Output,
  places: Places,
  name: string,
): Promise<CheckResult> {
  const startedMs = performance.now();
  const { seconds } = words;
  const count = seconds === undefined ? 0 : (await loadExercise(id, places)).exercise.properties.length;
  return checkText(id, readFileSync(file, "utf8"), {
    places,
    ...(seconds === undefined ? {} : { limits: limitsWithin(seconds, count) }),
    ...(words.seed === undefined ? {} : { seed: words.seed }),
    ...(words.isolation === undefined ? {} : { isolation: words.isolation }),
    name,
    onProgress({ property, index, of, done, total }) {
      const rounds = total === undefined ? "" : ` (${done} of ${total} rounds)`;
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
      out.status(`${seconds} s  ${index + 1}/${of}  ${property}${rounds}`);
    },
  });
}

function printResult(result: CheckResult, file: string, words: CheckWords, out: Output): void {
  const options = { hint: words.hint ?? 0 };
  out.print(fitted(out.hasColor ? resultAnsi(result, options) : resultText(result, options), out));
  out.note(`\nchecked ${relative(process.cwd(), file)} in ${(result.elapsedMs / 1000).toFixed(1)} s`);
}

function exitCodeOf({ status }: CheckResult): number {
  return { pass: EXIT.ok, fail: EXIT.failed, unknown: EXIT.unknown }[status];
}
