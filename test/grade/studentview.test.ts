// studentView: of a hidden property a student learns points and verdict, and nothing else anywhere.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type CheckResult, isHidden, studentView } from "../../lib/grade/index.js";
import { KINDS, resultOf, SECRETS, someResult } from "../formats/results.js";

test("without hidden properties a result stays what it is", () => {
  const [, result] = KINDS[1]!;
  expect(studentView(result)).toBe(result);
});

test("a hidden property keeps points and verdict, under a name that says nothing", () => {
  const { properties } = studentView(KINDS[3]![1]);
  expect(properties[1]).toEqual({
    name: "hidden check 1",
    status: "fail",
    visibility: "hidden",
    points: 0,
    maxPoints: 2,
    verdict: "global-deadlock",
    message: "Every goroutine waits, and nobody is left to wake one.",
    hints: [],
    elapsedMs: 7,
  });
});

test("a hidden name that others quote is replaced there: in the problem, in messages, in what was printed", () => {
  const [first, hidden] = KINDS[3]![1].properties;
  const quoting = `The check ended at "${SECRETS[0]}".`;
  const result: CheckResult = resultOf([{ ...first!, shown: quoting }, hidden!], {
    problem: { verdict: "fatal", message: quoting },
    notes: [quoting],
    output: quoting,
  });
  const shown = studentView(result);
  expect(shown.problem?.message).toBe('The check ended at "hidden check 1".');
  expect(JSON.stringify(shown)).not.toContain("SECRET");
});

test("a hidden name that begins with another one is replaced whole", () => {
  const [, hidden] = KINDS[3]![1].properties;
  const two = [hidden!, { ...hidden!, name: `${SECRETS[0]} again` }];
  const shown = studentView(resultOf(two, { output: `${SECRETS[0]} again; ${SECRETS[0]}` }));
  expect(shown.output).toBe("hidden check 2; hidden check 1");
});

test("points, statuses and the number of properties never change, whatever the result", () => {
  const facts = ({ points, maxPoints, properties }: CheckResult) => [
    points,
    maxPoints,
    properties.map((property) => [property.status, property.points, property.verdict, isHidden(property)]),
  ];
  fc.assert(
    fc.property(someResult, (result) => {
      expect(facts(studentView(result))).toEqual(facts(result));
    }),
    { numRuns: 60 },
  );
});
