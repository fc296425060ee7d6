// A hand-out holds what a student needs, and nothing that a student must not have.
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { handoutFiles, writeHandout, writeRelease } from "../../lib/classroom/index.js";
import { projectRoot } from "../../lib/grade/index.js";
import { checksum } from "../../lib/notebook/nbgrader.js";
import { folderOf } from "./tree.js";

const ROOT = projectRoot();
const UNIT = "05-the-rwmutex-incident";

const LESSON = (name: string): string =>
  readFileSync(join(ROOT, "notebooks", "00-start-here.md"), "utf8").replaceAll("00-start-here", name);

/** A course with a hidden check that has a module of its own. */
const made = folderOf({
  "package.json": "{}",
  "package-lock.json": "{}",
  "README.md": "readme",
  "secrets.txt": "SECRET: nobody named this file",
  "lib/index.ts": "export {};",
  "lib/cli/hb.mjs": "// hb",
  "lib/.hidden-notes.ts": "SECRET",
  "notebooks/06-x.md": `${LESSON("06-x")}\nIt reads dumps/orders.txt.\n`,
  "notebooks/06-x.ipynb": "{}",
  "notebooks/07-y.md": LESSON("07-y"),
  "notebooks/dumps/orders.txt": "goroutine 1 [running]:",
  "notebooks/dumps/other.txt": "SECRET: of another unit",
  "exercises/06-x/wait.ts": "// exercise: 06-x/wait\nexport {};",
  "exercises/07-y/other.ts": "other unit",
  "solutions/06-x/wait.ts": "SECRET solution",
  "test/exercises/06-x/wait.check.ts": 'import { shared } from "./programs.js";',
  "test/exercises/06-x/programs.ts": "export const shared = 1;",
  "test/exercises/06-x/wait.hidden.ts": 'SECRET import "./only-hidden.js";',
  "test/exercises/06-x/only-hidden.ts": "SECRET program",
  "test/exercises/exercises-06.stress.ts": "SECRET wrong solutions",
  "workspace/exercises/06-x/wait.ts": "SECRET: the teacher's own work",
  ".git/config": "SECRET",
});
afterAll(() => made.remove());

describe("a hand-out", () => {
  test("holds library, lessons, starters and visible checks of the chosen units, and no more", () => {
    const paths = handoutFiles({ units: ["06"], root: made.path }).map(([path]) => path);
    expect(paths).toEqual([
      "README.md",
      "exercises/06-x/wait.ts",
      "lib/cli/hb.mjs",
      "lib/index.ts",
      "notebooks/06-x.ipynb",
      "notebooks/06-x.md",
      "notebooks/dumps/orders.txt",
      "package-lock.json",
      "package.json",
      "test/exercises/06-x/programs.ts",
      "test/exercises/06-x/wait.check.ts",
    ]);
  });

  test("no secret is in any of its files", () => {
    for (const [path, bytes] of handoutFiles({ units: ["06"], root: made.path })) {
      expect(Buffer.from(bytes).toString("utf8"), path).not.toContain("SECRET");
    }
  });

  test("of this course holds no line that only a solution has", () => {
    const files = handoutFiles({ units: ["00", "05"], root: ROOT });
    const all = files.map(([, bytes]) => Buffer.from(bytes).toString("utf8")).join("\n");
    const [wait, starter] = ["solutions", "exercises"].map((folder) =>
      readFileSync(join(ROOT, folder, "00-start-here", "wait.ts"), "utf8").split("\n"),
    );
    const own = wait!.filter((line) => line.trim().startsWith("//") && !starter!.includes(line));
    expect(own.length).toBeGreaterThan(0);
    for (const line of own) expect(all).not.toContain(line);
    expect(files.some(([path]) => path.includes("hidden.ts") && path.startsWith("test/"))).toBe(false);
  });

  test("is the same bytes each time, with one folder in it", () => {
    const out = folderOf({});
    try {
      const [one, two] = ["one.zip", "two.zip"].map((name) => join(out.path, name));
      writeHandout(one!, { units: ["06"], root: made.path });
      writeHandout(two!, { units: ["06-x"], root: made.path });
      expect(readFileSync(one!).equals(readFileSync(two!))).toBe(true);
      expect(
        Object.keys(unzipSync(readFileSync(one!))).every((path) => path.startsWith("happens-before/")),
      ).toBe(true);
    } finally {
      out.remove();
    }
  });

  test("of a unit that there is not is an error that lists them", () => {
    expect(() => handoutFiles({ units: ["08"], root: made.path })).toThrow(
      'no unit "08". There are: 06-x, 07-y.',
    );
  });
});

describe("nbgrader's release version", () => {
  test("carries the checksums by which nbgrader sees that a cell was changed", () => {
    const out = folderOf({});
    try {
      const [file] = writeRelease(out.path, { units: ["05"], root: ROOT });
      expect(file).toBe(join(out.path, UNIT, `${UNIT}.ipynb`));
      const { cells } = JSON.parse(readFileSync(file!, "utf8")) as {
        cells: {
          cell_type: string;
          source: string[];
          metadata: { nbgrader?: Parameters<typeof checksum>[2] };
        }[];
      };
      const graded = cells.filter(({ metadata }) => metadata.nbgrader !== undefined);
      expect(graded.length).toBeGreaterThanOrEqual(2);
      for (const { source, cell_type, metadata } of graded) {
        expect(metadata.nbgrader!.checksum).toBe(checksum(source.join(""), cell_type, metadata.nbgrader!));
      }
    } finally {
      out.remove();
    }
  });
});

describe("a hand-out that is unpacked", () => {
  let folder = "";
  const out = folderOf({});
  afterAll(() => out.remove());

  beforeAll(() => {
    const zip = join(out.path, "course.zip");
    writeHandout(zip, { units: ["00", "05"], root: ROOT });
    for (const [path, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
      const target = join(out.path, path);
      mkdirSync(join(target, ".."), { recursive: true });
      writeFileSync(target, bytes);
    }
    folder = join(out.path, "happens-before");
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  });

  test("has all that its compiler needs: every source of the library's build is there", () => {
    cpSync(join(ROOT, "lib", "tsconfig.json"), join(out.path, "tsconfig.copy.json"));
    const { include } = JSON.parse(readFileSync(join(folder, "lib", "tsconfig.json"), "utf8")) as {
      include: string[];
    };
    expect(include).toContain("../test/exercises");
    for (const name of [
      "package.json",
      "package-lock.json",
      "tsconfig.json",
      ".npmrc",
      "lib/cli/start.mjs",
    ]) {
      expect(readFileSync(join(folder, name), "utf8")).toBe(readFileSync(join(ROOT, name), "utf8"));
    }
  });
});
