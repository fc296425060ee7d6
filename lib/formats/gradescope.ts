// gradescope: the `results/results.json` that a Gradescope autograder leaves behind.
//
// Source: Gradescope's autograder specification (gradescope-autograders.readthedocs.io, "Output format"). A status is
// `passed` or `failed` and nothing else, so a property that could not be judged has none: Gradescope then goes by its
// points. Everything that the autograder prints stays with the staff (`stdout_visibility`).
import { type CheckResult, isHidden, type PropertyResult, type Status, studentView } from "../grade/index.js";
import { nameOf, overallText, propertyText, secondsOf } from "./words.js";

/** Gradescope's four words for who sees something, and when. */
export type GradescopeVisibility = "hidden" | "after_due_date" | "after_published" | "visible";

export interface GradescopeTest {
  readonly name: string;
  readonly name_format: "text";
  readonly number: string;
  readonly score: number;
  readonly max_score: number;
  readonly status?: "passed" | "failed";
  readonly output: string;
  readonly output_format: "text";
  /** The verdict. */
  readonly tags: readonly string[];
  readonly visibility: GradescopeVisibility;
}

export interface GradescopeResults {
  readonly score: number;
  /** In seconds. */
  readonly execution_time: number;
  readonly output: string;
  readonly output_format: "text";
  readonly test_output_format: "text";
  readonly test_name_format: "text";
  readonly stdout_visibility: "hidden";
  readonly extra_data: { readonly exercise: string; readonly isolation: readonly string[] };
  readonly tests: readonly GradescopeTest[];
}

export interface GradescopeOptions {
  /**
   * True writes hidden properties in full and never shows them to students; Gradescope then hides the total as well.
   * False (the default) writes what students may read, and shows it `after_published`.
   */
  readonly reveal?: boolean;
}

/** Writes a result for Gradescope. **Cost:** O(size of the result). */
export function gradescope(
  result: CheckResult,
  { reveal = false }: GradescopeOptions = {},
): GradescopeResults {
  const shown = reveal ? result : studentView(result);
  return {
    score: shown.points,
    execution_time: secondsOf(shown.elapsedMs),
    output: overallText(shown),
    output_format: "text",
    test_output_format: "text",
    test_name_format: "text",
    stdout_visibility: "hidden",
    extra_data: { exercise: shown.id, isolation: shown.isolation },
    tests: shown.properties.map((property, index) => testOf(property, index, reveal)),
  };
}

const STATUSES: Readonly<Record<Status, { status?: "passed" | "failed" }>> = {
  pass: { status: "passed" },
  fail: { status: "failed" },
  unknown: {},
};

function testOf(property: PropertyResult, index: number, reveal: boolean): GradescopeTest {
  return {
    name: nameOf(property, index),
    name_format: "text",
    number: `${index + 1}`,
    score: property.points,
    max_score: property.maxPoints,
    ...STATUSES[property.status],
    output: propertyText(property),
    output_format: "text",
    tags: [property.verdict],
    visibility: isHidden(property) ? (reveal ? "hidden" : "after_published") : "visible",
  };
}
