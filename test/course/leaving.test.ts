// How hb leaves a terminal, and what it does where there is none to draw on.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { TRANSFER } from "./project.js";
import { DONE, FAILS, left, OwnProject, SANE } from "./session.js";

vi.setConfig({ testTimeout: 120_000 });

const own = new OwnProject();
describe("the terminal is left as it was found", () => {
  test("after Ctrl-C in the middle of a check", async () => {
    own.project.save(TRANSFER, own.project.starter(TRANSFER).replace(/ {2}throw .*/, "  for (;;) {}"));
    const hb = own.start();
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
      const [node = "", flag = "", script = "", main = ""] = own.project.hb;
      const raw = "const isRaw = () => process.stdin.isRaw;";
      const wait = `const timer = setInterval(() => { if (!isRaw()) return; clearInterval(timer); ${planted} }, 100);`;
      const hb = own.shell([node, flag, `${raw} ${wait} ${script}`, main]);
      const { code, ...terminal } = await left(hb);
      expect(terminal).toEqual(SANE);
      expect(code).not.toBe(0);
    });
  }
});

describe("without a terminal to draw on", () => {
  test("TERM=dumb: lines follow each other, without any escape", async () => {
    const hb = own.start([], {
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
    const hb = own.start(["--no-color"]);
    await hb.shows(FAILS);
    expect(hb.window.hasColor).toBe(false);
  });

  test("a pipe: keys come from the input, hb ends with it, and the exit code says whether the exercise is done", async () => {
    const failing = await own.project.runWith("hhq");
    expect(failing.code).toBe(1);
    expect(failing.stdout).toMatch(/Hint 2: /);
    expect(failing.stdout.match(/0 of 4 points/g)).toHaveLength(1); // a hint alone, not all of it again
    expect(failing.stdout).toMatch(FAILS);
    expect(failing.stdout).not.toContain("\u001b");
    own.project.save(TRANSFER, own.project.solution(TRANSFER));
    const passing = await own.project.runWith("");
    expect(passing.code).toBe(0);
    expect(passing.stdout).toMatch(DONE);
  });

  test("--json: one object a line", async () => {
    const { code, stdout } = await own.project.runWith("", "--json");
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
  mkdirSync(join(own.project.root, "workspace"), { recursive: true });
  writeFileSync(join(own.project.root, "workspace", "state.json"), "{ half");
  const hb = own.start();
  await hb.shows(FAILS);
  await hb.shows(/It is kept as\s+state\.json\.corrupt-1; a\s+new one was begun\./);
  expect(readFileSync(join(own.project.root, "workspace", "state.json.corrupt-1"), "utf8")).toBe("{ half");
});
