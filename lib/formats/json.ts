// json: a result as plain data with a name and a version, described by `result.schema.json` beside this file.
//
// Invariant I1: within a version, keys are only ever added.
import { type CheckResult, studentView } from "../grade/index.js";
import { wellFormed } from "./text.js";

/** The value of the key `schema`. */
export const RESULT_SCHEMA = "happens-before/result/v1";

export interface JsonResult extends CheckResult {
  readonly schema: typeof RESULT_SCHEMA;
}

export interface JsonOptions {
  /** True writes hidden properties in full; for teachers. Default false. */
  readonly reveal?: boolean;
}

/**
 * Writes a result as `hb check --json` prints it.
 *
 * Texts are as the submission left them, except that halves of characters become U+FFFD: who shows them escapes them.
 */
export function json(result: CheckResult, { reveal = false }: JsonOptions = {}): JsonResult {
  const shown = { schema: RESULT_SCHEMA, ...(reveal ? result : studentView(result)) };
  const whole = (_key: string, value: unknown): unknown =>
    typeof value === "string" ? wellFormed(value) : value;
  return JSON.parse(JSON.stringify(shown, whole)) as JsonResult;
}
