// ResultFile: where the result of a check goes: to the screen, or whole or not at all into a file.
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { FORMATS, type FormatName, formatter } from "../formats/index.js";
import { type CheckResult, loadExercise, type Places } from "../grade/index.js";
import { UsageError } from "./exit-code.js";
import type { Output } from "./output.js";

export interface FormatWords {
  readonly format?: string;
  /** A file, or `-` for standard output, which is the default. */
  readonly out?: string;
  readonly reveal?: boolean;
}

/**
 * Returns what writes a result, once everything that the format needs besides is known to be there; undefined when no
 * format is asked for.
 *
 * @throws {UsageError} `--format: expected gradescope, …, got "…"`
 * @throws {UsageError} `classroom50: expected the environment variables …`
 */
export async function resultWriter(
  id: string,
  words: FormatWords,
  out: Output,
  places: Places,
): Promise<((result: CheckResult) => void) | undefined> {
  const { format, out: target = "-", reveal = false } = words;
  if (format === undefined) return undefined;
  if (!isFormat(format)) {
    throw new UsageError(`--format: expected ${FORMATS.join(", ")}, got ${JSON.stringify(format)}`);
  }
  const code = format === "exercism" ? await testCodes(id, places) : new Map<string, string>();
  const timestamp = `${new Date().toISOString().slice(0, 19)}Z`;
  const toText = asUsage(() =>
    formatter(format, { env: process.env, reveal, timestamp, testCode: (name) => code.get(name) }),
  );
  return (result) => {
    const text = toText(result);
    if (target === "-") out.print(text.trimEnd());
    else {
      writeWhole(resolve(target), text);
      out.note(`wrote ${target} (${format}): ${result.points} of ${result.maxPoints} points`);
    }
  };
}

function isFormat(word: string): word is FormatName {
  return (FORMATS as readonly string[]).includes(word);
}

/** What each laboratory property runs, as text. */
async function testCodes(id: string, places: Places): Promise<Map<string, string>> {
  const { exercise } = await loadExercise(id, places);
  return new Map(exercise.properties.map(({ name, lab, race }) => [name, String(lab ?? race)]));
}

function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

/** Writes beside the file and renames, so that nobody reads half of it; makes its folder. */
function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const beside = join(dirname(file), `.${process.pid}.tmp`);
  try {
    writeFileSync(beside, text);
    renameSync(beside, file);
  } finally {
    rmSync(beside, { force: true });
  }
}
