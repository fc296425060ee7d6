// exercism: the `results.json` of an Exercism test runner, version 3.
//
// Source: exercism/docs, building/tooling/test-runners/interface.md. `error` means that no test ran; then the message at
// the top is all that a learner sees, at most 65,535 bytes. Tests stand in the order of the check file. What the learner
// printed is known for the whole run only, so it stands with the first test that did not pass, at most 500 characters.
import { type CheckResult, type PropertyResult, type Status, studentView } from "../grade/index.js";
import { cleanText, cutBytes, cutChars } from "./text.js";
import { nameOf, overallText, problemText, propertyText } from "./words.js";

export interface ExercismTest {
  readonly name: string;
  readonly status: "pass" | "fail" | "error";
  readonly message?: string;
  /** The learner's own prints, at most 500 characters. */
  readonly output?: string;
  /** What the test does, as text; Exercism wants it where the learner cannot see the tests. */
  readonly test_code?: string;
  readonly task_id?: number;
}

export type ExercismResults =
  | { readonly version: 3; readonly status: "error"; readonly message: string }
  | {
      readonly version: 3;
      readonly status: "pass" | "fail";
      readonly message: null;
      readonly tests: readonly ExercismTest[];
    };

export interface ExercismOptions {
  /** For a property's name, the text of what it runs. */
  testCode?(name: string): string | undefined;
  /** For a property's name, the number of the one task of the instructions that it belongs to. */
  taskId?(name: string): number | undefined;
}

/** The longest message, in bytes: Exercism counts characters and warns that long ones count more. */
export const EXERCISM_MESSAGE_BYTES = 65_535;
export const EXERCISM_OUTPUT_CHARS = 500;

const TRUNCATED = "\nOutput was truncated. Please limit to 500 chars";
const STATUSES: Readonly<Record<Status, ExercismTest["status"]>> = {
  pass: "pass",
  fail: "fail",
  unknown: "error",
};

/** Writes a result for Exercism's website. **Cost:** O(size of the result). */
export function exercism(result: CheckResult, options: ExercismOptions = {}): ExercismResults {
  const shown = studentView(result);
  if (hasRunNothing(shown)) {
    const why = problemText(shown) || overallText(shown) || "no test could be run";
    return { version: 3, status: "error", message: cutBytes(why, EXERCISM_MESSAGE_BYTES) };
  }
  const printedAt = Math.max(
    0,
    shown.properties.findIndex((property) => property.status !== "pass"),
  );
  const tests = shown.properties.map((property, index) => ({
    ...testOf(property, index, options),
    ...(index === printedAt ? printed(shown.output) : {}),
  }));
  const isPassed = tests.every((test) => test.status === "pass");
  return { version: 3, status: isPassed ? "pass" : "fail", message: null, tests };
}

/** True when the submission did not get as far as its first property. */
function hasRunNothing({ problem, properties }: CheckResult): boolean {
  if (properties.every((property) => property.status === "unknown")) return true;
  return problem !== undefined && properties.every((property) => property.verdict === problem.verdict);
}

function testOf(property: PropertyResult, index: number, options: ExercismOptions): ExercismTest {
  const code = property.visibility === "hidden" ? undefined : options.testCode?.(property.name);
  const task = options.taskId?.(property.name);
  const isPassed = property.status === "pass";
  return {
    name: nameOf(property, index),
    status: STATUSES[property.status],
    ...(isPassed ? {} : { message: cutBytes(propertyText(property), EXERCISM_MESSAGE_BYTES) }),
    ...(code === undefined ? {} : { test_code: cleanText(code) }),
    ...(task === undefined ? {} : { task_id: task }),
  };
}

function printed(output: string): { output?: string } {
  const text = cleanText(output);
  return text.trim() === "" ? {} : { output: cutChars(text, EXERCISM_OUTPUT_CHARS, TRUNCATED) };
}
