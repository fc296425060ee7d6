// CheckResult: what grading one submission leaves behind. Plain data: it is printed, drawn, stored and sent.
import type { Position } from "../event/index.js";
import type { HintKey } from "./exercise.js";

/** `unknown`: could not be judged (too noisy, or never reached); costs the points but is not called wrong. */
export type Status = "pass" | "fail" | "unknown";

/** Who may read what a property says: of a `hidden` one, students see points and verdict only (`studentView`). */
export type Visibility = "visible" | "hidden";

/** A verdict with the words to act on it. */
export interface Problem {
  readonly verdict: HintKey | "not-run" | "check-failed";
  /** One or more sentences for a person; the first line says what is wrong. */
  readonly message: string;
  /** Where, in the submission's own lines. */
  readonly at?: Position;
  /** The line with a caret under the place. */
  readonly excerpt?: string;
}

/** The judgement of one property. */
export interface PropertyResult {
  readonly name: string;
  readonly status: Status;
  /** Default `visible`. */
  readonly visibility?: Visibility;
  readonly points: number;
  readonly maxPoints: number;
  readonly verdict: Problem["verdict"];
  /** Empty when passed. */
  readonly message: string;
  /** What was shown when it passed: the explorer's claim, or the measured ratios. */
  readonly shown?: string;
  /** None, or the three stages for this verdict, weakest first. */
  readonly hints: readonly string[];
  readonly go?: string;
  readonly seed?: string;
  /** `version.choices.hash`, bound to this exercise, property and text. */
  readonly schedule?: string;
  /** The command that plays the failing schedule again. */
  readonly replay?: string;
  /** The failing run, drawn. */
  readonly report?: { readonly text: string; readonly ansi: string; readonly svg: string };
  readonly elapsedMs: number;
}

/** The judgement of a submission. */
export interface CheckResult {
  readonly id: string;
  readonly status: Status;
  readonly points: number;
  readonly maxPoints: number;
  /** Points of hidden properties, which this copy of the course does not have and did not check. */
  readonly missingPoints?: number;
  /** What befell the whole submission: it does not compile, throws when loaded, was stopped. */
  readonly problem?: Problem;
  readonly properties: readonly PropertyResult[];
  /** First mistakes seen in the text, one plain sentence each. */
  readonly notes: readonly string[];
  /** What the submission printed, cut at a limit that is then named. */
  readonly output: string;
  /** What held the submission while it ran. */
  readonly isolation: readonly string[];
  readonly elapsedMs: number;
}
