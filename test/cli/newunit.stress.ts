// npm run new-unit: the skeleton of a unit in a copy of the project builds, type-checks, is told apart by its check, and
// begins with exactly its rows missing.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkText, coursePlaces } from "happens-before/check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildLessons, parseLesson } from "../../lib/notebook/index.js";
import { complaintsAbout, type UnitProofs } from "../notebook/curriculum/unit.js";
import { linkTree, ROOT } from "../start/copies.js";

const UNIT = "97-a-new-unit";
const LIMIT_MS = 240_000;

mkdirSync(join(ROOT, ".cache"), { recursive: true });
const copy = mkdtempSync(join(ROOT, ".cache", "new-unit-"));
const read = (path: string): string => readFileSync(join(copy, path), "utf8");
const generate = (...words: string[]) =>
  spawnSync(process.execPath, ["lib/cli/new-unit.mjs", ...words], { cwd: copy, encoding: "utf8" });

let said = "";
beforeAll(() => {
  for (const name of [
    "package.json",
    "tsconfig.json",
    "lib",
    "exercises",
    "solutions",
    "notebooks",
    ".build",
  ]) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  for (const name of ["exercises", "notebook/curriculum"]) {
    cpSync(join(ROOT, "test", name), join(copy, "test", name), { recursive: true });
  }
  linkTree(join(ROOT, "node_modules"), join(copy, "node_modules"));
  said = generate(UNIT).stdout;
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "lib"], { cwd: copy });
}, LIMIT_MS);
// Tens of thousands of links: rm is several times quicker than rmSync.
afterAll(() => execFileSync("rm", ["-rf", copy]), LIMIT_MS);

test("it writes lesson, starter, solution, check, hidden part and proofs, and says what comes next", () => {
  const files = said.split("\n").filter((line) => /^ {2}(notebooks|exercises|solutions|test)\//.test(line));
  expect(files).toHaveLength(7);
  for (const file of files) expect(existsSync(join(copy, file.trim()))).toBe(true);
  expect(said).toContain("Next, in this order");
});

test(
  "what it writes type-checks under the project's configuration, and is formatted",
  () => {
    const config = {
      extends: "./tsconfig.json",
      include: [`*/${UNIT}`, `test/exercises/${UNIT}`, "test/notebook/curriculum/97.ts"],
    };
    writeFileSync(join(copy, "tsconfig.unit.json"), JSON.stringify(config));
    const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.unit.json"], {
      cwd: copy,
      encoding: "utf8",
    });
    expect(tsc.stdout).toBe("");
    const made = [
      `exercises/${UNIT}`,
      `solutions/${UNIT}`,
      `test/exercises/${UNIT}`,
      "test/notebook/curriculum/97.ts",
    ];
    const biome = spawnSync(
      process.execPath,
      [
        "node_modules/@biomejs/biome/bin/biome",
        "check",
        "--vcs-use-ignore-file=false", // the copy stands where git does not look
        ...made.map((path) => join(copy, path)),
      ],
      { cwd: ROOT, encoding: "utf8" },
    );
    expect(biome.stderr).toBe("");
  },
  LIMIT_MS,
);

test(
  "its notebook builds, and every cell of it runs",
  async () => {
    await buildLessons(copy);
    expect(existsSync(join(copy, "notebooks", `${UNIT}.ipynb`))).toBe(true);
    const code = `import { runNotebook } from "./.build/lib/notebook/index.js";
      const { failedCell, executedCells } = await runNotebook("notebooks/${UNIT}.ipynb");
      console.log(JSON.stringify({ executedCells, failedCell }));`;
    const ran = execFileSync(process.execPath, ["--input-type=module", "-e", code], {
      cwd: copy,
      encoding: "utf8",
      env: { ...process.env, HB_MODE: "smoke" },
    });
    expect(JSON.parse(ran.trim().split("\n").at(-1) ?? "")).toEqual({ executedCells: 9 });
  },
  LIMIT_MS,
);

test(
  "its starter fails for the stated reason, and its solution passes with all points",
  async () => {
    const options = { places: coursePlaces(copy) };
    const starter = await checkText(`${UNIT}/sum`, read(`exercises/${UNIT}/sum.ts`), options);
    expect(starter.properties.map((p) => [p.status, p.verdict, p.hints.length])).toEqual([
      ["fail", "not-implemented", 3],
      ["fail", "not-implemented", 3],
    ]);
    expect(read(`exercises/${UNIT}/sum.ts`)).toContain("// Fails: not implemented");
    const solution = await checkText(`${UNIT}/sum`, read(`solutions/${UNIT}/sum.ts`), options);
    expect([solution.status, solution.points, solution.maxPoints]).toEqual(["pass", 3, 3]);
  },
  LIMIT_MS,
);

test("its rows are all missing, and nothing else is said of it", async () => {
  const { unit } = (await import(join(copy, "test/notebook/curriculum/97.ts"))) as { unit: UnitProofs };
  const course = {
    read,
    cells: () => parseLesson(read(`notebooks/${UNIT}.md`), `notebooks/${UNIT}.md`).cells,
  };
  expect(complaintsAbout(unit, ["AP-24", "FX-25"], course)).toEqual([
    "AP-24: has no entry",
    "FX-25: has no entry",
  ]);
});

test("a unit that is there is not touched", () => {
  const before = read(`notebooks/${UNIT}.md`);
  const again = generate(UNIT);
  expect(again.status).toBe(2);
  expect(again.stderr).toContain(`Unit ${UNIT} is there already`);
  expect(read(`notebooks/${UNIT}.md`)).toBe(before);
});

for (const words of [[], ["channels"], ["7-channels"], ["07_channels"], ["07-channels", "08-more"]]) {
  test(`"${words.join(" ")}" is no name of a unit`, () => {
    const refused = generate(...words);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("expected one name such as 07-channels");
  });
}
