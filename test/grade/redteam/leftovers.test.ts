// Submissions that leave something running: a right one still gets what it deserves, and nothing is left behind. Those
// that take all they can get are in greedy.stress.ts.
import { readdirSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { checkText } from "../../../lib/grade/index.js";
import { buildCourse, solution, TRANSFER } from "../course.js";
import { LIMITS, processesBelow } from "./attack.js";

const places = buildCourse("redteam-leftovers");
afterAll(() => places.remove());

const check = (text: string) => checkText(TRANSFER, text, { places, limits: LIMITS });

/** Lines before the right solution, which passes all the same. */
const HARMLESS: readonly (readonly [what: string, lines: string])[] = [
  ["an interval", "setInterval(() => {}, 1);"],
  ["an interval that nobody waits for", "setInterval(() => {}, 1).unref();"],
  ["a promise that is never kept", "new Promise(() => {}).then(() => {});"],
  ["a timer that starts timers", "(function again() { setTimeout(again, 0); })();"],
  ["a handler for its own end", 'process.on("exit", () => {});'],
];
for (const [what, lines] of HARMLESS) {
  test(`${what} left behind changes nothing, and is gone afterwards`, async () => {
    expect(await check(`${lines}\n${solution(TRANSFER)}`)).toMatchObject({ status: "pass", points: 4 });
    expect(processesBelow(places.scratch)).toEqual([]);
    expect(readdirSync(places.scratch)).toEqual([]);
  });
}

test("a rejection that nobody handles ends it before any property is run", async () => {
  const result = await check(`Promise.reject(new Error("behind your back"));\n${solution(TRANSFER)}`);
  expect(result).toMatchObject({ status: "fail", points: 0, problem: { verdict: "fatal" } });
  expect(result.problem?.message).toContain("while the file was loaded");
  expect(processesBelow(places.scratch)).toEqual([]);
});
