// writeFormats: a class's results in a format that somebody else's system reads, a file beside each record.
import { FORMATS, type FormatName, formatter } from "../formats/index.js";
import { Results, ResultsError, writeWhole } from "./results.js";

/** Formats in which a submission can stand alone. Classroom 50 wants a repository and a commit of each student. */
export const CLASS_FORMATS = FORMATS.filter((name) => name !== "classroom50");

const ENDINGS: Partial<Record<FormatName, string>> = { junit: "xml", legacy: "txt" };

/**
 * Writes `<exercise>.<format>.json` (`.xml` for junit) beside each record of a results folder, for students' eyes:
 * hidden properties without names and messages.
 *
 * @returns the files
 * @throws {ResultsError} `expected a format, one of gradescope, …, got "moodle"`
 */
export function writeFormats(folder: string, format: string): string[] {
  const name = CLASS_FORMATS.find((one) => one === format);
  if (name === undefined) {
    throw new ResultsError(
      `expected a format, one of ${CLASS_FORMATS.join(", ")}, got ${JSON.stringify(format)}`,
    );
  }
  const results = new Results(folder);
  const write = formatter(name);
  return results.records(results.manifest()).map(({ student, exercise, result }) => {
    const record = results.recordFile(student, exercise);
    const file = record.replace(/json$/, `${name}.${ENDINGS[name] ?? "json"}`);
    writeWhole(file, write(result));
    return file;
  });
}
