// Each property meets a submission that was just loaded: what one leaves behind is not there for the next.
import { afterAll, expect, test } from "vitest";
import { checkText } from "../../lib/grade/index.js";
import { beginningWith, buildCourse, changed, solution, TRANSFER } from "./course.js";

const places = buildCourse("instances");
afterAll(() => places.remove());

test("a lock of the module that stays locked in one property does not block the next", async () => {
  // Only the first property moves 30 cents.
  const text = changed(
    "  // The lower id first.",
    "  yield* gate.lock();\n  if (cents !== 30) yield* gate.unlock();",
  ).replace("import type { Go, Mutex }", "import { type Go, Mutex }");
  const result = await checkText(TRANSFER, `${text}\nconst gate = new Mutex();\n`, { places });
  expect(result.properties.map(({ status }) => status).slice(1)).toEqual(["pass", "pass"]);
});

test("what the module counted in one property is not counted on in the next", async () => {
  const lines = '  if (cents === 30) seen += 1;\n  else if (seen > 0) throw new Error("seen before");';
  const result = await checkText(TRANSFER, `let seen = 0;\n${beginningWith(lines)}`, { places });
  expect(result).toMatchObject({ status: "pass", points: 4 });
});

test("an error in a later property names the line of the submission", async () => {
  const text = beginningWith('  if (cents === 20) throw new Error("not twenty");');
  const line = text.split("\n").findIndex((words) => words.includes("not twenty")) + 1;
  const { properties } = await checkText(TRANSFER, text, { places });
  expect(JSON.stringify(properties[1])).toContain(`transfer.ts:${line}`);
  expect(JSON.stringify(properties[1])).not.toContain("?1");
});

test("what a submission prints while it is loaded is shown once", async () => {
  const { output, status } = await checkText(TRANSFER, `console.log("loaded");\n${solution(TRANSFER)}`, {
    places,
  });
  expect({ output, status }).toEqual({ output: "loaded\n", status: "pass" });
});
