// Results for the tests of the formats: one of each kind by hand, and random ones with the oddest texts there are.
import fc from "fast-check";
import type { CheckResult, PropertyResult } from "../../lib/grade/index.js";

const passed: PropertyResult = {
  name: "both transfers finish",
  status: "pass",
  points: 2,
  maxPoints: 2,
  verdict: "ok",
  message: "",
  shown: "300 schedules (random, pct), seed 1: nothing wrong",
  hints: [],
  elapsedMs: 41.25,
};

const failed: PropertyResult = {
  name: "no money is lost",
  status: "fail",
  points: 0,
  maxPoints: 3,
  verdict: "wrong-result",
  message: "200 cents became 150\na read and a write were torn apart",
  hints: ["Who writes?", "One lock.", "Lock both."],
  go: "sync.Mutex",
  seed: "1",
  schedule: "1.2-1X3.7be1",
  replay: "npx hb replay 06/transfer 1.2-1X3.7be1",
  report: {
    text: "main  | go 2\nread  |",
    ansi: "\u001b[1mmain\u001b[22m",
    svg: "<svg><text>main</text></svg>",
  },
  elapsedMs: 12.5,
};

const noisy: PropertyResult = {
  name: "readers are not slowed down",
  status: "unknown",
  points: 0,
  maxPoints: 1,
  verdict: "too-noisy",
  message: "This machine is too busy for a fair measurement.",
  hints: [],
  elapsedMs: 3000,
};

/** What only a teacher may read; none of these words may reach a student. */
export const SECRETS = [
  "the SECRET order of locks",
  "SECRET-message",
  "SECRET-hint",
  "SECRET-schedule",
] as const;

const hidden: PropertyResult = {
  name: SECRETS[0],
  visibility: "hidden",
  status: "fail",
  points: 0,
  maxPoints: 2,
  verdict: "global-deadlock",
  message: SECRETS[1],
  hints: [SECRETS[2], SECRETS[2], SECRETS[2]],
  go: SECRETS[1],
  seed: "1",
  schedule: SECRETS[3],
  replay: `npx hb replay x ${SECRETS[3]}`,
  report: { text: SECRETS[1], ansi: SECRETS[1], svg: `<svg>${SECRETS[1]}</svg>` },
  elapsedMs: 7,
};

/** Puts properties together, with what the grader would add. */
export function resultOf(
  properties: readonly PropertyResult[],
  more: Partial<CheckResult> = {},
): CheckResult {
  const isPassed = properties.every(({ status }) => status === "pass");
  const isFailed = properties.some(({ status }) => status === "fail");
  return {
    id: "06-deadlocks/transfer",
    status: isPassed ? "pass" : isFailed ? "fail" : "unknown",
    points: properties.reduce((sum, { points }) => sum + points, 0),
    maxPoints: properties.reduce((sum, { maxPoints }) => sum + maxPoints, 0),
    properties,
    notes: [],
    output: "",
    isolation: ["own process and process group"],
    elapsedMs: 512.5,
    ...more,
  };
}

const doesNotCompile = {
  verdict: "does-not-compile",
  message: "';' expected.",
  at: { file: "transfer.ts", line: 7, column: 3 },
  excerpt: "transfer.ts:7:3\n  7 | retrun a\n    | ^",
} as const;

const stopped = {
  verdict: "out-of-time",
  message: `Stopped in "${SECRETS[0]}": still running after 8 s.`,
} as const;

const notRun = { status: "unknown", verdict: "not-run", points: 0, message: "Not run.", hints: [] } as const;

/** One result of each kind, by a name for the test's title. */
export const KINDS: readonly (readonly [name: string, result: CheckResult])[] = [
  ["that passed", resultOf([passed, { ...passed, name: "and again" }])],
  [
    "that failed",
    resultOf([passed, failed], { output: "a = 5\n", notes: ["Line 3: a `yield*` is missing."] }),
  ],
  ["that could not be judged", resultOf([noisy])],
  ["with a hidden failure", resultOf([passed, hidden])],
  [
    "that does not compile",
    resultOf(
      [passed, failed].map((property) => ({
        ...property,
        ...{ status: "fail", points: 0, verdict: "does-not-compile", message: doesNotCompile.message },
      })),
      { problem: doesNotCompile },
    ),
  ],
  [
    "that was stopped in a hidden property",
    resultOf(
      [passed, { ...hidden, verdict: "out-of-time", message: stopped.message }, { ...noisy, ...notRun }],
      { problem: stopped },
    ),
  ],
];

/** Any text, with what breaks files: control characters, half characters, markup, very long lines. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 2, arbitrary: fc.string() },
  fc.constantFrom(
    "",
    "\u0000\u0001\u001b[2J\u007f\u0085",
    "\ud800 half \udc00",
    "\ufffe\uffff",
    "]]><!--&amp;<b>'\"",
    "two\r\nlines\u2028and\tmore",
    "true",
    `${"long ".repeat(14_000)}`,
    "🙂".repeat(35_000),
  ),
  fc
    .array(fc.constantFrom("\ud83d", "\ude42", "\u0000", "a", "\n", "<", "&"), { maxLength: 40 })
    .map((all) => all.join("")),
);

const someProperty: fc.Arbitrary<PropertyResult> = fc
  .record(
    {
      name: oddText,
      status: fc.constantFrom("pass", "fail", "unknown"),
      visibility: fc.constantFrom("visible", "hidden"),
      maxPoints: fc.nat(20),
      verdict: fc.constantFrom(
        "ok",
        "race",
        "global-deadlock",
        "out-of-time",
        "not-run",
        "check-failed",
        "too-noisy",
      ),
      message: oddText,
      shown: oddText,
      hints: fc.constantFrom([], ["a", "b", "c"]),
      go: oddText,
      seed: oddText,
      schedule: oddText,
      replay: oddText,
      report: fc.record({ text: oddText, ansi: oddText, svg: oddText }),
      elapsedMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
    },
    { requiredKeys: ["name", "status", "maxPoints", "verdict", "message", "hints", "elapsedMs"] },
  )
  .map(
    (property) =>
      ({ ...property, points: property.status === "pass" ? property.maxPoints : 0 }) as PropertyResult,
  );

const someProblem = fc.record(
  {
    verdict: fc.constantFrom("does-not-compile", "out-of-time", "fatal", "panic"),
    message: oddText,
    at: fc.record({
      file: oddText,
      line: fc.integer({ min: 1, max: 500 }),
      column: fc.integer({ min: 1, max: 200 }),
    }),
    excerpt: oddText,
  },
  { requiredKeys: ["verdict", "message"] },
);

/** Any result that a grader may leave behind. */
export const someResult: fc.Arbitrary<CheckResult> = fc
  .record({
    properties: fc.array(someProperty, { minLength: 1, maxLength: 6 }),
    more: fc.record(
      { problem: someProblem, notes: fc.array(oddText, { maxLength: 3 }), output: oddText },
      { requiredKeys: ["notes", "output"] },
    ),
  })
  .map(({ properties, more }) => resultOf(properties, more as Partial<CheckResult>));
