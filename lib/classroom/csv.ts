// classCsv: a class as one table for a spreadsheet: a line for each submission.
import { stringify } from "csv-stringify/sync";
import { type ClassReport, whatFailed } from "./report.js";

const COLUMNS = [
  "student",
  "exercise",
  "status",
  "points",
  "max_points",
  "verdict",
  "message",
  "failed_properties",
  "untouched",
  "similar_to",
  "seconds",
  "file",
] as const;

/**
 * The table as CSV, with a header. A text that a spreadsheet would take for a formula gets a `'` before it: names and
 * messages come from submissions.
 */
export function classCsv({ rows }: ClassReport): string {
  const lines = rows.map(({ student, exercise, origin, result, isUntouched, similarTo }) => {
    const failed = result === undefined ? undefined : whatFailed(result);
    const names = result?.properties.filter(({ status }) => status !== "pass").map(({ name }) => name) ?? [];
    return {
      student,
      exercise,
      status: result?.status ?? "not graded",
      points: result?.points ?? "",
      max_points: result?.maxPoints ?? "",
      verdict: result === undefined ? "" : (failed?.verdict ?? "ok"),
      message: failed?.message.split("\n")[0] ?? "",
      failed_properties: names.join("; "),
      untouched: isUntouched ? "yes" : "",
      similar_to: similarTo.join("; "),
      seconds: result === undefined ? "" : (result.elapsedMs / 1000).toFixed(1),
      file: origin,
    } satisfies Record<(typeof COLUMNS)[number], unknown>;
  });
  return stringify(lines, { header: true, columns: [...COLUMNS], escape_formulas: true });
}
