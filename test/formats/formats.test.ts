// The formats: whatever the result, what is written holds to the format's schema and limits, and tells students nothing
// that only the teacher may read.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  exercism,
  FORMATS,
  type FormatName,
  formatResult,
  gradescope,
  junit,
  legacy,
  legacyOutput,
  prairielearn,
} from "../../lib/formats/index.js";
import type { CheckResult } from "../../lib/grade/index.js";
import { KINDS, oddText, resultOf, SECRETS, someResult } from "./results.js";
import { mistakes } from "./schemas.js";

const ENV = {
  CLASSROOM: "os-26",
  ASSIGNMENT: "deadlocks",
  MODE: "individual",
  OWNER: "ada",
  SUBMISSION_TAG: "submit/2026-06-01T14-32-05Z-a1b2c3d",
  COMMIT_URL: "https://example.org/commit/1",
  RELEASE_URL: "https://example.org/release/1",
  REVIEW_URL: "https://example.org/compare/0...1",
  GITHUB_ACTOR: "ada",
  GITHUB_ACTOR_ID: "7",
};
const TIMESTAMP = "2026-06-01T14:33:11Z";

/** The names of the schemas, where they differ from the format's. */
const SCHEMAS: Partial<Record<FormatName, string>> = { json: "result" };
const JSON_FORMATS = FORMATS.filter((name) => name !== "junit");

const write = (name: FormatName, result: CheckResult, reveal = false): string =>
  formatResult(name, result, { env: ENV, timestamp: TIMESTAMP, reveal });

/** Reads what was written as its reader would. */
function read(name: FormatName, text: string): Record<string, unknown> {
  const json = name === "legacy" ? Buffer.from(text, "base64").toString() : text;
  return JSON.parse(json) as Record<string, unknown>;
}

for (const name of JSON_FORMATS) {
  describe(name, () => {
    for (const [kind, result] of KINDS) {
      test(`a result ${kind} holds to the schema`, () => {
        expect(mistakes(SCHEMAS[name] ?? name, read(name, write(name, result)))).toEqual([]);
      });
    }

    test("any result holds to the schema, is proper UTF-8 and has no half characters", () => {
      fc.assert(
        fc.property(someResult, fc.boolean(), (result, reveal) => {
          const text = write(name, result, reveal);
          expect(mistakes(SCHEMAS[name] ?? name, read(name, text))).toEqual([]);
          expect(text).not.toMatch(/\\ud[89ab][0-9a-f]{2}(?!\\ud)|\p{Cs}/u);
        }),
        { numRuns: 60 },
      );
    });
  });
}

test("the schemas can fail: a key too many, a status that does not exist, a score that is not a number", () => {
  const [, [, failed]] = KINDS as unknown as [unknown, [string, CheckResult]];
  expect(mistakes("gradescope", { ...gradescope(failed), grade: 1 })).toEqual([
    " must NOT have additional properties",
  ]);
  expect(mistakes("gradescope", { tests: [{ score: 0, max_score: 1, status: "unknown" }] })).not.toEqual([]);
  expect(mistakes("exercism", { version: 3, status: "error" })).not.toEqual([]);
  expect(mistakes("prairielearn", { gradable: true, score: 1.5 })).not.toEqual([]);
  expect(
    mistakes("classroom50", { ...read("classroom50", write("classroom50", failed)), score: 0.5 }),
  ).not.toEqual([]);
  expect(mistakes("result", { ...read("json", write("json", failed)), points: -1 })).not.toEqual([]);
});

for (const name of FORMATS) {
  test(`${name}: of a hidden property students learn points and verdict, wherever its name or message stood`, () => {
    for (const [, result] of KINDS) {
      const text = name === "legacy" ? JSON.stringify(read(name, write(name, result))) : write(name, result);
      for (const secret of SECRETS) expect(text).not.toContain(secret);
      expect(text).not.toContain("SECRET");
    }
  });
}

test("the search for leaks can fail: the teacher's own files do carry the hidden name", () => {
  const [, result] = KINDS[3]!;
  expect(write("json", result, true)).toContain(SECRETS[0]);
  expect(write("gradescope", result, true)).toContain(SECRETS[1]);
});

describe("gradescope", () => {
  test("points, status and verdict of each property, in the check's order", () => {
    const { score, execution_time, tests } = gradescope(KINDS[1]![1]);
    expect([score, execution_time]).toEqual([2, 0.513]);
    expect(
      tests.map((one) => [one.number, one.name, one.status, one.score, one.max_score, one.tags]),
    ).toEqual([
      ["1", "both transfers finish", "passed", 2, 2, ["ok"]],
      ["2", "no money is lost", "failed", 0, 3, ["wrong-result"]],
    ]);
    expect(tests[1]!.output).toBe(
      "wrong-result: 200 cents became 150\na read and a write were torn apart\n\nmain  | go 2\nread  |\n\nPlay it again: npx hb replay 06/transfer 1.2-1X3.7be1",
    );
  });

  test("a property that could not be judged has no status: it is not called failed", () => {
    expect(gradescope(KINDS[2]![1]).tests[0]).not.toHaveProperty("status");
  });

  test("hidden properties are shown after publishing in general words, or to the staff alone in their own", () => {
    const [, result] = KINDS[3]!;
    const visibility = (reveal: boolean) =>
      gradescope(result, { reveal }).tests.map((one) => [one.name, one.visibility]);
    expect(visibility(false)).toEqual([
      ["both transfers finish", "visible"],
      ["hidden check 1", "after_published"],
    ]);
    expect(visibility(true)).toEqual([
      ["both transfers finish", "visible"],
      [SECRETS[0], "hidden"],
    ]);
    expect(gradescope(result).stdout_visibility).toBe("hidden");
  });
});

describe("classroom50", () => {
  test("who handed in what comes from the runner's variables, and the time from the tag, so a regrading is the same", () => {
    expect(read("classroom50", write("classroom50", KINDS[0]![1]))).toMatchObject({
      classroom: "os-26",
      assignment_type: "individual",
      owner: "ada",
      datetime: "2026-06-01T14:32:05Z",
      graded_at: TIMESTAMP,
      submitted_by: { username: "ada", id: 7 },
      score: 4,
      "max-score": 4,
    });
  });

  test("variables that are missing are all named at once", () => {
    const { CLASSROOM: _c, RELEASE_URL: _r, ...env } = ENV;
    expect(() => formatResult("classroom50", KINDS[0]![1], { env })).toThrow(
      new TypeError(
        "classroom50: expected the environment variables CLASSROOM, RELEASE_URL, which the runner sets; they are missing",
      ),
    );
    expect(() => formatResult("classroom50", KINDS[0]![1], { env: { ...ENV, OWNER: "" } })).toThrow(
      "classroom50: expected the environment variable OWNER or USERNAME, which the runner sets; it is missing",
    );
  });

  test("a tag without a time, and a mode that does not exist, are refused", () => {
    const bad = (more: object) => () =>
      formatResult("classroom50", KINDS[0]![1], { env: { ...ENV, ...more } });
    expect(bad({ SUBMISSION_TAG: "v1" })).toThrow(
      'classroom50: expected SUBMISSION_TAG to be like "submit/2026-06-01T14-32-05Z-a1b2c3d", got "v1"',
    );
    expect(bad({ MODE: "pair" })).toThrow('classroom50: expected MODE to be individual or group, got "pair"');
  });

  test("without a link to the whole difference, the commit is the review", () => {
    const { REVIEW_URL: _review, ...env } = ENV;
    const text = formatResult("classroom50", KINDS[0]![1], { env });
    expect(JSON.parse(text)).toMatchObject({ review: ENV.COMMIT_URL });
  });
});

describe("legacy", () => {
  test("the step output is one line that fits into a variable of Linux, whatever the messages", () => {
    fc.assert(
      fc.property(fc.array(oddText, { minLength: 1, maxLength: 30 }), (texts) => {
        const properties = texts.map((text, index) => ({
          ...KINDS[1]![1].properties[1]!,
          name: `property ${index}`,
          message: text.repeat(3),
        }));
        const output = legacyOutput(legacy(resultOf(properties)));
        expect(output).toMatch(/^[A-Za-z0-9+/]+=*$/);
        expect(output.length).toBeLessThanOrEqual(120 << 10);
      }),
      { numRuns: 40 },
    );
  });

  test("scores add up to what the reporter shows, and the line of the mistake is told", () => {
    const failed = legacy(KINDS[1]![1]);
    expect([failed.status, failed.max_score, failed.tests.map(({ score }) => score)]).toEqual([
      "fail",
      5,
      [2, 0],
    ]);
    const broken = legacy(KINDS[4]![1]);
    expect(broken.tests[0]).toMatchObject({ filename: "transfer.ts", line_no: 7 });
    expect(broken.tests[0]?.message).toContain("retrun a\n    | ^");
  });
});

describe("prairielearn", () => {
  test("the score is the share of the points, with a picture of the failing interleaving", () => {
    const written = prairielearn(KINDS[1]![1]);
    expect(written).toMatchObject({
      gradable: true,
      score: 0.4,
      tests: [{ points: 2 }, { points: 0, max_points: 3 }],
    });
    expect(JSON.stringify(written)).toContain("data:image/svg+xml;base64,");
  });

  test("a text that is no module is not gradable, so it costs no attempt", () => {
    expect(prairielearn(KINDS[4]![1])).toEqual({
      gradable: false,
      format_errors: [expect.stringMatching(/^does-not-compile: ';' expected\.\n\ntransfer\.ts:7:3/)],
    });
  });

  test("the file is smaller than 1 MB, whatever was printed and drawn", () => {
    const svg = "x".repeat(400_000);
    const [first] = KINDS[1]![1].properties.slice(1);
    for (const count of [1, 3, 60, 20_000]) {
      const properties = Array.from({ length: count }, (_, index) => ({
        ...first!,
        name: `${index} ${"🙂".repeat(count === 60 ? 30_000 : 10)}`,
        report: { text: "🙂".repeat(count > 100 ? 10 : 40_000), ansi: "", svg },
      }));
      const text = write("prairielearn", resultOf(properties, { output: "y".repeat(2_000_000) }));
      expect(Buffer.byteLength(text), `${count} properties`).toBeLessThan(1_000_000);
      expect(JSON.parse(text)).toMatchObject({ gradable: true, score: 0 });
    }
  });

  test("an exercise without points is passed or not", () => {
    const free = resultOf([{ ...KINDS[0]![1].properties[0]!, points: 0, maxPoints: 0 }]);
    expect(prairielearn(free)).toMatchObject({ score: 1 });
  });
});

describe("exercism", () => {
  test("a text that does not compile is an error with its line, and no tests", () => {
    const written = exercism(KINDS[4]![1]);
    expect(written).toEqual({
      version: 3,
      status: "error",
      message: expect.stringContaining("retrun a\n    | ^"),
    });
  });

  test("what the learner printed stands with the first test that did not pass, at most 500 characters", () => {
    const long = { ...KINDS[1]![1], output: `${"🙂".repeat(400)}` };
    const written = exercism(long);
    if (written.status === "error") throw new Error("expected tests");
    expect(written.tests.map((one) => one.output?.length)).toEqual([undefined, expect.any(Number)]);
    expect(written.tests[1]?.output?.length).toBeLessThanOrEqual(500);
    expect(written.tests[1]?.output).toMatch(/🙂\nOutput was truncated\. Please limit to 500 chars$/u);
  });

  test("code and task of a test are told where they are known, never those of a hidden property", () => {
    const written = exercism(KINDS[3]![1], { testCode: (name) => `// ${name}`, taskId: () => 1 });
    if (written.status === "error") throw new Error("expected tests");
    expect(written.tests.map((one) => one.test_code)).toEqual(["// both transfers finish", undefined]);
    expect(written.tests[0]?.task_id).toBe(1);
  });

  test("messages are at most 65,535 bytes", () => {
    const properties = [{ ...KINDS[1]![1].properties[1]!, message: "🙂".repeat(70_000) }];
    const written = exercism(resultOf(properties));
    if (written.status === "error") throw new Error("expected tests");
    expect(Buffer.byteLength(written.tests[0]?.message ?? "")).toBeLessThanOrEqual(65_535);
  });
});

describe("what a stopped check leaves behind", () => {
  test("finished properties keep their points in every format", () => {
    const [, stopped] = KINDS[5]!;
    expect(gradescope(stopped)).toMatchObject({
      score: 2,
      tests: [{ score: 2 }, { score: 0 }, { score: 0 }],
    });
    expect(read("classroom50", write("classroom50", stopped))).toMatchObject({
      score: 2,
      tests: [{ passed: true }, {}, {}],
    });
    expect(legacy(stopped).tests.map(({ score }) => score)).toEqual([2, 0, 0]);
    expect(prairielearn(stopped)).toMatchObject({ gradable: true, score: 0.4 });
    expect(exercism(stopped)).toMatchObject({
      status: "fail",
      tests: [{ status: "pass" }, { status: "fail" }, { status: "error" }],
    });
    expect(junit(stopped)).toContain('tests="3" failures="1" errors="0" skipped="1"');
    expect(read("json", write("json", stopped))).toMatchObject({
      points: 2,
      problem: { verdict: "out-of-time" },
    });
  });
});
