// Every row of the curriculum that a unit has to teach leads to its cells, and to what fails when it is no longer true.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type LessonCell, parseLesson } from "../../lib/notebook/index.js";
import { ROWS } from "./curriculum/rows.js";
import { type Course, complaintsAbout, type UnitProofs } from "./curriculum/unit.js";

const ROOT = new URL("../../", import.meta.url);

const read = (path: string): string | undefined => {
  const url = new URL(path, ROOT);
  return existsSync(url) ? readFileSync(url, "utf8") : undefined;
};
const course: Course = {
  read,
  cells: (lesson) => parseLesson(read(`notebooks/${lesson}.md`) ?? "", `notebooks/${lesson}.md`).cells,
};
const units = readdirSync(new URL("curriculum/", import.meta.url))
  .filter((name) => /^\d\d\.ts$/.test(name))
  .map((name) => name.slice(0, 2));

describe("curriculum", () => {
  test("every lesson has its file of proofs, and its rows", () => {
    const lessons = readdirSync(new URL("notebooks/", ROOT)).filter((name) => /^\d\d-.*\.md$/.test(name));
    expect(units).toEqual(lessons.map((name) => name.slice(0, 2)).sort());
    expect(units.filter((unit) => !(unit in ROWS))).toEqual([]);
  });

  test("the units share out AP-01 to AP-56, FX-01 to FX-65 and FC-01 to FC-77, each row once", () => {
    const all = Object.values(ROWS).flat();
    expect(new Set(all).size).toBe(all.length);
    for (const [kind, count] of [
      ["AP", 56],
      ["FX", 65],
      ["FC", 77],
    ] as const) {
      expect(all.filter((id) => id.startsWith(kind))).toHaveLength(count);
    }
  });

  for (const number of units) {
    test(`unit ${number}: every row has its cells and its proof`, async () => {
      const { unit } = (await import(`./curriculum/${number}.ts`)) as { unit: UnitProofs };
      expect(unit.lesson.slice(0, 2)).toBe(number);
      expect(complaintsAbout(unit, ROWS[number] ?? [], course)).toEqual([]);
    });
  }
});

describe("planted", () => {
  const cell = (id: string, covers: string[], source = ""): LessonCell => ({
    ...{ kind: "code", id, line: 1, source },
    options: { covers },
  });
  const small: Course = {
    cells: () => [cell("stall", ["AP-16"], 'if (wait > 9) throw new Error("late");'), cell("other", [])],
    read: (path) =>
      ({
        "test/plot/lanes.test.ts": 'test("lanes show every step", () => {});',
        "test/exercises/05-x/reload.hidden.ts": 'name: "no reader waits",',
      })[path],
  };
  const sound: UnitProofs["ids"][string] = {
    cells: ["stall"],
    proof: [
      { test: "test/plot/lanes.test.ts", name: "lanes show every step" },
      { cell: "stall", asserts: "throw new Error" },
      { check: "05-x/reload", property: "no reader waits" },
    ],
  };
  const saying = (row: Partial<typeof sound>, ids: Record<string, typeof sound> = {}): string[] =>
    complaintsAbout({ lesson: "05-x", ids: { "AP-16": { ...sound, ...row }, ...ids } }, ["AP-16"], small);

  test("a sound unit: no complaint", () => expect(saying({})).toEqual([]));

  test("a row without an entry", () => {
    expect(complaintsAbout({ lesson: "05-x", ids: {} }, ["AP-16"], small)).toEqual([
      "AP-16: has no entry",
      "AP-16: cell stall covers it, and the unit's file does not say so",
    ]);
  });

  test("an id that the curriculum does not know here", () => {
    expect(saying({}, { "AP-99": { ...sound, cells: [] } })).toEqual([
      "AP-99: is no row of this unit",
      "AP-99: has no cell",
    ]);
  });

  const cases: [what: string, row: Partial<typeof sound>, complaint: string][] = [
    ["no cell is there", { cells: ["stall", "gone"] }, "no cell is called gone"],
    [
      "a cell that says nothing of it",
      { cells: ["stall", "other"] },
      'cell other does not say covers=["AP-16"]',
    ],
    ["no proof", { proof: [] }, "has no proof"],
    [
      "a test that was renamed",
      { proof: [{ test: "test/plot/lanes.test.ts", name: "lanes show nothing" }] },
      'no test in test/plot/lanes.test.ts is called "lanes show nothing"',
    ],
    [
      "a name too short to mean something",
      { proof: [{ test: "test/plot/lanes.test.ts", name: "lanes" }] },
      'no test in test/plot/lanes.test.ts is called "lanes"',
    ],
    [
      "a test file that is gone",
      { proof: [{ test: "test/plot/gone.test.ts", name: "lanes show every step" }] },
      "there is no test/plot/gone.test.ts",
    ],
    [
      "a file that no test run reads",
      { proof: [{ test: "test/plot/samples.ts", name: "lanes show every step" }] },
      "test/plot/samples.ts is not a test file",
    ],
    [
      "an assertion that is gone",
      { proof: [{ cell: "stall", asserts: "throw new RangeError" }] },
      'cell stall does not hold "throw new RangeError"',
    ],
    [
      "an assertion that cannot fail",
      { proof: [{ cell: "stall", asserts: "wait > 9" }] },
      '"wait > 9" cannot fail: it neither throws nor asserts',
    ],
    [
      "a property that was renamed",
      { proof: [{ check: "05-x/reload", property: "no reader" }] },
      'no property of 05-x/reload is called "no reader"',
    ],
  ];
  for (const [what, row, complaint] of cases) {
    test(what, () => expect(saying(row)).toEqual([`AP-16: ${complaint}`]));
  }
});
