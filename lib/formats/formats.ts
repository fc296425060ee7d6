// formats: which formats there are, and a result as the text of a file in one of them.
import type { CheckResult } from "../grade/index.js";
import { classroom50, classroom50Context } from "./classroom50.js";
import { type ExercismOptions, exercism } from "./exercism.js";
import { gradescope } from "./gradescope.js";
import { json } from "./json.js";
import { junit } from "./junit.js";
import { legacy, legacyOutput } from "./legacy.js";
import { prairielearn } from "./prairielearn.js";

/** All formats, by the name that `hb check --format` takes. */
export const FORMATS = [
  "gradescope",
  "classroom50",
  "legacy",
  "prairielearn",
  "exercism",
  "junit",
  "json",
] as const;

export type FormatName = (typeof FORMATS)[number];

/** What the formats need besides the result; everything else about them is in the result. */
export interface FormatContext extends ExercismOptions {
  /** Environment variables; Classroom 50 says in them who handed in what. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The time of the check, `2026-06-01T14:32:05Z`. */
  readonly timestamp?: string;
  /** True writes hidden properties in full where only teachers see them: json, and gradescope under `hidden`. */
  readonly reveal?: boolean;
}

/**
 * Returns what writes a result as the text of a file of the named format. What the format needs besides the result is
 * looked for now, so that nobody waits for a check whose result cannot be written.
 *
 * @throws {TypeError} `classroom50: expected the environment variables …`, when variables are missing
 */
export function formatter(name: FormatName, context: FormatContext = {}): (result: CheckResult) => string {
  const { env = {}, timestamp, reveal = false } = context;
  switch (name) {
    case "gradescope":
      return (result) => file(gradescope(result, { reveal }));
    case "classroom50": {
      const graded = timestamp === undefined ? {} : { gradedAt: timestamp };
      const who = { ...classroom50Context(env), ...graded };
      return (result) => file(classroom50(result, who));
    }
    case "legacy":
      return (result) => `${legacyOutput(legacy(result))}\n`;
    case "prairielearn":
      return (result) => file(prairielearn(result));
    case "exercism":
      return (result) => file(exercism(result, context));
    case "junit":
      return (result) => junit(result, timestamp === undefined ? {} : { timestamp });
    case "json":
      return (result) => file(json(result, { reveal }));
  }
}

/** Writes one result as the text of a file of the named format; see `formatter`. */
export function formatResult(name: FormatName, result: CheckResult, context: FormatContext = {}): string {
  return formatter(name, context)(result);
}

function file(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
