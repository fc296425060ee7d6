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

test("a hidden name of one letter changes no word of ours", () => {
  const [first, hidden] = KINDS[3]![1].properties;
  const { properties } = studentView(
    resultOf([
      { ...first!, visibility: "visible" },
      { ...hidden!, name: "b" },
    ]),
  );
  expect(properties[0]).toMatchObject({ visibility: "visible", status: "pass", verdict: "ok" });
});

test("a hidden name that begins with another one is replaced whole", () => {
  const [, hidden] = KINDS[3]![1].properties;
  const two = [hidden!, { ...hidden!, name: `${SECRETS[0]} again` }];
  const shown = studentView(resultOf(two, { output: `${SECRETS[0]} again; ${SECRETS[0]}` }));
  expect(shown.output).toBe("hidden check 2; hidden check 1");
});

test("a hidden file leaves no trace: not its name, not a line of it, not its text", () => {
  const [first, hidden] = KINDS[3]![1].properties;
  const place = "file:///home/t/.cache/check/run-1/vault.hidden.js:30:11";
  const result = resultOf([{ ...first!, message: `thrown at ${place}, then (x.hidden.ts:7)` }, hidden!], {
    problem: {
      verdict: "fatal",
      message: `It threw at vault.hidden.ts:12.`,
      at: { file: "vault.hidden.ts", line: 12, column: 3 },
      excerpt: "  const SECRET = 1;",
    },
    notes: [`see vault.hidden.js:1`],
    output: `own words\n${place}\n  throw new Error("SECRET")\n  ^\n\nError: SECRET\n    at Object.main (${place})\n`,
  });
  const shown = studentView(result);
  expect(JSON.stringify(shown)).not.toMatch(/\.hidden\b|SECRET|js:30|ts:12|ts:7|"line"/);
  expect(shown.output).toBe("own words\n");
  expect(shown.properties[0]?.message).toBe("thrown at a hidden check, then (a hidden check)");
  expect(shown.problem).toEqual({ verdict: "fatal", message: "It threw at a hidden check." });
});

test("the places in the submission stay", () => {
  const at = { file: "vault.ts", line: 3, column: 1 };
  const problem = { verdict: "panic", message: "at vault.ts:3", at, excerpt: "3 | x" } as const;
  const [first, hidden] = KINDS[3]![1].properties;
  expect(studentView(resultOf([first!, hidden!], { problem })).problem).toEqual(problem);
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
