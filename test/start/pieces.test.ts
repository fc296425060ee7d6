// The pieces under npm start and npm test: the lock, the stamps, the counting, the budget.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { Playground, ROOT, read } from "./copies.js";

const place = new Playground();
afterAll(() => place.remove());

let folders = 0;
function folder(): string {
  const path = join(place.folder, `piece ${++folders}`);
  mkdirSync(join(path, ".cache"), { recursive: true });
  return path;
}

interface Lock {
  withProjectLock<T>(
    root: string,
    options: { onWait?(pid: number): void },
    work: (holder: { add(pid: number): void }) => Promise<T>,
  ): Promise<T>;
}

test("the lock lets one in at a time, and says who holds it", async () => {
  const { withProjectLock } = await load<Lock>("lock.mjs");
  const root = folder();
  const order: string[] = [];
  let second: Promise<void> | undefined;
  await withProjectLock(root, {}, async () => {
    await new Promise<void>((waiting) => {
      second = withProjectLock(
        root,
        {
          onWait: (pid) => {
            order.push(pid === process.pid ? "waits for us" : `waits for ${pid}`);
            waiting();
          },
        },
        async () => void order.push("second"),
      );
    });
    order.push("first");
  });
  await second;
  expect(order).toEqual(["waits for us", "first", "second"]);
  expect(existsSync(join(root, ".cache", "start.lock"))).toBe(false);
});

const dead = spawnSync(process.execPath, ["-e", ""]).pid;
const stale: [what: string, text: string][] = [
  ["a process that is gone", `${dead} 1\n`],
  ["a process number that was given out again", `${process.pid} 1\n`],
  ["nothing, written long ago", ""],
];
for (const [what, text] of stale) {
  test(`a lock left behind by ${what} is broken`, async () => {
    const { withProjectLock } = await load<Lock>("lock.mjs");
    const root = folder();
    const file = join(root, ".cache", "start.lock");
    writeFileSync(file, text);
    utimesSync(file, 1, 1);
    expect(await withProjectLock(root, {}, async () => "in")).toBe("in");
  });
}

test("a lock whose command was killed is held for as long as the npm that it started", async () => {
  const { withProjectLock } = await load<Lock>("lock.mjs");
  const root = folder();
  let text = "";
  await withProjectLock(root, {}, async (holder) => {
    holder.add(process.ppid);
    text = read(root, ".cache", "start.lock");
  });
  expect(text.trim().split("\n")).toHaveLength(2);
  const [, parent] = text.trim().split("\n");
  writeFileSync(join(root, ".cache", "start.lock"), `${dead} 1\n${parent}\n`);
  let waitedFor = 0;
  const entered = withProjectLock(
    root,
    {
      onWait(pid) {
        waitedFor = pid;
        writeFileSync(join(root, ".cache", "start.lock"), `${dead} 1\n`); // npm has ended
      },
    },
    async () => "in",
  );
  expect(await entered).toBe("in");
  expect(waitedFor).toBe(process.ppid);
});

test("packages count as installed only when npm's own record agrees with the lock file", async () => {
  const { areInstalled } = await load<{ areInstalled(root: string): boolean }>("dependencies.mjs");
  const root = folder();
  const record = join(root, "node_modules", ".package-lock.json");
  mkdirSync(join(root, "node_modules"));
  const write = (file: string, packages: object) => writeFileSync(file, JSON.stringify({ packages }));
  const foreign = { version: "1.0.0", optional: true, os: ["win32"] };
  write(join(root, "package-lock.json"), {
    "": {},
    "node_modules/a": { version: "1.0.0" },
    "node_modules/w": foreign,
  });
  expect(areInstalled(root), "no record: killed while it installed").toBe(false);
  write(record, { "node_modules/a": { version: "1.0.0" } });
  expect(areInstalled(root), "all that is for this system").toBe(true);
  write(record, { "node_modules/a": { version: "1.0.1" } });
  expect(areInstalled(root), "another version").toBe(false);
  write(record, { "node_modules/a": { version: "1.0.0" }, "node_modules/w": foreign });
  expect(areInstalled(root), "copied from another system").toBe(false);
});

test("the lock file pins uv with hashes, and the environment is made without it", async () => {
  const { readUvPin } = await load<{
    readUvPin(text: string): { version: string; hashes: string[]; rest: string };
  }>("uv.mjs");
  const pin = readUvPin(readFileSync(join(ROOT, "requirements.txt"), "utf8"));
  expect(pin.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(pin.hashes.length).toBeGreaterThan(8);
  expect(pin.rest).not.toMatch(/^uv==/m);
  expect(pin.rest).toMatch(/^jupyterlab==4\.6\.\d+ /m);
  expect(() => readUvPin("jupyterlab==4.6.6\n")).toThrow(/expected an entry `uv==…`/);
});

test("a test file that cannot be loaded counts as a failure, though no test of it failed", async () => {
  const { count } = await load<{ count(report: object): object }>("vitest.mjs");
  const report = {
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [
      { status: "passed", assertionResults: [{ status: "passed" }] },
      { status: "failed", assertionResults: [] },
    ],
  };
  expect(count(report)).toEqual({ passed: 3, failed: 1, skipped: 0 });
});

test("a program over its budget is ended together with what it started", async () => {
  const { runChild } = await load<{
    runChild(
      command: string,
      args: string[],
      options: object,
    ): Promise<{ code: number; text: string; timedOut: boolean }>;
  }>("child.mjs");
  const script = `
    const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    console.log(child.pid);
    setInterval(() => {}, 1000);`;
  let grandchild = 0;
  const remember = (line: string) => {
    grandchild = Number(line);
  };
  const options = { limitMs: 1500, group: true, onLine: remember };
  const ended = await runChild(process.execPath, ["-e", script], options);
  expect(ended.timedOut).toBe(true);
  expect(ended.code).not.toBe(0);
  await expect.poll(() => isAlive(grandchild)).toBe(false);
});

/** What `npm start` says of the workspace; in a process of its own, since it loads the built library. */
function ensured(root: string): string {
  const script = `
    const { ensureWorkspace } = await import(process.argv[1]);
    process.stdout.write((await ensureWorkspace(process.argv[2])).text);`;
  const file = pathToFileURL(join(ROOT, "lib", "cli", "workspace.mjs")).href;
  const words = ["--input-type=module", "-e", script, file, root];
  return spawnSync(process.execPath, words, { encoding: "utf8" }).stdout;
}

test("the course begins with its first notebook, also when JupyterLab has left its checkpoints there", async () => {
  const { firstNotebook } = await load<{ firstNotebook(root: string): string }>("workspace.mjs");
  const root = folder();
  const saved = ["notebooks/.ipynb_checkpoints/00-first-checkpoint.ipynb", "notebooks/00-first.ipynb"];
  for (const name of saved) {
    mkdirSync(join(root, name, ".."), { recursive: true });
    writeFileSync(join(root, name), "{}");
  }
  expect(ensured(root)).toMatch(/^\d new files$/);
  expect(existsSync(join(root, "workspace/notebooks/00-first.ipynb"))).toBe(true);
  expect(ensured(root)).toBe("");
  mkdirSync(join(root, "workspace/notebooks/.ipynb_checkpoints"));
  writeFileSync(join(root, "workspace/notebooks/.ipynb_checkpoints/00-first-checkpoint.ipynb"), "{}");
  expect(firstNotebook(root)).toBe("workspace/notebooks/00-first.ipynb");
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that nobody has reaped yet counts as ended.
    return !/^Z/.test(
      spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim(),
    );
  } catch {
    return false;
  }
}

function load<T>(name: string): Promise<T> {
  return import(pathToFileURL(join(ROOT, "lib", "cli", name)).href);
}
