// Results always exist: the child that holds the submission is really killed, or really dies, in the middle of a check;
// what was finished keeps its points in every format.
import { afterAll, describe, expect, test } from "vitest";
import { FORMATS, formatResult } from "../../lib/formats/index.js";
import { type CheckResult, checkText } from "../../lib/grade/index.js";
import { beginningWith, buildCourse, TRANSFER } from "../grade/course.js";

const places = buildCourse("formats-crash");
afterAll(() => places.remove());

const limits = { labMs: 1000, heapMiB: 64, memoryMiB: 400 };
const env = {
  CLASSROOM: "c",
  ASSIGNMENT: "a",
  MODE: "group",
  OWNER: "o",
  SUBMISSION_TAG: "submit/2026-06-01T14-32-05Z-a1b2c3d",
  COMMIT_URL: "https://example.org/1",
  RELEASE_URL: "https://example.org/2",
};

/** The first property transfers 30 cents and passes; then the process is in trouble. */
const TROUBLES: readonly (readonly [name: string, verdict: string, lines: string])[] = [
  [
    "killed, because nothing stops it",
    "out-of-time",
    `  if (cents !== 30) /^(a+)+$/.test("${"a".repeat(60)}!");\n`,
  ],
  [
    "dead of too much memory",
    "out-of-memory",
    "  const all: number[][] = [];\n  if (cents !== 30) for (;;) all.push(new Array(100_000).fill(7));\n",
  ],
];

/** Where each format keeps the points of the first property; the text of the others is searched. */
const FIRST: Readonly<Record<string, RegExp>> = {
  gradescope: /"number": "1",\s+"score": 1,/,
  classroom50: /"passed": true,\s+"score": 1,/,
  legacy: /"status":"pass","score":1,/,
  prairielearn: /"points": 1,\s+"max_points": 1,/,
  exercism: /"status": "pass"/,
  junit: /name="points" value="1"/,
  json: /"points": 1,\s+"maxPoints": 1,\s+"verdict": "ok"/,
};

for (const [name, verdict, lines] of TROUBLES) {
  describe(`a submission that is ${name}`, () => {
    let result: CheckResult;
    test("has a result in which the finished property has its points", async () => {
      result = await checkText(TRANSFER, beginningWith(lines), { places, limits });
      expect(result.properties.map((property) => property.verdict)).toEqual(["ok", verdict, "not-run"]);
      expect([result.status, result.points, result.maxPoints]).toEqual(["fail", 1, 4]);
      expect(result.problem?.verdict).toBe(verdict);
    }, 90_000);

    for (const format of FORMATS) {
      test(`is worth its one point in ${format}`, () => {
        const written = formatResult(format, result, { env });
        const text = format === "legacy" ? Buffer.from(written, "base64").toString() : written;
        expect(text).toMatch(FIRST[format]!);
        expect(text).toContain(verdict);
      });
    }
  });
}
