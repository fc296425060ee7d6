// judge: a pure function of plain data.
import { expect, test } from "vitest";
import type { Exploration, Report } from "../../lib/event/index.js";
import type { Property } from "../../lib/grade/index.js";
import { judge } from "../../lib/grade/judge.js";
import type { Comparison } from "../../lib/stats/index.js";

const context = { name: "90-fixture/x", seed: "1", elapsedMs: 5 };
const report: Report = {
  verdict: "leak",
  findings: [{ verdict: "leak", message: "one goroutine is blocked for ever", goroutines: [2], at: [] }],
  seed: "1",
  schedule: "1.0.abcd",
  steps: 3,
  virtualNs: 0,
  goroutines: [],
  metrics: {},
};
const leaking: Exploration = {
  verdict: "leak",
  failure: report,
  outcomes: [],
  schedules: 4,
  claim: "leak found",
};

const lab = (expect_: (r: Exploration<unknown>) => string | undefined): Property<unknown> => ({
  name: "p",
  points: 3,
  hints: { leak: ["a", "b", "c"] },
  schedules: 1,
  lab: () => ({ setup: () => 0, *main() {} }),
  expect: expect_,
});
const race = (said: string | undefined): Property<unknown> => ({
  name: "p",
  points: 3,
  hints: {},
  race: () => ({}),
  expect: () => said,
});
const comparison = { ratios: [], noise: { note: "gaps of 40 ms" } } as unknown as Comparison;

test("expect alone decides: an exploration that found a leak passes a property that wants one", () => {
  const result = judge(
    lab((r) => (r.verdict === "leak" ? undefined : "expected a leak")),
    { kind: "explored", exploration: leaking },
    context,
  );
  expect(result).toMatchObject({ status: "pass", points: 3, message: "", hints: [] });
});

test("a failure carries the explorer's verdict, the hints for it, and the schedule", () => {
  const result = judge(
    lab(() => "nobody may be left"),
    { kind: "explored", exploration: leaking },
    context,
  );
  expect(result).toMatchObject({
    status: "fail",
    verdict: "leak",
    points: 0,
    message: "nobody may be left\none goroutine is blocked for ever",
    hints: ["a", "b", "c"],
    replay: "npx hb replay 90-fixture/x 1.0.abcd",
  });
});

test("a failure without a failing schedule is a wrong result", () => {
  const exploration: Exploration = { verdict: "ok", outcomes: [], schedules: 4, claim: "" };
  expect(
    judge(
      lab(() => "too few"),
      { kind: "explored", exploration },
      context,
    ),
  ).toMatchObject({ verdict: "wrong-result", message: "too few" });
});

test("an expect that throws is the check's fault and not called wrong", () => {
  const broken = lab(() => {
    throw new Error("typo");
  });
  const result = judge(broken, { kind: "explored", exploration: leaking }, context);
  expect(result).toMatchObject({ status: "unknown", verdict: "check-failed" });
  expect(result.message).toMatch(/not about your code.*typo/);
});

test("not implemented wins over what expect would say, even if it would pass", () => {
  const failure: Report = {
    ...report,
    verdict: "panic",
    error: { name: "Error", message: "not implemented: f", stack: [] },
  };
  const exploration: Exploration = { verdict: "panic", failure, outcomes: [], schedules: 1, claim: "" };
  expect(
    judge(
      lab(() => undefined),
      { kind: "explored", exploration },
      context,
    ),
  ).toMatchObject({
    status: "fail",
    verdict: "not-implemented",
    message: "not implemented: f",
  });
});

test("a measured property that is wrong is too slow; a noisy machine is nobody's fault", () => {
  const measured = { kind: "measured", comparison } as const;
  expect(judge(race("half as fast"), measured, context)).toMatchObject({
    status: "fail",
    verdict: "too-slow",
    message: "half as fast",
  });
  expect(judge(race("too-noisy"), measured, context)).toMatchObject({
    status: "unknown",
    verdict: "too-noisy",
  });
  expect(judge(race(undefined), measured, context)).toMatchObject({ status: "pass", points: 3 });
});

test("an outcome of the wrong kind is the check's fault", () => {
  expect(judge(race(undefined), { kind: "explored", exploration: leaking }, context).verdict).toBe(
    "check-failed",
  );
});

test("what is thrown has the learner's line; what a check throws has no line of the check", () => {
  const thrownIn = (file: string): string => {
    const error = { name: "Error", message: "the stock was -1", stack: [{ file, line: 7, column: 3 }] };
    return judge(race(undefined), { kind: "threw", error } as never, context).message;
  };
  expect(thrownIn("sell.ts")).toBe("the stock was -1 (sell.ts:7:3)");
  for (const theirs of ["sell.check.js", "sell.check.ts", "sell.hidden.js"]) {
    expect(thrownIn(theirs)).toBe("the stock was -1");
  }
});
