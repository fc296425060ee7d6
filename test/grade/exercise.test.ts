// exercise: a bad check file fails when it is loaded.
import { expect, test } from "vitest";
import { exercise, type Property } from "../../lib/grade/index.js";

const good: Property<unknown> = {
  name: "holds",
  points: 1,
  hints: {},
  schedules: 1,
  lab: () => ({ setup: () => 0, *main() {} }),
  expect: () => undefined,
};

test("a good spec is returned frozen", () => {
  const made = exercise({ id: "05-name/x", properties: [good] });
  expect(made.properties).toEqual([good]);
  expect(Object.isFrozen(made)).toBe(true);
});

const BAD: [string, Parameters<typeof exercise>[0], RegExp][] = [
  ["an id without a unit", { id: "x", properties: [good] }, /expected `id` to be like "05-name\/x", got "x"/],
  ["no properties", { id: "05-name/x", properties: [] }, /expected at least one property/],
  ["two of one name", { id: "05-name/x", properties: [good, good] }, /"holds": expected names to be unique/],
  [
    "negative points",
    { id: "05-name/x", properties: [{ ...good, points: -1 }] },
    /expected `points` to be an integer >= 0, got -1/,
  ],
  [
    "no schedules",
    { id: "05-name/x", properties: [{ ...good, schedules: 0 }] },
    /expected `schedules` to be an integer >= 1, got 0/,
  ],
  ["no name", { id: "05-name/x", properties: [{ ...good, name: "" }] }, /expected a name/],
];
for (const [what, spec, message] of BAD) {
  test(`${what} is a TypeError that names it`, () => expect(() => exercise(spec)).toThrow(message));
}
