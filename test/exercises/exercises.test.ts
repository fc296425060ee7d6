// Every exercise of the course: the starter fails for the reason that it states, the solution passes, and the
// two differ only where the learner has to work. Further units need no line here.
import { checkText, coursePlaces, exerciseIds, type PropertyResult } from "happens-before/check";
import { describe, expect, test } from "vitest";
import {
  beginnersMistakes,
  exportsOf,
  headOf,
  hintComplaints,
  idsIn,
  isMeasured,
  saidBy,
  statedReason,
  textOf,
} from "./gate.js";

const IDS = idsIn("exercises", ".ts");
/**
 * A measured check takes seconds. Where the machine is too busy to measure on, it says so and judges nothing: that it judges
 * rightly is tested on recordings. In the stress run solutions pass twenty times of twenty.
 */
const LIMIT_MS = 180_000;

describe("exercises", () => {
  test("each one has a solution, and a check that is built", () => {
    expect(idsIn("solutions", ".ts")).toEqual(IDS);
    expect(idsIn("test/exercises", ".check.ts")).toEqual(IDS);
    expect(exerciseIds(coursePlaces())).toEqual(IDS);
  });

  test("each hidden part belongs to an exercise", () => {
    expect(idsIn("test/exercises", ".hidden.ts").filter((id) => !IDS.includes(id))).toEqual([]);
  });

  for (const id of IDS) {
    const starter = textOf("exercises", id);
    const solution = textOf("solutions", id);

    test(`${id}: says what it is, how to check it and how it fails; the solution begins with the same words`, () => {
      const head = headOf(starter);
      expect(head[0]).toBe(`// exercise: ${id}`);
      expect(head).toContain(`// Check: npx hb check ${id}`);
      expect(statedReason(starter)).toBeDefined();
      expect(headOf(solution)).toEqual(head);
      expect(exportsOf(solution)).toEqual(exportsOf(starter));
    });

    test(`${id}: only the starter has a TODO`, () => {
      expect(starter).toContain("// TODO:");
      expect(solution).not.toContain("TODO");
    });

    test(
      `${id}: the starter fails for the stated reason, with three hints for each thing that fails`,
      async () => {
        const result = await checkText(id, starter);
        expect(result.status).toBe("fail");
        expect(saidBy(result)).toContain(statedReason(starter));
        expect(result.properties.flatMap(hintComplaints)).toEqual([]);
      },
      LIMIT_MS,
    );

    test(
      `${id}: the solution passes with all points`,
      async () => {
        const { status, points, maxPoints, properties } = await checkText(id, solution);
        const judged = properties.filter((p) => !(isMeasured(id) && p.verdict === "too-noisy"));
        expect(judged.filter((p) => p.status !== "pass").map((p) => `${p.name}: ${p.message}`)).toEqual([]);
        if (judged.length === properties.length) expect([status, points]).toEqual(["pass", maxPoints]);
      },
      LIMIT_MS,
    );
  }
});

describe("the gate itself", () => {
  const text = [
    "// exercise: 90-fixture/x",
    "// Add.",
    "// Check: npx hb check 90-fixture/x",
    "// Fails: nothing came",
    'import { type Go, Mutex } from "happens-before";',
    "export function* add(mu: Mutex): Go {",
    "  yield* mu.lock();",
    "  const n = yield* next();",
    "}",
    "export class Shop {}",
  ].join("\n");

  test("reads head, reason and exports", () => {
    expect(headOf(text)).toHaveLength(4);
    expect(statedReason(text)).toBe("nothing came");
    expect(statedReason(text.replace("// Fails", "// Falls"))).toBeUndefined();
    expect(exportsOf(text)).toEqual(["Shop", "add"]);
  });

  test("makes a beginner's mistakes one at a time", () => {
    const made = beginnersMistakes(text);
    expect(made.map(({ name }) => name)).toEqual([
      "line 7: no yield*",
      "line 7: left out",
      "line 8: no yield*",
    ]);
    expect(made[0]?.text).toContain("\n  mu.lock();\n  const n = yield* next();");
    expect(made[1]?.text).toContain("Go {\n\n  const n = yield* next();");
  });

  test("sees hints that are missing, repeated or empty", () => {
    const property: PropertyResult = {
      ...{ name: "p", message: "", points: 0, maxPoints: 1, elapsedMs: 0, hints: [] },
      status: "fail",
      verdict: "race",
    };
    const say = (...hints: string[]) => hintComplaints({ ...property, hints });
    expect(say("look at the lanes", "who is first?", "take the lock")).toEqual([]);
    expect(say("look at the lanes")).toEqual(['"p" (race) has 1 hints, not 3']);
    expect(say("look at the lanes", "look at the lanes", "take the lock")).toEqual([
      '"p" (race) says the same hint twice',
    ]);
    expect(say("look at the lanes", "who?", "take the lock")).toEqual([
      '"p" (race) has a hint that says nothing',
    ]);
    expect(hintComplaints({ ...property, status: "pass", hints: [] })).toEqual([]);
  });
});
