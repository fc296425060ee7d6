// prairielearn: the `results/results.json` below `/grade` that PrairieLearn's external grading reads.
//
// Source: PrairieLearn's documentation, "External grading": a score from 0 to 1 or `gradable: false`; at most 1 MB, else
// the whole result is refused. So pictures go first, then texts get shorter, until it fits. A text that is no module
// is not gradable: it does not use up an attempt. Students see everything here.
import { type CheckResult, type PropertyResult, studentView } from "../grade/index.js";
import { cleanText, cutBytes } from "./text.js";
import { nameOf, overallText, problemText, propertyText } from "./words.js";

export interface PrairieLearnTest {
  readonly name: string;
  readonly description: string;
  readonly points: number;
  readonly max_points: number;
  readonly message: string;
  readonly output: string;
  readonly images?: readonly { readonly label: string; readonly url: string }[];
}

export interface PrairieLearnGraded {
  readonly gradable: true;
  /** From 0 to 1. */
  readonly score: number;
  readonly message: string;
  readonly output: string;
  readonly tests: readonly PrairieLearnTest[];
}

export interface PrairieLearnRefused {
  readonly gradable: false;
  readonly format_errors: readonly string[];
}

export type PrairieLearnResults = PrairieLearnGraded | PrairieLearnRefused;

/** PrairieLearn's limit. */
export const PRAIRIELEARN_MAX_BYTES = 1_000_000;

/** What is tried, until it fits: with pictures or not, and how long a text may be. */
const SIZES: readonly (readonly [hasPictures: boolean, textBytes: number])[] = [
  [true, 64 << 10],
  [false, 64 << 10],
  [false, 8 << 10],
  [false, 1 << 10],
  [false, 100],
];

/** Writes a result for PrairieLearn, at most 1 MB of JSON. **Cost:** O(size of the result). */
export function prairielearn(result: CheckResult): PrairieLearnResults {
  const shown = studentView(result);
  if (shown.problem?.verdict === "does-not-compile") {
    return { gradable: false, format_errors: [cutBytes(problemText(shown), 64 << 10)] };
  }
  for (const [hasPictures, textBytes] of SIZES) {
    if (hasPictures && pictureBytes(shown) > PRAIRIELEARN_MAX_BYTES) continue;
    const written = write(shown, hasPictures, textBytes);
    if (Buffer.byteLength(JSON.stringify(written, undefined, 2)) < PRAIRIELEARN_MAX_BYTES) return written;
  }
  const message = `${shown.points} of ${shown.maxPoints} points; the details do not fit into 1 MB`;
  return { gradable: true, score: scoreOf(shown), message, output: "", tests: [] };
}

function write(result: CheckResult, hasPictures: boolean, textBytes: number): PrairieLearnGraded {
  return {
    gradable: true,
    score: scoreOf(result),
    message: `${result.points} of ${result.maxPoints} points`,
    output: cutBytes(overallText(result), textBytes),
    tests: result.properties.map((property, index) => ({
      name: cutBytes(nameOf(property, index), textBytes),
      description: cutBytes(cleanText(property.go ?? ""), textBytes),
      points: property.points,
      max_points: property.maxPoints,
      message: property.status === "pass" ? "" : `${property.verdict}`,
      output: cutBytes(propertyText(property), textBytes),
      ...(hasPictures && property.report !== undefined
        ? { images: [picture(property, property.report.svg)] }
        : {}),
    })),
  };
}

/** As base64, which takes four bytes for three. */
function pictureBytes({ properties }: CheckResult): number {
  return properties.reduce((sum, { report }) => sum + ((report?.svg.length ?? 0) * 4) / 3, 0);
}

function picture({ verdict }: PropertyResult, svg: string): { label: string; url: string } {
  return {
    label: `A failing interleaving (${verdict})`,
    url: `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`,
  };
}

/** An exercise without points is passed or not. */
function scoreOf({ points, maxPoints, status }: CheckResult): number {
  if (maxPoints > 0) return Math.min(1, points / maxPoints);
  return status === "pass" ? 1 : 0;
}
