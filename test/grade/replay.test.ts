// replay: a schedule plays again on the text it belongs to, and on no other.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkText, replayFile, submissionFile } from "../../lib/grade/index.js";
import { keepCellText } from "../../lib/grade/scratch.js";
import { buildCourse, changed, solution, TRANSFER } from "./course.js";

const places = buildCourse("replay");
afterAll(() => places.remove());
const wrong = changed("a.id < b.id ? [a, b] : [b, a]", "[a, b]");
const file = join(places.submissions[0] ?? "", `${TRANSFER}.ts`);
let schedule = "";

beforeAll(async () => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, wrong);
  const result = await checkText(TRANSFER, wrong, { places });
  schedule = result.properties[1]?.schedule ?? "";
});

test("a failing schedule ends in the same verdict again, with its steps, in the same property", async () => {
  const replayed = await replayFile(TRANSFER, file, schedule, places);
  if (!("report" in replayed)) throw new Error(`expected a report, got ${JSON.stringify(replayed)}`);
  expect(replayed.report.verdict).toBe("global-deadlock");
  expect(replayed.report.events?.length).toBeGreaterThan(5);
  expect(replayed.property).toBe("no pair of transfers blocks for ever");
  expect(replayed.from).toBe(file);
});

test("a schedule of another text is refused by its hash", async () => {
  writeFileSync(file, `${wrong}\n`);
  await expect(replayFile(TRANSFER, file, schedule, places)).rejects.toThrow(
    /^this schedule belongs to another text: /,
  );
  writeFileSync(file, wrong);
});

test("a schedule of the exercise's cell plays on the cell's text", async () => {
  expect(submissionFile(TRANSFER, places)).toBe(file);
  writeFileSync(file, solution(TRANSFER));
  keepCellText(places.scratch, TRANSFER, wrong);
  const replayed = await replayFile(TRANSFER, file, schedule, places);
  expect(replayed.from).toBe("the notebook's cell, as it was checked last");
  expect("report" in replayed && replayed.report.verdict).toBe("global-deadlock");
  writeFileSync(file, wrong);
});

for (const bad of ["", "1", "1.2", "1.2.3.4"]) {
  test(`"${bad}" is not a schedule`, async () => {
    await expect(replayFile(TRANSFER, file, bad, places)).rejects.toThrow(/^expected a schedule like /);
  });
}

test("choices that make no sense are said to, though the hash fits", async () => {
  const [, , hash] = schedule.split(".");
  const replayed = await replayFile(TRANSFER, file, `1.?!.${hash}`, places);
  expect("problem" in replayed && replayed.problem.message).toMatch(
    /^schedule: expected `version\.choices\.hash`/,
  );
});
