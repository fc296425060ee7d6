// Places: which exercise a word means.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { exerciseIds, findExercise, UnknownExerciseError } from "../../lib/grade/index.js";
import { buildCourse } from "./course.js";

const places = buildCourse("places");
afterAll(() => places.remove());
const other = join(places.checks, "91-other");
mkdirSync(other, { recursive: true });
writeFileSync(join(other, "counter.check.js"), "");

test("every exercise with a built check is listed, in order", () => {
  expect(exerciseIds(places)).toEqual(["90-fixture/counter", "90-fixture/transfer", "91-other/counter"]);
});

const MEANT: [string, string][] = [
  ["90-fixture/transfer", "90-fixture/transfer"],
  ["90/transfer", "90-fixture/transfer"],
  ["transfer", "90-fixture/transfer"],
  ["exercises/90-fixture/transfer.ts", "90-fixture/transfer"],
  ["workspace/exercises/90-fixture/transfer.ts", "90-fixture/transfer"],
  ["./exercises/90-fixture/transfer.ts", "90-fixture/transfer"],
  ["91", "91-other/counter"],
];
for (const [word, id] of MEANT) {
  test(`"${word}" means ${id}`, () => expect(findExercise(word, places).id).toBe(id));
}

const NOT_MEANT: [string, RegExp][] = [
  ["90-fixture/transfr", /^no exercise "90-fixture\/transfr"\. Did you mean "90-fixture\/transfer"\?/],
  ["09-fixtures/transfer", /Did you mean "90-fixture\/transfer"\?/],
  ["transver", /Did you mean "90-fixture\/transfer"\?/],
  ["counter", /^"counter" fits several: 90-fixture\/counter, 91-other\/counter$/],
  ["90", /^"90" fits several: 90-fixture\/counter, 90-fixture\/transfer$/],
  ["qqqqqqqqq", /^no exercise "qqqqqqqqq"\. `npx hb list` shows all\.$/],
  ["", /^no exercise ""/],
  ["../../etc/passwd", /^no exercise/],
];
for (const [word, message] of NOT_MEANT) {
  test(`"${word}" is refused with what to type instead`, () => {
    expect(() => findExercise(word, places)).toThrow(UnknownExerciseError);
    expect(() => findExercise(word, places)).toThrow(message);
  });
}

test("a file says itself to which exercise it belongs, wherever it lies", () => {
  const file = join(other, "mine.ts");
  writeFileSync(file, "// exercise: 90-fixture/transfer\n");
  expect(findExercise(file, places)).toEqual({ id: "90-fixture/transfer", file });
  writeFileSync(file, "// exercise: 90-fixture/transferr\n");
  expect(() => findExercise(file, places)).toThrow(/Did you mean "90-fixture\/transfer"/);
  writeFileSync(file, "nothing\n");
  expect(() => findExercise(file, places)).toThrow(/first line should be `\/\/ exercise: NN-name\/x`/);
});

test("the learner's file comes before the starter", () => {
  expect(findExercise("transfer", places).file).toBe(join(places.starters, "90-fixture/transfer.ts"));
  const mine = join(places.submissions[0] ?? "", "90-fixture");
  mkdirSync(mine, { recursive: true });
  writeFileSync(join(mine, "transfer.ts"), "");
  expect(findExercise("transfer", places).file).toBe(join(mine, "transfer.ts"));
});
