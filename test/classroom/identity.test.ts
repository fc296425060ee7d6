// By what a result is known again: keys change with everything that a verdict depends on, and shards divide a class.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { Course, isInShard, parseShard } from "../../lib/classroom/index.js";
import type { Places } from "../../lib/grade/index.js";
import { folderOf } from "./tree.js";

const folders: { remove(): void }[] = [];
afterAll(() => folders.forEach((folder) => void folder.remove()));

const FILES = {
  ".build/lib/index.js": "library",
  "checks/06-x/a.check.js": "check a",
  "checks/06-x/b.check.js": "check b",
  "exercises/06-x/a.ts": "starter a",
};

/** A course with one file changed. */
function course(changed: Readonly<Record<string, string>> = {}): Course {
  const folder = folderOf(FILES);
  folders.push(folder);
  const root = folder.path;
  for (const [name, text] of Object.entries(changed)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const places: Places = {
    root,
    submissions: [],
    starters: join(root, "exercises"),
    checks: join(root, "checks"),
    scratch: join(root, "scratch"),
  };
  return new Course(places);
}

const keyA = (of: Course, text = "text", seed = "1"): string => of.key("06-x/a", text, { seed });

test("the same course has the same hash and keys, wherever it lies", () => {
  const [one, two] = [course(), course()];
  expect([one.hash, keyA(one)]).toEqual([two.hash, keyA(two)]);
});

const CHANGES: [what: string, file: string, changesA: boolean][] = [
  ["the exercise's check", "checks/06-x/a.check.js", true],
  ["a hidden check that comes", "checks/06-x/a.hidden.js", true],
  ["the starter", "exercises/06-x/a.ts", true],
  ["the library", ".build/lib/index.js", true],
  ["a module of the library that comes", ".build/lib/new.js", true],
  ["a module that the unit's checks share", "checks/06-x/programs.js", true],
  ["another exercise's check", "checks/06-x/b.check.js", false],
];
for (const [what, file, changesA] of CHANGES) {
  test(`${what} changes the course, and ${changesA ? "the exercise's keys" : "no key of this exercise"}`, () => {
    const [before, after] = [course(), course({ [file]: "changed" })];
    expect(after.hash).not.toBe(before.hash);
    expect(keyA(after) !== keyA(before)).toBe(changesA);
  });
}

test("text, seed and exercise change the key", () => {
  const one = course();
  const keys = [
    keyA(one),
    keyA(one, "other"),
    keyA(one, "text", "2"),
    one.key("06-x/b", "text", { seed: "1" }),
  ];
  expect(new Set(keys).size).toBe(4);
});

test("every submission is in exactly one shard, whatever the names", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.integer({ min: 1, max: 40 }), (student, exercise, of) => {
      const shards = Array.from({ length: of }, (_, i) => ({ index: i + 1, of }));
      expect(shards.filter((shard) => isInShard(student, exercise, shard))).toHaveLength(1);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test("eight shards of 2,000 submissions are about as large as each other", () => {
  const sizes = Array.from({ length: 8 }, () => 0);
  for (let i = 0; i < 2_000; i++) {
    const at = sizes.findIndex((_, index) =>
      isInShard(`student ${i}`, "06-x/a", { index: index + 1, of: 8 }),
    );
    sizes[at]! += 1;
  }
  expect(Math.min(...sizes)).toBeGreaterThan(200);
  expect(Math.max(...sizes)).toBeLessThan(300);
});

test("a shard is written index/of", () => {
  expect(parseShard("3/8")).toEqual({ index: 3, of: 8 });
  for (const text of ["0/8", "9/8", "3", "3/0", "a/b", "1/2/3", "-1/2"]) {
    expect(() => parseShard(text)).toThrow(
      /^Shard: expected index\/of with 1 <= index <= of, like 3\/8, got "/,
    );
  }
});
