// How hb leaves a terminal, and what it does where there is none to draw on.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Project, TRANSFER } from "./project.js";
import { left, SANE, Sessions } from "./session.js";

vi.setConfig({ testTimeout: 120_000 });

const sessions = new Sessions();
let project: Project;
beforeEach(() => {
  project = new Project([TRANSFER]);
});
afterEach(() => {
  sessions.kill();
  project.remove();
});

const FAILS = /FAIL {2}0 of 4 points {2}90-fixture\/transfer/;
const DONE = /Exercise done ✓/;

describe("the terminal is left as it was found", () => {
  test("after Ctrl-C in the middle of a check", async () => {
    project.save(TRANSFER, project.starter(TRANSFER).replace(/ {2}throw .*/, "  for (;;) {}"));
    const hb = sessions.start(project);
    await hb.shows(/Checking 90-fixture\/transfer\. Please wait …/);
    await hb.shows(/\d s {2}1\/3/);
    hb.type("nhq\u0003"); // only the last one is heard
    expect(await left(hb)).toEqual({ code: 130, ...SANE });
  });

  for (const [what, planted] of [
    ["SIGTERM", "process.kill(process.pid, 'SIGTERM')"],
    ["a mistake of its own", "throw new Error('planted')"],
  ] as const) {
    test(`after ${what}`, async () => {
      const [node = "", flag = "", script = "", main = ""] = project.hb;
      const raw = "const isRaw = () => process.stdin.isRaw;";
      const wait = `const timer = setInterval(() => { if (!isRaw()) return; clearInterval(timer); ${planted} }, 100);`;
      const hb = sessions.shell(project, [node, flag, `${raw} ${wait} ${script}`, main]);
      const { code, ...terminal } = await left(hb);
      expect(terminal).toEqual(SANE);
      expect(code).not.toBe(0);
    });
  }
});

describe("without a terminal to draw on", () => {
  test("TERM=dumb: lines follow each other, without any escape", async () => {
    const hb = sessions.start(project, [], {
      env: { ...process.env, TERM: "dumb", NO_COLOR: undefined, HB_MODE: "smoke" },
    });
    await hb.shows(FAILS);
    hb.type("h\n");
    await hb.shows(/Hint 1: /);
    hb.type("q\n");
    expect(await left(hb)).toEqual({ code: 1, ...SANE });
    expect(hb.written).not.toContain("\u001b");
  });

  test("--no-color: the screen is drawn without colours", async () => {
    const hb = sessions.start(project, ["--no-color"]);
    await hb.shows(FAILS);
    expect(hb.window.hasColor).toBe(false);
  });

  test("a pipe: keys come from the input, hb ends with it, and the exit code says whether the exercise is done", async () => {
    const failing = await project.runWith("hhq");
    expect(failing.code).toBe(1);
    expect(failing.stdout).toMatch(/Hint 2: /);
    expect(failing.stdout).toMatch(FAILS);
    expect(failing.stdout).not.toContain("\u001b");
    project.save(TRANSFER, project.solution(TRANSFER));
    const passing = await project.runWith("");
    expect(passing.code).toBe(0);
    expect(passing.stdout).toMatch(DONE);
  });

  test("--json: one object a line", async () => {
    const { code, stdout } = await project.runWith("", "--json");
    type Said = { event: string; current?: string; result?: { id: string; status: string } };
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Said);
    const names = events.map(({ event }) => event).filter((event) => event !== "progress");
    expect(names).toEqual(["begin", "check", "result", "end"]);
    expect(events[0]).toEqual({ event: "begin", current: TRANSFER, done: 0, of: 1 });
    expect(events.find(({ event }) => event === "result")?.result).toMatchObject({
      id: TRANSFER,
      status: "fail",
    });
    expect(code).toBe(1);
  });
});

test("a corrupt progress is set aside and told on the screen", async () => {
  mkdirSync(join(project.root, "workspace"), { recursive: true });
  writeFileSync(join(project.root, "workspace", "state.json"), "{ half");
  const hb = sessions.start(project);
  await hb.shows(FAILS);
  await hb.shows(/It is kept as\s+state\.json\.corrupt-1; a\s+new one was begun\./);
  expect(readFileSync(join(project.root, "workspace", "state.json.corrupt-1"), "utf8")).toBe("{ half");
});
