// hb: words in, one clear answer and an exit code out. Runs the real command on the course's first exercise.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CheckResult, checkText, projectRoot } from "../../lib/grade/index.js";

const root = projectRoot();
const folder = join(root, ".cache", `test-cli-${process.pid}`);
const ID = "00-start-here/wait";
const STUB = join(root, "exercises", `${ID}.ts`);
const SOLUTION = join(root, "solutions", `${ID}.ts`);

beforeAll(() => mkdirSync(folder, { recursive: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command's own module in a process of its own (`hb.mjs` would build first). */
function hb(...words: string[]): Promise<Ran> {
  const script = `import(process.argv[1]).then((m) => m.main(process.argv.slice(2))).then((c) => { process.exitCode = c; });`;
  const main = join(root, ".build", "lib", "cli", "main.js");
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, HB_MODE: "smoke" };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["-e", script, main, ...words],
      { cwd: folder, env },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      },
    );
  });
}

test("help names every command and the exit codes", async () => {
  const { code, stdout } = await hb("--help");
  expect(code).toBe(0);
  for (const word of ["check", "replay", "draw", "run", "export", "list", "Exit codes:"])
    expect(stdout).toContain(word);
});

test("list names every exercise with its file", async () => {
  const { code, stdout } = await hb("list");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^00-start-here\/wait +(pending|done) +\S*exercises\/00-start-here\/wait\.ts/m);
});

const MISTAKES: [string, string[], RegExp][] = [
  ["no command", ["chek"], /unknown command 'chek'\n\(Did you mean check\?\)/],
  [
    "an unknown exercise",
    ["check", "00-start-here/wiat"],
    /^hb: no exercise "00-start-here\/wiat"\. Did you mean "00-start-here\/wait"\?/,
  ],
  [
    "an unknown notebook",
    ["run", "00-start-her"],
    /^hb: no notebook "00-start-her"\. Did you mean "00-start-here"\?/,
  ],
  ["a hint that does not exist", ["check", ID, "--hint", "4"], /Expected 1, 2 or 3\./],
  ["a missing argument", ["check"], /missing required argument 'exercise'/],
  ["a bad schedule", ["replay", STUB, "17"], /^hb: expected a schedule like /],
  [
    "a schedule of another source",
    ["replay", STUB, "1.0.0000"],
    /^hb: this schedule belongs to another text/,
  ],
  ["a time-out that is none", ["run", "00", "--timeout", "soon"], /Expected a number of seconds > 0\./],
];
for (const [what, words, message] of MISTAKES) {
  test(`${what} is one clear message and exit code 2: hb ${words.join(" ").replace(root, "")}`, async () => {
    const { code, stdout, stderr } = await hb(...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(stderr).not.toMatch(/^\s+at /m);
  });
}

test("a notebook that is not JSON is one clear message and exit code 2", async () => {
  const file = join(folder, "corrupt.ipynb");
  writeFileSync(file, "{ not json");
  for (const command of ["run", "export"]) {
    const { code, stderr } = await hb(command, file);
    expect(code).toBe(2);
    expect(stderr).toContain("corrupt.ipynb");
    expect(stderr).not.toMatch(/^\s+at /m);
  }
});

test("the stub fails with exit code 1, its reason, lanes and a replay command that works", async () => {
  const { code, stdout } = await hb("check", STUB);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^FAIL {2}0 of 2 points {2}00-start-here\/wait\n/);
  const [, words] = /^replay: npx hb (replay .+)$/m.exec(stdout) ?? [];
  const asShell = /'([^']*)'|(\S+)/g; // a path with a space stands in quotes
  const replayed = await hb(...[...(words ?? "").matchAll(asShell)].map((m) => m[1] ?? m[2] ?? ""));
  expect(replayed.code).toBe(0);
  expect(replayed.stdout).toContain("WRONG RESULT");
});

test("the solution passes with exit code 0, and --json prints nothing but the result", async () => {
  const { code, stdout } = await hb("check", SOLUTION, "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ id: ID, status: "pass", points: 2, maxPoints: 2 });
});

test("a headless notebook, the command and checkText give the same verdicts on stub and solution", async () => {
  const essence = (r: CheckResult) => [
    r.status,
    r.points,
    r.properties.map((p) => [p.verdict, p.message, p.schedule]),
  ];
  for (const file of [STUB, SOLUTION]) {
    const text = readFileSync(file, "utf8");
    const direct = essence(await checkText(ID, text));
    const command = essence(JSON.parse((await hb("check", file, "--json")).stdout) as CheckResult);
    expect(command).toEqual(direct);
    expect(essence(await inNotebook(text))).toEqual(direct);
  }
}, 120_000);

/** Runs the exercise's cell and its check in a notebook, headless. */
async function inNotebook(text: string): Promise<CheckResult> {
  const path = join(folder, "n.ipynb");
  const out = join(folder, "out.ipynb");
  const last = `import { check } from "happens-before/check";\nconsole.log(JSON.stringify(await check("${ID}")));`;
  const cells = [text, last].map((source, index) => ({
    cell_type: "code",
    id: `cell-${index}`,
    metadata: {},
    execution_count: null,
    outputs: [],
    source,
  }));
  const kernelspec = { name: "happens-before", display_name: "TypeScript", language: "typescript" };
  writeFileSync(path, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
  const ran = await hb("run", path, "--out", out, "--html", join(folder, "out.html"));
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  type Output = { output_type: string; text?: string | string[]; data?: Record<string, unknown> };
  const notebook = JSON.parse(readFileSync(out, "utf8")) as { cells: { outputs: Output[] }[] };
  const outputs = notebook.cells[1]?.outputs ?? [];
  expect(outputs.find(({ output_type }) => output_type === "display_data")?.data).toHaveProperty("text/html");
  const stream = outputs.find(({ output_type }) => output_type === "stream")?.text ?? "";
  return JSON.parse(Array.isArray(stream) ? stream.join("") : stream) as CheckResult;
}

test("a failing cell gives exit code 1 and its name", async () => {
  const path = join(folder, "fails.ipynb");
  const cell = {
    cell_type: "code",
    id: "planted",
    metadata: {},
    execution_count: null,
    outputs: [],
    source: 'throw new Error("planted");',
  };
  writeFileSync(path, JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  const { code, stdout } = await hb(
    "run",
    path,
    "--out",
    join(folder, "f.ipynb"),
    "--html",
    join(folder, "f.html"),
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/FAILED: cell 1 \(planted\): Error: planted/);
});

test("Ctrl-C ends a check and its child", async () => {
  const file = join(folder, "endless.ts");
  writeFileSync(
    file,
    `// exercise: ${ID}\nconsole.log(\`child \${process.pid}\`);\n/^(a+)+$/.test("${"a".repeat(60)}!");\n`,
  );
  const script = "import(process.argv[1]).then((m) => m.main(process.argv.slice(2)))";
  const main = join(root, ".build", "lib", "cli", "main.js");
  const running = spawn(process.execPath, ["-e", script, main, "check", file], {
    cwd: folder,
    stdio: "ignore",
  });
  const child = await childOf(running.pid ?? 0);
  running.kill("SIGINT");
  const code = await new Promise((resolve) => running.once("exit", resolve));
  expect(code).toBe(130);
  await expect.poll(() => isAlive(child), { timeout: 5000 }).toBe(false);
});

/** The process that holds the submission, once there is one. */
async function childOf(parent: number): Promise<number> {
  let found = 0;
  await expect
    .poll(
      async () => {
        const list = await new Promise<string>((resolve) => {
          execFile("ps", ["-A", "-o", "pid=,ppid="], (_error, stdout) => resolve(stdout));
        });
        const row = list
          .split("\n")
          .map((line) => line.trim().split(/\s+/).map(Number))
          .find(([, of]) => of === parent);
        found = row?.[0] ?? 0;
        return found;
      },
      { timeout: 15_000 },
    )
    .toBeGreaterThan(0);
  return found;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
