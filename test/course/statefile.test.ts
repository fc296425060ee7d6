// StateFile: a learner's progress survives kills, two processes at once, and files that are none.
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type CourseState,
  courseState,
  isLearners,
  NEW_STATE,
  projectRoot,
  StateError,
  StateFile,
  stateOf,
  withCheck,
  withCurrent,
  withHint,
  withReset,
} from "../../lib/grade/index.js";

vi.setConfig({ testTimeout: 120_000 });

const ROOT = projectRoot();
mkdirSync(join(ROOT, ".cache"), { recursive: true });
const folder = mkdtempSync(join(ROOT, ".cache", "test-state-"));
let at = 0;
let path = "";

beforeEach(() => {
  path = join(folder, String(at++), "state.json");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const AT = "2026-01-02T03:04:05.000Z";
const pass = (state: CourseState, id: string): CourseState =>
  withCheck(state, { id, status: "pass", where: "file", at: AT });

describe("what a check changes", () => {
  test("a pass is done, and keeps when it was first", () => {
    const twice = withCheck(pass(NEW_STATE, "05-x/a"), {
      id: "05-x/a",
      status: "pass",
      where: "file",
      at: "2027-01-01T00:00:00.000Z",
    });
    expect(stateOf(twice, "05-x/a")).toEqual({
      isDone: true,
      where: "file",
      checks: 2,
      hints: 0,
      firstPassedAt: AT,
    });
  });

  test("a later failure makes it pending again, and remembers the schedule until it passes", () => {
    const failed = withCheck(pass(NEW_STATE, "05-x/a"), {
      id: "05-x/a",
      status: "fail",
      where: "file",
      schedule: "1.0.0b5a",
      at: AT,
    });
    expect(stateOf(failed, "05-x/a")).toMatchObject({
      isDone: false,
      schedule: "1.0.0b5a",
      firstPassedAt: AT,
    });
    expect(stateOf(pass(failed, "05-x/a"), "05-x/a")).not.toHaveProperty("schedule");
  });

  test("a failure in the terminal does not undo a pass in the notebook, nor the other way round", () => {
    const inNotebook = withCheck(NEW_STATE, { id: "05-x/a", status: "pass", where: "notebook", at: AT });
    const after = withCheck(inNotebook, { id: "05-x/a", status: "fail", where: "file", at: AT });
    expect(stateOf(after, "05-x/a")).toMatchObject({ isDone: true, where: "notebook", checks: 2 });
  });

  test("a check that could not be judged changes nothing but the number of checks", () => {
    const noisy = withCheck(pass(NEW_STATE, "05-x/a"), {
      id: "05-x/a",
      status: "unknown",
      where: "file",
      at: AT,
    });
    expect(stateOf(noisy, "05-x/a")).toMatchObject({ isDone: true, checks: 2 });
  });

  test("hints only grow; a reset keeps them", () => {
    const hinted = withHint(withHint(NEW_STATE, "05-x/a", 2), "05-x/a", 1);
    expect(stateOf(withReset(hinted, "05-x/a"), "05-x/a")).toMatchObject({ hints: 2, isDone: false });
  });
});

describe("the file", () => {
  test("is that of a beginner where there is none, and is not made by reading", () => {
    expect(new StateFile(path).read()).toEqual(NEW_STATE);
    expect(existsSync(path)).toBe(false);
  });

  test("keeps what was written, with keys that it does not know", () => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, JSON.stringify({ version: 1, exercises: {}, theme: "dark" }));
    new StateFile(path).update((state) => withCurrent(state, "05-x/a"));
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      version: 1,
      current: "05-x/a",
      exercises: {},
      theme: "dark",
    });
  });

  const CORRUPT: [what: string, text: string, why: RegExp][] = [
    ["half of a file", '{"version": 1, "exer', /JSON/],
    ["an empty file", "", /JSON/],
    ["something else", "[1, 2]", /must be object/],
    ["a wrong value", '{"version":1,"exercises":{"05-x/a":{"isDone":"yes"}}}', /exercises.*must have|isDone/],
    ["null", "null", /must be object/],
  ];
  for (const [what, text, why] of CORRUPT) {
    test(`${what} is set aside with a message, never lost, and a new one begun`, () => {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(`${path}.corrupt-1`, "an earlier one");
      writeFileSync(path, text);
      const notes: string[] = [];
      const file = new StateFile(path, (note) => notes.push(note));
      expect(file.read()).toEqual(NEW_STATE);
      expect(readFileSync(`${path}.corrupt-1`, "utf8")).toBe("an earlier one");
      expect(readFileSync(`${path}.corrupt-2`, "utf8")).toBe(text);
      expect(notes).toHaveLength(1);
      expect(notes[0]).toMatch(why);
      expect(notes[0]).toMatch(/It is kept as state\.json\.corrupt-2; a new one was begun\.$/);
    });
  }

  test("of a newer course is refused, and left as it is", () => {
    mkdirSync(join(path, ".."), { recursive: true });
    const text = '{"version": 2, "exercises": {"05-x/a": "another shape"}}';
    writeFileSync(path, text);
    expect(() => new StateFile(path).update((s) => s)).toThrow(StateError);
    expect(() => new StateFile(path).read()).toThrow(
      "was written by a newer version of the course (format 2)",
    );
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test("a lock of a process that is gone is broken; parts that killed writers left are swept", () => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(`${path}.lock`, "999999999");
    writeFileSync(`${path}.4711.part`, "half");
    new StateFile(path).update((state) => withCurrent(state, "05-x/a"));
    expect(readdirSync(join(path, ".."))).toEqual(["state.json"]);
  });
});

/** A process that counts checks of its own exercise, and prints each that is kept. */
const WRITER = `
const [urls, path, id, times] = process.argv.slice(1);
Promise.all(urls.split(" ").map((url) => import(url))).then(([{ StateFile }, { withCheck }]) => {
  const file = new StateFile(path);
  for (let i = 1; i <= Number(times); i++) {
    file.update((state) => withCheck(state, { id, status: "pass", where: "file", at: "2026-01-02T03:04:05.000Z" }));
    require("node:fs").writeSync(1, i + "\\n");
  }
});`;
const BUILT = ["statefile", "coursestate"].map(
  (name) => new URL(`../../.build/lib/grade/${name}.js`, import.meta.url).href,
);

function writer(
  id: string,
  times: number,
): { kept: () => number; kill(): void; ended: Promise<number | null> } {
  const child = spawn(process.execPath, ["-e", WRITER, BUILT.join(" "), path, id, String(times)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    child.emit("said");
  });
  return {
    kept: () => Number(said.trimEnd().split("\n").at(-1)),
    kill: () => void child.kill("SIGKILL"),
    ended: new Promise((resolve) => child.once("close", resolve)),
  };
}

test("three processes at once lose nothing of each other's", async () => {
  const writers = ["05-x/a", "05-x/b", "05-x/c"].map((id) => writer(id, 15));
  expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  const { exercises } = new StateFile(path).read();
  expect(Object.values(exercises).map(({ checks }) => checks)).toEqual([15, 15, 15]);
});

test("killed in the middle of writing, again and again, no check that was reported as kept is lost", async () => {
  let kept = 0;
  for (let round = 0; round < 3; round++) {
    const one = writer("05-x/a", 100_000);
    await expect.poll(() => one.kept(), { timeout: 20_000, interval: 7 }).toBeGreaterThan(round * 2);
    one.kill();
    await one.ended;
    kept += one.kept();
    const { checks } = stateOf(new StateFile(path).read(), "05-x/a"); // reads, or this throws
    expect(checks).toBeGreaterThanOrEqual(kept);
    expect(checks).toBeLessThanOrEqual(kept + round + 1); // written, and killed before it could say so
  }
  new StateFile(path).update((state) => withHint(state, "05-x/a", 1));
  expect(readdirSync(join(path, ".."))).toEqual(["state.json"]);
});

test("a planted writer without a lock loses entries, so the test above can fail", async () => {
  const unlocked = WRITER.replace(
    /file\.update\((.*)\);\n/,
    (_, change: string) => `{
      const fs = require("node:fs");
      const before = fs.existsSync(path) ? JSON.parse(fs.readFileSync(path, "utf8")) : { version: 1, exercises: {} };
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
      fs.mkdirSync(require("node:path").dirname(path), { recursive: true });
      fs.writeFileSync(path + process.pid, JSON.stringify((${change})(before)));
      fs.renameSync(path + process.pid, path);
    }\n`,
  );
  const children = ["05-x/a", "05-x/b"].map((id) =>
    spawn(process.execPath, ["-e", unlocked, BUILT.join(" "), path, id, "60"], {
      stdio: ["ignore", "ignore", "inherit"],
    }),
  );
  await Promise.all(children.map((child) => new Promise((resolve) => child.once("close", resolve))));
  const { exercises } = new StateFile(path).read();
  const sum = Object.values(exercises).reduce((all, { checks }) => all + checks, 0);
  expect(sum).toBeLessThan(120);
});

test("the learner's file lies in the workspace", () => {
  expect(courseState("/somewhere").path).toBe(join("/somewhere", "workspace", "state.json"));
});

test("only what lies in the workspace's exercises and notebooks is the learner's", () => {
  const root = join(folder, "project");
  for (const name of ["exercises", "notebooks", "runs"])
    mkdirSync(join(root, "workspace", name), { recursive: true });
  expect(isLearners(root, join(root, "workspace", "exercises", "05-x", "a.ts"))).toBe(true);
  expect(isLearners(root, join(root, "workspace", "notebooks"))).toBe(true);
  for (const other of [
    "solutions/05-x/a.ts",
    "notebooks",
    "workspace/runs/a.ts",
    "workspace/exercises2/a.ts",
  ]) {
    expect(isLearners(root, join(root, other)), other).toBe(false);
  }
  expect(isLearners(join(folder, "nobody"), join(folder, "nobody", "workspace", "exercises", "a.ts"))).toBe(
    false,
  );
});
