// The words of the course, one by one, as a script would use them.
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { projectRoot } from "../../lib/grade/index.js";
import { COUNTER, Project, type Ran, TRANSFER } from "./project.js";

vi.setConfig({ testTimeout: 120_000 });

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

const passing = (id: string): void => project.save(id, project.solution(id));

test("list says which are done, next what comes, progress how far it is; all from one state", async () => {
  passing(TRANSFER);
  expect((await project.run("check", TRANSFER)).code).toBe(0);
  const list = await project.run("list");
  expect(list.stdout).toMatch(
    /^90-fixture\/counter {3}pending {2}workspace\/exercises\/90-fixture\/counter\.ts$/m,
  );
  expect(list.stdout).toMatch(
    /^90-fixture\/transfer {2}done {5}workspace\/exercises\/90-fixture\/transfer\.ts$/m,
  );
  expect(list.stdout).not.toContain("…"); // a script reads whole paths
  const rows = JSON.parse((await project.run("list", "--json")).stdout);
  expect(rows[1]).toMatchObject({ id: TRANSFER, isDone: true, passedIn: "file", checks: 1, hints: 0 });
  const progress = await project.run("progress");
  expect(progress.stdout).toMatch(
    /1\/2 exercises[\s\S]*… 90-fixture {2}1\/2[\s\S]*1 check, 0 hints taken\nNext: 90-fixture\/counter/,
  );
  expect(JSON.parse((await project.run("progress", "--json")).stdout)).toMatchObject({
    done: 1,
    of: 2,
    next: COUNTER,
  });
  const next = await project.run("next");
  expect(next.stdout).toBe(
    "90-fixture/counter\nworkspace/exercises/90-fixture/counter.ts\n\nCount on many threads without losing one, and without a lock.\n",
  );
  expect(project.state().current).toBe(COUNTER);
  expect(JSON.parse((await project.run("next", "--json")).stdout)).toMatchObject({ id: COUNTER });
});

test("a reader that has read enough is no mistake: hb list | head", async () => {
  const { code, stderr } = await new Promise<{ code: number; stderr: string }>((resolve) => {
    const words = ["-c", `set -o pipefail; "$@" | true`, "bash", ...project.hb, "list", "--json"];
    execFile("bash", words, { cwd: project.root }, (error, _, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stderr });
    });
  });
  expect([code, stderr]).toEqual([0, ""]);
});

test("resume goes on with what was left", async () => {
  await project.runWith("", "watch", TRANSFER);
  const { stdout } = await project.runWith("", "resume");
  expect(stdout).toMatch(/Current exercise: workspace\/exercises\/90-fixture\/transfer\.ts/);
});

test("hint gives one more each time, keyed to what the text fails with; three at most", async () => {
  const broken = project.solution(TRANSFER).replace("a.id < b.id", "a.id === a.id");
  project.save(TRANSFER, broken);
  for (const [n, text] of ["Who holds what?", "Order the locks.", "The lower id first."].entries()) {
    const { code, stdout } = await project.run("hint", TRANSFER);
    expect(code).toBe(0);
    expect(stdout).toContain(`90-fixture/transfer: global-deadlock\n`);
    expect(stdout).toContain(`Hint ${n + 1} of 3: ${text}`);
  }
  const { stdout } = await project.run("hint", "transfer", "--stage", "2", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    stage: 2,
    of: 3,
    hints: ["Who holds what?", "Order the locks."],
  });
  expect(project.state().exercises[TRANSFER]).toMatchObject({ hints: 3 });
});

test("diff is refused before the exercise has passed, and shows both sides afterwards", async () => {
  passing(TRANSFER);
  const refused = await project.run("diff", TRANSFER);
  expect([refused.code, refused.stdout]).toEqual([1, ""]);
  expect(refused.stderr).toContain("has not passed yet");
  await project.run("check", TRANSFER);
  expect((await project.run("diff", TRANSFER)).stdout).toContain("to the letter");
  project.save(TRANSFER, `${project.solution(TRANSFER)}// mine\n`);
  expect(JSON.parse((await project.run("diff", TRANSFER, "--json")).stdout).lines).toContain("- // mine");
});

test("reset keeps the text, brings the starter, and makes the exercise pending", async () => {
  passing(TRANSFER);
  await project.run("check", TRANSFER);
  const { code, stdout } = await project.run("reset", TRANSFER);
  expect(code).toBe(0);
  expect(readFileSync(project.file(TRANSFER), "utf8")).toBe(project.starter(TRANSFER));
  const [, backup = ""] = /Your text is kept in (.*)/.exec(stdout) ?? [];
  expect(readFileSync(join(project.root, backup), "utf8")).toBe(project.solution(TRANSFER));
  expect(project.state().exercises[TRANSFER]).toMatchObject({ isDone: false });
});

test("check remembers the learner's own file only", async () => {
  const solution = join(project.root, "solutions", `${TRANSFER}.ts`);
  expect((await project.run("check", solution)).code).toBe(0);
  expect(existsSync(join(project.root, "workspace", "state.json"))).toBe(false);
  expect((await project.run("next")).code).toBe(0); // makes the workspace
  await project.run("check", solution);
  expect(project.state().exercises).toEqual({});
  await project.run("check", TRANSFER, "--hint", "1");
  expect(project.state().exercises[TRANSFER]).toMatchObject({ isDone: false, checks: 1, hints: 1 });
});

test("replay without a schedule plays the last failing one", async () => {
  project.save(TRANSFER, project.solution(TRANSFER).replace("a.id < b.id", "a.id === a.id"));
  expect((await project.run("check", TRANSFER)).code).toBe(1);
  const { code, stdout } = await project.run("replay", TRANSFER);
  expect(code).toBe(0);
  expect(stdout).toContain("DEADLOCK");
});

test("doctor asks everything, says what to do, and fails only where the course cannot work", async () => {
  const scripts = join(project.root, "lib", "cli");
  mkdirSync(scripts, { recursive: true });
  for (const name of ["find-python.mjs", "browser.mjs", "child.mjs", "failure.mjs"]) {
    copyFileSync(join(projectRoot(), "lib", "cli", name), join(scripts, name));
  }
  const { code, stdout } = await project.run("doctor", "--json");
  expect(code).toBe(0);
  const findings = JSON.parse(stdout) as { name: string; status: string; found: string; todo?: string }[];
  expect(findings.map(({ name }) => name)).toEqual([
    "Node",
    "Project folder",
    "Your progress",
    "Disk",
    "Watching files",
    "Python",
    "JupyterLab",
    "Browser",
    "Sandbox",
    "Cores",
    "Quiet machine",
  ]);
  for (const { status, todo } of findings) expect(status === "ok" || (todo ?? "") !== "").toBe(true);
});

describe("the zoo", () => {
  /** In the project itself: the bugs are its own, and looking at them writes nothing. */
  const zoo = (...words: string[]): Promise<Ran> => {
    const [program = "", ...given] = project.hb;
    const main = join(projectRoot(), ".build", "lib", "cli", "main.js");
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
    return new Promise((resolve) => {
      execFile(program, [...given.slice(0, -1), main, "zoo", ...words], { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      });
    });
  };

  test("lists the bugs by category, each with its story; a category alone", async () => {
    const { code, stdout } = await zoo();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^AB-BA\n {2}cockroach_10214 /m);
    expect(stdout.match(/^ {2}\w+_\d+ /gm)?.length).toBeGreaterThanOrEqual(58);
    const locks = JSON.parse((await zoo("AB-BA", "--json")).stdout) as {
      category: string;
      story: string;
      url: string;
    }[];
    expect(new Set(locks.map(({ category }) => category))).toEqual(new Set(["AB-BA"]));
    for (const { story, url } of locks) {
      expect(story.length).toBeGreaterThan(80);
      expect(url).toMatch(/^https:\/\/github\.com\//);
    }
  });

  test("shows one: its story, the failing run as lanes, the repair; and plays the schedule again", async () => {
    const { stdout } = await zoo("cockroach_584");
    expect(stdout).toContain("leaves the loop with `break`");
    expect(stdout).toMatch(/^broken: global-deadlock found within 1 schedule/m);
    expect(stdout).toMatch(/^repaired: nothing wrong in 1000 schedules/m);
    expect(stdout).toMatch(/ at cockroach_584\.ts:\d+/); // lines of the source that is named above
    expect(stdout).not.toContain("cockroach_584.js");
    const [, schedule = ""] = /^replay: npx hb zoo cockroach_584 --schedule (\S+)$/m.exec(stdout) ?? [];
    const again = await zoo("584", "--schedule", schedule);
    expect(again.stdout).toContain("DEADLOCK");
    const data = JSON.parse((await zoo("cockroach_584", "--json")).stdout);
    expect(data).toMatchObject({
      broken: { verdict: "global-deadlock", schedule },
      fixed: { verdict: "ok" },
    });
  });

  test("a name that is none, and one that fits several, are one clear message and exit code 2", async () => {
    expect(await zoo("cockroach_585")).toMatchObject({ code: 2 });
    expect((await zoo("cockroach_585")).stderr).toMatch(
      /no bug "cockroach_585" in the zoo\. Did you mean "cockroach_584"\?/,
    );
    expect((await zoo("cockroach")).stderr).toMatch(/"cockroach" fits several: cockroach_10214, /);
  });
});
