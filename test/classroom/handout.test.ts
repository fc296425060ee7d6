// A hand-out holds what a student needs, and nothing that a student must not have.
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, test } from "vitest";
import { handoutPage } from "../../lib/classroom/handoutpage.js";
import { handoutFiles, writeHandout, writeRelease } from "../../lib/classroom/index.js";
import { projectRoot } from "../../lib/grade/index.js";
import { checksum } from "../../lib/notebook/nbgrader.js";
import { folderOf } from "./tree.js";

const ROOT = projectRoot();
const UNIT = "05-the-rwmutex-incident";

const LESSON = (name: string): string =>
  readFileSync(join(ROOT, "notebooks", "00-start-here.md"), "utf8").replaceAll("00-start-here", name);

/** The files that a page, or the Markdown of a notebook, links to. */
function linksOf(path: string, text: string): string[] {
  const cells = path.endsWith(".ipynb")
    ? (JSON.parse(text) as { cells: { cell_type: string; source: string[] }[] }).cells
        .filter(({ cell_type }) => cell_type === "markdown")
        .map(({ source }) => source.join(""))
    : [text];
  const prose = cells.join("\n").replace(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, to = ""]) => to)
    .filter((to) => !/^(#|\w+:)/.test(to))
    .map((to) => posix.join(posix.dirname(path), to.replace(/#.*/, "")).replace(/\/$/, ""));
}

/** Relative imports of a source that lead to no file. */
function missingImports(path: string, text: string, paths: ReadonlySet<string>): string[] {
  const isSource = /\.(ts|mjs)$/.test(path) && path !== "lib/cli/unit-skeleton.mjs"; // which holds sources as text
  if (!isSource) return [];
  return [...text.matchAll(/^(?:import|export|\}) .*?from "(\.[^"]+)";$/gm)]
    .map(([, to = ""]) => to)
    .filter((to) => {
      const target = posix.join(posix.dirname(path), to);
      return !paths.has(target) && !paths.has(target.replace(/\.js$/, ".ts"));
    })
    .map((to) => `${path}: ${to}`);
}

/** A course with a hidden check that has a module of its own. */
const made = folderOf({
  "package.json": "{}",
  "package-lock.json": "{}",
  "README.md":
    "![shop](.github/incident.png) [06](notebooks/06-x.md), [07](notebooks/07-y.md), [lib](lib), [how](CONTRIBUTING.md#x)",
  ".github/incident.png": "a picture",
  ".github/secret.png": "SECRET: nobody named this picture",
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
  "test/zoo/kernel.ts": "kernel",
  "test/zoo/kernels/etcd_1.ts": "a bug",
  "test/zoo/exhaustive.test.ts": "SECRET test",
  "workspace/exercises/06-x/wait.ts": "SECRET: the teacher's own work",
  ".git/config": "SECRET",
});
afterAll(() => made.remove());

describe("a hand-out", () => {
  test("holds library, lessons, starters and visible checks of the chosen units, and no more", () => {
    const paths = handoutFiles({ units: ["06"], root: made.path }).map(([path]) => path);
    expect(paths).toEqual([
      ".github/incident.png",
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
      "test/zoo/kernel.ts",
      "test/zoo/kernels/etcd_1.ts",
    ]);
  });

  test("links to what is in it; a link to another unit is plain words", () => {
    const files = new Map(handoutFiles({ units: ["06"], root: made.path }));
    expect(Buffer.from(files.get("README.md")!).toString("utf8")).toBe(
      "![shop](.github/incident.png) [06](notebooks/06-x.md), 07, [lib](lib), how",
    );
  });

  test("no secret is in any of its files", () => {
    for (const [path, bytes] of handoutFiles({ units: ["06"], root: made.path })) {
      expect(Buffer.from(bytes).toString("utf8"), path).not.toContain("SECRET");
    }
  });

  for (const units of [["00"], ["05"], ["06"], ["00", "02", "05", "06"]]) {
    test(`of this course (${units.join(", ")}) has no dead link, in no page and no notebook`, () => {
      const files = handoutFiles({ units, root: ROOT });
      const paths = files.map(([path]) => path);
      const dead = files
        .filter(([path]) => /\.(md|ipynb)$/.test(path))
        .flatMap(([path, bytes]) =>
          linksOf(path, Buffer.from(bytes).toString("utf8"))
            .filter((to) => !paths.some((other) => other === to || other.startsWith(`${to}/`)))
            .map((to) => `${path}: ${to}`),
        );
      expect(dead).toEqual([]);
      expect(linksOf("README.md", "[a](lib/a.ts#x), [web](https://go.dev)")).toEqual(["lib/a.ts"]);
    });
  }

  test("has every file that a file in it imports, and all that the compiler is told to compile", () => {
    const files = handoutFiles({ units: ["05", "06"], root: ROOT });
    const paths = new Set(files.map(([path]) => path));
    const missing = files.flatMap(([path, bytes]) =>
      missingImports(path, Buffer.from(bytes).toString("utf8"), paths),
    );
    expect(missing).toEqual([]);
    expect(missingImports("lib/a.ts", 'import { b } from "./b.js";', paths)).toEqual(["lib/a.ts: ./b.js"]);
    const { include } = JSON.parse(readFileSync(join(ROOT, "lib", "tsconfig.json"), "utf8")) as {
      include: string[];
    };
    for (const folder of include) {
      const inside = `${posix.join("lib", folder)}/`;
      expect(
        [...paths].some((path) => path.startsWith(inside)),
        folder,
      ).toBe(true);
    }
  });

  test("leaves code alone: an index that is called is no link", () => {
    const page = "[out](x.md)\n```ts\nhandlers[name](value);\nnpm test\n```\n[out](x.md)";
    expect(handoutPage("a/b.md", page, () => false)).toBe(
      "out\n```ts\nhandlers[name](value);\nnpm test\n```\nout",
    );
  });

  test("does not tell a student to run tests that are not there", () => {
    const readme = handoutFiles({ units: ["00"], root: ROOT }).find(([path]) => path === "README.md")!;
    const text = Buffer.from(readme[1]).toString("utf8");
    expect(text).toContain("npm start");
    expect(text).not.toMatch(/^npm test/m);
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
