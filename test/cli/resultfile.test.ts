// hb check --format: the result of a check where another system looks for it. One check, written in every format; the
// entry scripts of lib/formats/README.md are run as they stand there.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { checkCommand } from "../../lib/cli/check.js";
import type { Output } from "../../lib/cli/output.js";
import { resultWriter } from "../../lib/cli/resultfile.js";
import { FORMATS } from "../../lib/formats/index.js";
import { projectRoot } from "../../lib/grade/index.js";
import { KINDS } from "../formats/results.js";
import { mistakes } from "../formats/schemas.js";
import { buildCourse, changed, solution, TRANSFER } from "../grade/course.js";

const root = projectRoot();
vi.setConfig({ testTimeout: 120_000 }); // whole checks, each in a process of its own

const places = buildCourse("resultfile");
const folder = join(root, ".cache", `test-resultfile-${process.pid}`);
const RIGHT = join(folder, "right.ts");
const WRONG = join(folder, "wrong.ts");

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(RIGHT, solution(TRANSFER));
  writeFileSync(WRONG, changed("a.id < b.id ? [a, b] : [b, a]", "[a, b]"));
});
afterAll(() => {
  places.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Said {
  readonly printed: string[];
  readonly notes: string[];
}

function listener(): Output & Said {
  const printed: string[] = [];
  const notes: string[] = [];
  return {
    printed,
    notes,
    print: (text) => void printed.push(text),
    note: (text) => void notes.push(text),
    status: () => {},
    hasColor: false,
  };
}

test("--json prints what result.schema.json describes, and the exit code tells the status", async () => {
  const out = listener();
  expect(await checkCommand(TRANSFER, { json: true, file: WRONG }, out, places)).toBe(1);
  const value = JSON.parse(out.printed.join("")) as { points: number };
  expect(mistakes("result", value)).toEqual([]);
  expect(value.points).toBe(2);
});

test("--out writes a whole file into a folder that it makes, and says so", async () => {
  const out = listener();
  const file = join(folder, "new", "results", "results.json");
  expect(await checkCommand(TRANSFER, { format: "gradescope", out: file, file: RIGHT }, out, places)).toBe(0);
  expect(mistakes("gradescope", JSON.parse(readFileSync(file, "utf8")))).toEqual([]);
  expect(readdirSync(join(folder, "new", "results"))).toEqual(["results.json"]);
  expect(out.printed).toEqual([]);
  expect(out.notes).toEqual([`wrote ${file} (gradescope): 4 of 4 points`]);
});

test("--exit-zero: a failing submission is a result, too", async () => {
  const words = { format: "junit", file: WRONG, exitZero: true };
  expect(await checkCommand(TRANSFER, words, listener(), places)).toBe(0);
});

test("a file that was not handed in is a result without points that names it, where a format was asked for", async () => {
  const out = listener();
  const file = join(folder, "transfer.ts");
  expect(await checkCommand(TRANSFER, { format: "gradescope", file }, out, places)).toBe(1);
  expect(JSON.parse(out.printed.join(""))).toMatchObject({
    score: 0,
    output: "does-not-compile: Nothing was handed in: there is no file transfer.ts.",
    tests: [{ max_score: 1 }, { max_score: 2 }, { max_score: 1 }],
  });
  await expect(checkCommand(TRANSFER, { file }, listener(), places)).rejects.toThrow(
    `expected the exercise's text at ${file}`,
  );
});

test("an unknown format, and missing variables, are told before anything is checked", async () => {
  const write = (format: string) => resultWriter(TRANSFER, { format }, listener(), places);
  await expect(write("xml")).rejects.toThrow(
    '--format: expected gradescope, classroom50, legacy, prairielearn, exercism, junit, json, got "xml"',
  );
  await expect(write("classroom50")).rejects.toThrow(
    /^classroom50: expected the environment variables CLASSROOM, /,
  );
});

test("exercism is told what each test runs", async () => {
  const out = listener();
  const write = await resultWriter(TRANSFER, { format: "exercism" }, out, places);
  const [first] = KINDS[0]![1].properties;
  write?.({ ...KINDS[0]![1], properties: [{ ...first!, name: "one transfer moves the money" }] });
  expect(out.printed.join("")).toContain("x.transfer(a, b, 30)");
});

test("a file that cannot be replaced leaves nothing half written behind", async () => {
  const taken = join(folder, "taken");
  mkdirSync(join(taken, "results.json", "inside"), { recursive: true });
  const write = await resultWriter(
    TRANSFER,
    { format: "json", out: join(taken, "results.json") },
    listener(),
    places,
  );
  expect(() => write?.(KINDS[0]![1])).toThrow();
  expect(readdirSync(taken)).toEqual(["results.json"]);
});

/** A folder that stands for the project in a script: `hb` as it is built, without looking whether that is current. */
function project(target: string): string {
  const main = join(root, ".build", "lib", "cli", "main.js");
  mkdirSync(join(target, "lib", "cli"), { recursive: true });
  const lines = [
    `import { main } from ${JSON.stringify(main)};`,
    "process.exit(await main(process.argv.slice(2)));",
  ];
  writeFileSync(join(target, "lib", "cli", "hb.mjs"), lines.join("\n"));
  return target;
}

/** The `sh` blocks of the formats' README by their first comment, e.g. `# run_autograder`. */
function scripts(): Map<string, string> {
  const text = readFileSync(join(root, "lib", "formats", "README.md"), "utf8");
  const blocks = [...text.matchAll(/^```sh\n#!\/bin\/sh\n# (\S+)\n(.*?)^```$/gms)];
  return new Map(blocks.map(([, name = "", body = ""]) => [name, body]));
}

function sh(body: string, cwd: string, words: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const file = join(cwd, "script.sh");
  writeFileSync(file, body);
  return new Promise((resolve) => {
    execFile("sh", [file, ...words], { cwd, env: { ...process.env, NO_COLOR: "1", ...env } }, (error) =>
      resolve(error === null ? 0 : Number(error.code ?? -1)),
    );
  });
}

test("README: Gradescope's run_autograder leaves results/results.json behind, also when nothing was handed in", async () => {
  const autograder = join(folder, "autograder");
  mkdirSync(join(autograder, "submission"), { recursive: true });
  project(join(autograder, "source"));
  const script = scripts().get("run_autograder") ?? "";
  expect(script).toContain("--format gradescope");
  const results = join(autograder, "results", "results.json");
  expect(await sh(script, autograder)).toBe(0);
  expect(JSON.parse(readFileSync(results, "utf8"))).toMatchObject({ score: 0 });
  const text = readFileSync(join(root, "solutions", "00-start-here", "wait.ts"), "utf8");
  writeFileSync(join(autograder, "submission", "wait.ts"), text);
  expect(await sh(script, autograder)).toBe(0);
  const value = JSON.parse(readFileSync(results, "utf8")) as { score: number };
  expect(mistakes("gradescope", value)).toEqual([]);
  expect(value.score).toBeGreaterThan(0);
});

test("README: Exercism's run.sh takes slug, input and output folder, and exits with 0 for a failing solution", async () => {
  const [input, output] = [join(folder, "in"), join(folder, "out")];
  mkdirSync(input, { recursive: true });
  mkdirSync(output, { recursive: true });
  const text = readFileSync(join(root, "exercises", "00-start-here", "wait.ts"), "utf8");
  writeFileSync(join(input, "wait.ts"), text);
  const script = scripts().get("bin/run.sh") ?? "";
  const words = ["wait", `${input}/`, `${output}/`];
  expect(await sh(script, folder, words, { HAPPENS_BEFORE: project(join(folder, "project")) })).toBe(0);
  const value = JSON.parse(readFileSync(join(output, "results.json"), "utf8")) as { status: string };
  expect(mistakes("exercism", value)).toEqual([]);
  expect(value.status).toBe("fail");
});

test("README: PrairieLearn's run.sh leaves results/results.json below the folder it is given", async () => {
  const grade = join(folder, "grade");
  mkdirSync(join(grade, "student"), { recursive: true });
  const text = readFileSync(join(root, "solutions", "00-start-here", "wait.ts"), "utf8");
  writeFileSync(join(grade, "student", "wait.ts"), text);
  const script = scripts().get("run.sh") ?? "";
  expect(
    await sh(script, folder, [], { GRADE: grade, HAPPENS_BEFORE: project(join(folder, "project")) }),
  ).toBe(0);
  const value = JSON.parse(readFileSync(join(grade, "results", "results.json"), "utf8")) as { score: number };
  expect(mistakes("prairielearn", value)).toEqual([]);
  expect(value.score).toBe(1);
});

test("README: GitHub Classroom's step leaves one line of base64 in its output", async () => {
  const [step, output] = [join(folder, "step"), join(folder, "step", "output")];
  mkdirSync(step, { recursive: true });
  const text = readFileSync(join(root, "solutions", "00-start-here", "wait.ts"), "utf8");
  writeFileSync(join(step, "wait.ts"), text);
  const env = { HAPPENS_BEFORE: project(join(folder, "project")), GITHUB_OUTPUT: output };
  expect(await sh(scripts().get("autograde.sh") ?? "", step, [], env)).toBe(0);
  const [, base64 = ""] = /^result=([A-Za-z0-9+/]+=*)\n$/.exec(readFileSync(output, "utf8")) ?? [];
  const value = JSON.parse(Buffer.from(base64, "base64").toString()) as { status: string };
  expect(mistakes("legacy", value)).toEqual([]);
  expect(value.status).toBe("pass");
});

test("README names every format, and no script there is left untried", () => {
  const text = readFileSync(join(root, "lib", "formats", "README.md"), "utf8");
  for (const format of FORMATS) expect(text).toContain(`\`${format}\``);
  expect([...scripts().keys()].sort()).toEqual(["autograde.sh", "bin/run.sh", "run.sh", "run_autograder"]);
  expect(existsSync(join(root, "lib", "formats", "result.schema.json"))).toBe(true);
});
