// hb without a word, in a real terminal: keys are typed, files saved, and what stands on the screen is read.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { COUNTER, Project, TRANSFER } from "./project.js";
import { Terminal, type TerminalOptions } from "./terminal.js";

let project: Project;
let open: Terminal[] = [];

beforeEach(() => {
  project = new Project([TRANSFER]);
});
afterEach(() => {
  for (const terminal of open) terminal.kill();
  open = [];
  project.remove();
});

/** hb in a shell, so that the state of the terminal after it can be asked. */
function start(words: string[] = [], options: Partial<TerminalOptions> = {}): Terminal {
  const shell = [
    "sh",
    "-c",
    `"$@"; echo "exit code $?"; stty -a | tr ';' '\\n' | grep -E 'icanon|echo'`,
    "sh",
  ];
  const env = {
    ...process.env,
    TERM: "xterm",
    NO_COLOR: undefined,
    FORCE_COLOR: undefined,
    CI: undefined,
    HB_MODE: "smoke",
  };
  const terminal = new Terminal([...shell, ...project.hb, ...words], { cwd: project.root, env, ...options });
  open.push(terminal);
  return terminal;
}

/** How the terminal was left. */
async function left(terminal: Terminal): Promise<{ code: number; isSane: boolean; isCursorShown: boolean }> {
  const [, code] = await terminal.shows(/exit code (\d+)/);
  const [settings] = await terminal.shows(/-?icanon[\s\S]* -?echo /);
  await terminal.ended;
  const isSane = /(?<!-)icanon/.test(settings) && /(?<!-)echo /.test(settings);
  return { code: Number(code), isSane, isCursorShown: terminal.window.isCursorShown };
}

const FAILS = /FAIL {2}0 of 4 points {2}90-fixture\/transfer/;
const DONE = /Exercise done ✓/;

describe("a learner's way", () => {
  test("the starter fails, a hint comes, the solution passes on save, and the last n runs all again and ends the course", async () => {
    const hb = start();
    await hb.shows(FAILS);
    await hb.shows(/not-implemented: not implemented: transfer/);
    await hb.shows(/Progress: \[>-+\] {2}0\/1 exercises/);
    await hb.shows(/Current exercise: workspace\/exercises\/90-fixture\/transfer\.ts/);
    hb.type("n");
    await hb.shows(/Not done yet: it has to pass first/);
    hb.type("h");
    await hb.shows(/Hint 1: Read the comment above the function/);
    hb.type("h");
    await hb.shows(/Hint 2: /);
    hb.type("s");
    await hb.shows(/compared with yours once yours has passed/);
    project.save(TRANSFER, project.solution(TRANSFER));
    await hb.shows(DONE);
    await hb.shows(/PASS {2}4 of 4 points/);
    await hb.shows(/Progress: \[#+\] {2}1\/1 exercises/);
    expect(project.state()).toMatchObject({
      exercises: { [TRANSFER]: { isDone: true, where: "file", hints: 2 } },
    });
    hb.type("n");
    await hb.shows(/That was the last one: every exercise passes\./);
    await hb.shows(/All 1 were run again, and all hold, with 2 hints\./);
    hb.type("q");
    expect(await left(hb)).toEqual({ code: 0, isSane: true, isCursorShown: true });
  });

  test("a pass that is broken again is pending again; s then still compares", async () => {
    project.save(TRANSFER, project.solution(TRANSFER));
    const hb = start();
    await hb.shows(DONE);
    const broken = project
      .solution(TRANSFER)
      .replace("a.balanceCents -= cents;", "a.balanceCents -= cents + 1;");
    project.save(TRANSFER, broken);
    await hb.shows(/FAIL {2}\d of 4 points[\s\S]*0\/1 exercises/);
    hb.type("s");
    await hb.shows(/- {3}a\.balanceCents -= cents \+ 1;\n\+ {3}a\.balanceCents -= cents;/);
    hb.type("q");
    await left(hb);
  });

  test("it goes on where one left off, with the hints that were taken counted", async () => {
    const both = new Project([COUNTER, TRANSFER]);
    const old = project;
    project = both;
    try {
      both.save(COUNTER, both.solution(COUNTER));
      const first = start(["watch", TRANSFER]);
      await first.shows(FAILS);
      first.type("q");
      expect((await left(first)).code).toBe(0);
      const second = start();
      await second.shows(/90-fixture\/counter/); // nobody moved on to transfer: it was only looked at
      second.kill();
    } finally {
      both.remove();
      project = old;
    }
  });
});

describe("saving", () => {
  const WAYS: [name: string, save: (path: string, text: string) => void][] = [
    ["in place", (path, text) => writeFileSync(path, text)],
    [
      "by a new file that is renamed over the old one (vim, VS Code on some systems)",
      (path, text) => {
        writeFileSync(`${path}.tmp`, text);
        renameSync(`${path}.tmp`, path);
      },
    ],
    [
      "by moving the old file away first (vim with a backup)",
      (path, text) => {
        renameSync(path, `${path}~`);
        writeFileSync(path, text);
        unlinkSync(`${path}~`);
      },
    ],
    [
      "by removing and writing",
      (path, text) => {
        unlinkSync(path);
        writeFileSync(path, text);
      },
    ],
  ];
  for (const [name, save] of WAYS) {
    test(`is seen when an editor saves ${name}`, async () => {
      const hb = start();
      await hb.shows(FAILS);
      save(project.file(TRANSFER), project.solution(TRANSFER));
      await hb.shows(DONE);
    });
  }

  test("the same text again is no change; a file that is removed is told, and x brings the starter back", async () => {
    const hb = start();
    await hb.shows(FAILS);
    const checks = () => project.state().exercises[TRANSFER]?.["checks"];
    project.save(TRANSFER, project.starter(TRANSFER));
    rmSync(project.file(TRANSFER));
    await hb.shows(/Its file is gone\. x brings the starter back\./);
    expect(checks()).toBe(1);
    hb.type("x");
    await hb.shows(/Reset 90-fixture\/transfer\?/);
    hb.type("y");
    await hb.shows(/has the starter's text again\./);
    expect(readFileSync(project.file(TRANSFER), "utf8")).toBe(project.starter(TRANSFER));
  });

  test("a progress that another process changes is shown: an exercise passed in its notebook", async () => {
    const hb = start();
    await hb.shows(/0\/1 exercises/);
    const file = join(project.root, "workspace", "state.json");
    const state = project.state();
    const passed = { ...state.exercises[TRANSFER], isDone: true, where: "notebook" };
    writeFileSync(`${file}.other`, JSON.stringify({ ...state, exercises: { [TRANSFER]: passed } }));
    renameSync(`${file}.other`, file);
    await hb.shows(/1\/1 exercises/);
    await hb.shows(/This one was passed in the notebook\./);
  });
});

test("x keeps the learner's text before the starter comes back", async () => {
  const mine = `${project.solution(TRANSFER)}// mine\n`;
  project.save(TRANSFER, mine);
  const hb = start();
  await hb.shows(DONE);
  hb.type("x");
  await hb.shows(/Reset 90-fixture\/transfer\? Your text is kept/);
  hb.type("n"); // no
  await hb.shows(DONE);
  hb.type("x");
  await hb.shows(/y: reset/);
  hb.type("y");
  await hb.shows(FAILS);
  const backups = join(project.root, "workspace", "backups");
  const [stamp = ""] = readdirSync(backups);
  expect(readFileSync(join(backups, stamp, "exercises", `${TRANSFER}.ts`), "utf8")).toBe(mine);
});

describe("the window", () => {
  test("of 40 columns: no line is wider, before and after a change of its size", async () => {
    const hb = start([], { columns: 40, rows: 20 });
    await hb.shows(FAILS);
    await hb.shows(/\[>-+\] 0\/1|0\/1 exercises/);
    expect(Math.max(...hb.window.text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(40);
    hb.resize(100, 30);
    await hb.shows(/Progress: \[>-{40,}\] {2}0\/1 exercises/);
    hb.resize(30, 20);
    await hb.shows(/\n\[>-+\] 0\/1/);
    expect(Math.max(...hb.window.text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(30);
  });

  test("the list: moving, filtering, opening, and back", async () => {
    const hb = start();
    await hb.shows(FAILS);
    hb.type("l");
    await hb.shows(/State {4}Exercise/);
    await hb.shows(/> PENDING {2}90-fixture\/transfer {2}Money must not appear or vanish/);
    hb.type("d");
    await hb.shows(/done only: 0 of 1/);
    hb.type("d/tra");
    await hb.shows(/search: tra_/);
    hb.type("\r\r");
    await hb.shows(FAILS);
    hb.type("?");
    await hb.shows(/ {2}c {2}check all/);
    hb.type("\u001b[B"); // an arrow means nothing here
    await hb.shows(FAILS);
  });

  test("the player has the terminal to itself, and gives it back", async () => {
    project.save(TRANSFER, project.solution(TRANSFER));
    mkdirSync(join(project.root, "lib", "cli"), { recursive: true }); // what hb.mjs does without building
    const main = join(project.root, ".build", "lib", "cli", "main.js");
    writeFileSync(
      join(project.root, "lib", "cli", "hb.mjs"),
      `const { main } = await import(${JSON.stringify(main)});\nprocess.exitCode = await main(process.argv.slice(2));\n`,
    );
    const hb = start();
    await hb.shows(DONE);
    hb.type("p");
    await hb.shows(/at the start[\s\S]*1-9/);
    hb.type("1");
    await hb.shows(/after 1 choice/);
    hb.type("q");
    await hb.shows(DONE);
    hb.type("q");
    expect(await left(hb)).toEqual({ code: 0, isSane: true, isCursorShown: true });
  });
});

describe("the terminal is left as it was found", () => {
  test("after Ctrl-C, also in the middle of a check, and no child is left", async () => {
    const endless = project.starter(TRANSFER).replace(/ {2}throw .*/, "  for (;;) {}");
    project.save(TRANSFER, endless);
    const hb = start();
    await hb.shows(/Checking 90-fixture\/transfer\. Please wait …/);
    await hb.shows(/\d s {2}1\/3/);
    hb.type("\u0003");
    expect(await left(hb)).toEqual({ code: 130, isSane: true, isCursorShown: true });
  });

  test("after SIGTERM, and after a mistake of its own", async () => {
    for (const end of ["process.kill(process.pid, 'SIGTERM')", "throw new Error('planted')"]) {
      const [node = "", flag = "", script = "", main = ""] = project.hb;
      const planted = `setTimeout(() => { ${end} }, 1500); ${script}`;
      const words = [node, flag, planted, main];
      const shell = [
        "sh",
        "-c",
        `"$@"; echo "exit code $?"; stty -a | tr ';' '\\n' | grep -E 'icanon|echo'`,
        "sh",
      ];
      const hb = new Terminal([...shell, ...words], {
        cwd: project.root,
        env: { ...process.env, TERM: "xterm" },
      });
      open.push(hb);
      const { isSane, isCursorShown, code } = await left(hb);
      expect({ isSane, isCursorShown }).toEqual({ isSane: true, isCursorShown: true });
      expect(code).not.toBe(0);
    }
  });
});

describe("without a terminal to draw on", () => {
  test("TERM=dumb: lines follow each other, without any escape", async () => {
    const hb = start([], { env: { ...process.env, TERM: "dumb", HB_MODE: "smoke" } });
    await hb.shows(FAILS);
    hb.type("h\n");
    await hb.shows(/Hint 1: /);
    hb.type("q\n");
    await hb.shows(/exit code 1/);
    expect(hb.written).not.toContain("\u001b");
  });

  test("--no-color: the screen is drawn without colours", async () => {
    const hb = start(["--no-color"]);
    await hb.shows(FAILS);
    expect(hb.window.hasColor).toBe(false);
    const coloured = start();
    await coloured.shows(FAILS);
    expect(coloured.window.hasColor).toBe(true);
  });

  test("a pipe: keys come from the input, and it ends with it; the exit code says whether the exercise is done", async () => {
    const failing = await project.runWith("");
    expect(failing.code).toBe(1);
    expect(failing.stdout).toMatch(FAILS);
    expect(failing.stdout).not.toContain("\u001b");
    project.save(TRANSFER, project.solution(TRANSFER));
    const passing = await project.runWith("");
    expect(passing.code).toBe(0);
    expect(passing.stdout).toMatch(DONE);
  });

  test("--json: one object a line", async () => {
    const { code, stdout } = await project.runWith("", "--json");
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string; current?: string });
    const names = events.map(({ event }) => event).filter((event) => event !== "progress");
    expect(names).toEqual(["begin", "check", "result", "end"]);
    expect(events[0]).toEqual({ event: "begin", current: TRANSFER, done: 0, of: 1 });
    expect(events.find(({ event }) => event === "result")).toMatchObject({
      result: { id: TRANSFER, status: "fail" },
    });
    expect(code).toBe(1);
  });
});

test("a corrupt progress is set aside, told, and nothing else is lost", async () => {
  mkdirSync(join(project.root, "workspace"), { recursive: true });
  writeFileSync(join(project.root, "workspace", "state.json"), "{ half");
  const hb = start();
  await hb.shows(
    /Your progress could not be read \([\s\S]*It is kept as state\.json\.corrupt-1; a new one was begun\./,
  );
  expect(readFileSync(join(project.root, "workspace", "state.json.corrupt-1"), "utf8")).toBe("{ half");
  expect(existsSync(dirname(project.file(TRANSFER)))).toBe(true);
});
