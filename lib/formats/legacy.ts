// legacy: what GitHub Classroom's reporter reads: base64 of a small JSON, as the step output `result`.
//
// Source: classroom-resources/autograding-grading-reporter, which reads the variable `<RUNNER-ID>_RESULTS`, adds up the
// tests' scores and the runners' `max_score`. A variable of Linux holds 128 KiB at most (MAX_ARG_STRLEN), so long
// messages are cut until the whole fits. Students see the report, so hidden properties are told in general words.
import { type CheckResult, type PropertyResult, type Status, studentView } from "../grade/index.js";
import { cleanText, cutBytes } from "./text.js";
import { nameOf, problemText, propertyText, secondsOf } from "./words.js";

export interface LegacyTest {
  readonly name: string;
  readonly status: "pass" | "fail" | "error";
  readonly score: number;
  readonly message: string;
  readonly test_code: string;
  readonly filename: string;
  /** From 1; 0 when no line is known. */
  readonly line_no: number;
  /** In seconds. */
  readonly duration: number;
}

export interface LegacyResult {
  readonly version: 1;
  readonly status: "pass" | "fail" | "error";
  readonly max_score: number;
  readonly tests: readonly LegacyTest[];
}

/** The longest base64 text; room is left for the variable's name. */
export const LEGACY_MAX_BYTES = 120 << 10;

const STATUSES: Readonly<Record<Status, LegacyResult["status"]>> = {
  pass: "pass",
  fail: "fail",
  unknown: "error",
};

/** Writes a result for GitHub Classroom's reporter; `legacyOutput` makes the step output of it. */
export function legacy(result: CheckResult): LegacyResult {
  const shown = studentView(result);
  for (let messageBytes = 8 << 10; ; messageBytes >>= 1) {
    const written = write(shown, messageBytes);
    if (messageBytes < 1 || legacyOutput(written).length <= LEGACY_MAX_BYTES) return written;
  }
}

/** The text of the step output `result`: base64 on one line. */
export function legacyOutput(result: LegacyResult): string {
  return Buffer.from(JSON.stringify(result)).toString("base64");
}

function write(result: CheckResult, messageBytes: number): LegacyResult {
  const { problem } = result;
  return {
    version: 1,
    status: STATUSES[result.status],
    max_score: result.maxPoints,
    tests: result.properties.map((property, index) => ({
      name: cutBytes(nameOf(property, index), Math.max(messageBytes, 40)),
      status: STATUSES[property.status],
      score: property.points,
      message: cutBytes(messageOf(property, result), messageBytes),
      test_code: cutBytes(cleanText(property.go ?? ""), messageBytes),
      filename: cutBytes(cleanText(problem?.at?.file ?? ""), 200),
      line_no: problem?.at?.line ?? 0,
      duration: secondsOf(property.elapsedMs),
    })),
  };
}

/** A property that failed because of the whole submission shows the line as well. */
function messageOf(property: PropertyResult, result: CheckResult): string {
  const isShared = property.status !== "pass" && property.message === result.problem?.message;
  return isShared ? problemText(result) : propertyText(property);
}
