// hb draw: one schedule as a picture, in a file or as text.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, extname, relative, resolve } from "node:path";
import type { Report } from "../event/index.js";
import { coursePlaces, findExercise, type Places, replayFile } from "../grade/index.js";
import { draw, type PictureName, pictureFile } from "../plot/index.js";
import { EXIT, UsageError } from "./exit-code.js";
import type { Output } from "./output.js";

export interface DrawWords {
  readonly as?: string;
  readonly out?: string;
}

type FileForm = "svg" | "html" | "txt";
const FORMS: readonly FileForm[] = ["svg", "html", "txt"];

/**
 * Draws `schedule` of the exercise or file that `word` means, or a report that `hb replay --json` has written; returns the
 * exit code. Without `--out` it prints the picture's text.
 */
export async function drawCommand(
  word: string,
  schedule: string | undefined,
  words: DrawWords,
  out: Output,
  places: Places = coursePlaces(),
): Promise<number> {
  const form = words.out === undefined ? "txt" : formOf(words.out);
  const report = await reportOf(word, schedule, out, places);
  if (report === null) return EXIT.failed;
  const picture = pictureOf(report, words.as, word);
  if (words.out === undefined) {
    out.print(pictureFile(picture, "txt").trimEnd());
    return EXIT.ok;
  }
  const target = resolve(words.out);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, pictureFile(picture, form));
  out.note(`wrote ${relative(process.cwd(), target)}: ${picture.title}`);
  return EXIT.ok;
}

function formOf(file: string): FileForm {
  const end = extname(file).slice(1).toLowerCase();
  const form = FORMS.find((known) => known === end);
  if (form !== undefined) return form;
  throw new UsageError(
    `--out: expected a file that ends in .svg, .html or .txt, got ${JSON.stringify(file)}`,
  );
}

/** Null when the submission itself is what is wrong; that was said. */
async function reportOf(
  word: string,
  schedule: string | undefined,
  out: Output,
  places: Places,
): Promise<Report | null> {
  if (word.endsWith(".json")) return savedReport(word);
  if (schedule === undefined) {
    throw new UsageError("missing the schedule: the text that a failing check prints, e.g. 1.2-3-1-2.1861");
  }
  const { id, file } = findExercise(word, places);
  const replayed = await asUsage(() => replayFile(id, file, schedule, places));
  if ("report" in replayed) return replayed.report;
  out.print(`${replayed.problem.verdict}: ${replayed.problem.message}`);
  return null;
}

function savedReport(file: string): Report {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { findings, goroutines } = (data ?? {}) as Partial<Report>;
  if (Array.isArray(findings) && Array.isArray(goroutines)) return data as Report;
  throw new UsageError(`${file}: expected a report, as \`hb replay … --json\` prints it`);
}

/** A picture that this report cannot give is a matter of words. */
function pictureOf(report: Report, as: string | undefined, source: string): ReturnType<typeof draw> {
  try {
    return draw(report, as as PictureName | undefined, { source });
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

async function asUsage<T>(play: () => Promise<T>): Promise<T> {
  try {
    return await play();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
