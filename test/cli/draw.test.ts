// hb draw: a schedule or a saved report becomes a picture in a file, or words.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drawCommand } from "../../lib/cli/draw.js";
import { EXIT } from "../../lib/cli/exit-code.js";
import type { Output } from "../../lib/cli/output.js";
import { checkText, projectRoot } from "../../lib/grade/index.js";
import { Cell, explore, go } from "../../lib/index.js";

const folder = join(projectRoot(), ".cache", `test-draw-${process.pid}`);
const saved = join(folder, "report.json");

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const { failure } = await explore(function* main() {
    const seats = new Cell(1);
    go(function* buyer() {
      yield* seats.write(0);
    });
    yield* seats.read();
  });
  writeFileSync(saved, JSON.stringify(failure));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function listener(): Output & { printed: string[]; noted: string[] } {
  const [printed, noted]: string[][] = [[], []];
  return {
    printed: printed as string[],
    noted: noted as string[],
    print: (text) => void printed?.push(text),
    note: (text) => void noted?.push(text),
    status: () => {},
    hasColor: false,
  };
}

test("a saved report is drawn as what explains it, into a file by its ending", async () => {
  for (const [end, begin] of [
    ["svg", "<svg "],
    ["html", "<!doctype html>"],
    ["txt", "DATA RACE on cell#1\n"],
  ]) {
    const out = listener();
    const file = join(folder, "deep", `picture.${end}`);
    expect(await drawCommand(saved, undefined, { out: file }, out)).toBe(EXIT.ok);
    expect(readFileSync(file, "utf8").startsWith(begin as string)).toBe(true);
    expect(out.noted.join()).toMatch(/^wrote .*picture\.\w+: DATA RACE on cell#1$/);
    expect(out.printed).toEqual([]);
  }
});

test("without a file it prints the picture's words", async () => {
  const out = listener();
  expect(await drawCommand(saved, undefined, { as: "timeline" }, out)).toBe(EXIT.ok);
  expect(out.printed.join("\n")).toMatch(/^When each goroutine ran and waited\ng1 main: /);
});

test("a failing schedule of an exercise is drawn", async () => {
  const id = "00-start-here/wait";
  const stub = join(projectRoot(), "exercises", `${id}.ts`);
  const result = await checkText(id, readFileSync(stub, "utf8"));
  const schedule = result.properties.find((property) => property.schedule !== undefined)?.schedule;
  const out = listener();
  const file = join(folder, "stub.svg");
  expect(await drawCommand(stub, schedule, { out: file }, out)).toBe(EXIT.ok);
  expect(readFileSync(file, "utf8")).toContain("WRONG RESULT");
}, 60_000);

test.each([
  [
    "an unknown picture",
    [saved, undefined, { as: "gantt" }],
    /^draw: expected `as` to be one of lanes, wait-for/,
  ],
  [
    "a picture that the report cannot give",
    [saved, undefined, { as: "p-lanes" }],
    /^procLanes: expected a report of/,
  ],
  [
    "an unknown kind of file",
    [saved, undefined, { out: "x.png" }],
    /^--out: expected a file that ends in .svg, .html/,
  ],
  ["no schedule", ["00-start-here/wait", undefined, {}], /^missing the schedule/],
  ["a file that is no report", [join(folder, "none.json"), undefined, {}], /none\.json: /],
  ["a schedule that is none", ["00-start-here/wait", "17", {}], /^expected a schedule like /],
] as const)("%s is a matter of words", async (_, [word, schedule, words], message) => {
  await expect(drawCommand(word, schedule, words, listener())).rejects.toMatchObject({
    name: "UsageError",
    message: expect.stringMatching(message),
  });
});
