// npm start as a stranger sees it: fresh copies of the tree, an empty home, a path with a space and an umlaut. The first
// start is a real one; the others reuse what it downloaded.
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import {
  contents,
  copyProject,
  OFFLINE,
  Playground,
  processesOf,
  read,
  Start,
  shareCaches,
} from "./copies.js";

const MINUTES = 60_000;
const place = new Playground();
const home = place.clone("first");
const running: Start[] = [];

function start(folder: string, words: readonly string[] = [], env: Record<string, string> = {}): Start {
  const one = new Start(folder, place.env(env), words);
  running.push(one);
  onTestFinished(async () => {
    one.signal("SIGKILL"); // a failed test must not leave its server to the next one
    await one.ended;
  });
  return one;
}

afterAll(async () => {
  for (const one of running) one.signal("SIGKILL");
  await Promise.all(running.map((one) => one.ended));
  await gone();
  place.remove();
}, 3 * MINUTES);

/** Resolves when no process of ours is left: a killed start's JupyterLab notices and ends by itself. */
async function gone(folder = place.folder): Promise<void> {
  while (processesOf(folder).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function status(server: { origin: string; token: string }, path: string): Promise<[number, string]> {
  const answer = await fetch(`${server.origin}${path}`, {
    headers: { Authorization: `token ${server.token}` },
  });
  return [answer.status, await answer.text()];
}

test("a first start serves the first notebook, and a Ctrl-C ends everything", {
  timeout: 3 * MINUTES,
}, async () => {
  const one = start(home);
  const server = await one.served();
  console.log(`first start: ${(server.elapsedMs / 1000).toFixed(1)} s`);
  const first = readdirSync(join(home, "notebooks")).filter((name) => /^\d\d-.*\.ipynb$/.test(name))[0];
  expect(server.path).toBe(`workspace/notebooks/${first}`);
  expect((await status(server, `/api/contents/${server.path}?content=0`))[0]).toBe(200);
  expect((await fetch(`${server.origin}/api/contents/`)).status).toBe(403); // no token
  expect((await status(server, "/api/kernelspecs"))[1]).toContain("TypeScript (Happens-Before)");
  expect(await one.stop()).toBe(0);
  await gone(home);
  expect(contents(place.home)).toEqual([]);
});

test("a second start skips every step, offline as well", { timeout: MINUTES }, async () => {
  const one = start(home, [], OFFLINE);
  const server = await one.served();
  console.log(`second start: ${(server.elapsedMs / 1000).toFixed(1)} s`);
  const steps = one.output.split("\n").filter((line) => /^ {2}✓ /.test(line) && !/JupyterLab:/.test(line));
  expect(steps).toHaveLength(5);
  for (const line of steps) expect(line).toMatch(/: up to date$/);
  expect(await one.stop()).toBe(0);
});

test("a moved project starts; a copy at the same time has its own port and its own work", {
  timeout: 2 * MINUTES,
}, async () => {
  const moved = join(place.folder, "größer and moved");
  renameSync(home, moved);
  onTestFinished(() => renameSync(moved, home));
  const copy = join(place.folder, "copy");
  copyProject(moved, copy);
  const [a, b] = [start(moved, [], OFFLINE), start(copy, [], OFFLINE)];
  const [one, two] = [await a.served(), await b.served()];
  expect(one.origin).not.toBe(two.origin);
  writeFileSync(join(moved, "workspace", "mine.txt"), "mine");
  expect((await status(one, "/api/contents/workspace/mine.txt?content=0"))[0]).toBe(200);
  expect((await status(two, "/api/contents/workspace/mine.txt?content=0"))[0]).toBe(404);
  expect([await a.stop(), await b.stop()]).toEqual([0, 0]);
});

test("JupyterLab ends when its start is killed outright", { timeout: MINUTES }, async () => {
  const one = start(home, [], OFFLINE);
  const server = await one.served();
  one.signal("SIGKILL");
  await one.ended;
  await gone(home);
  await expect(fetch(`${server.origin}/api`)).rejects.toThrow();
});

test("a start that is killed at every step recovers, and never touches the learner's work", {
  timeout: 3 * MINUTES,
}, async () => {
  const folder = place.clone("killed");
  shareCaches(home, folder);
  const work = join(folder, "workspace", "exercises", "00-start-here");
  mkdirSync(work, { recursive: true });
  const mine = join(work, readdirSync(join(folder, "exercises", "00-start-here"))[0] ?? "x.ts");
  writeFileSync(mine, "// my own work\n");
  for (const step of [/npm packages …/, /Library \(TypeScript\) …/, /Python environment .*…/]) {
    const one = start(folder, ["--prepare"]);
    await one.seen(step);
    one.signal("SIGKILL");
    expect(await one.ended).toBe(137);
  }
  const last = start(folder, ["--prepare"]);
  expect(await last.ended, last.output).toBe(0);
  expect(existsSync(join(folder, ".python", "env", "stamp.json"))).toBe(true);
  expect(read(mine)).toBe("// my own work\n");
  expect(readdirSync(join(folder, ".python")).filter((name) => /^(new|old)-/.test(name))).toEqual([]);
});

test("two first starts at once do the work once and both succeed", { timeout: 3 * MINUTES }, async () => {
  const folder = place.clone("twice");
  shareCaches(home, folder);
  const both = [start(folder, ["--prepare"]), start(folder, ["--prepare"])];
  expect(await Promise.all(both.map((one) => one.ended)), both.map((one) => one.output).join("\n\n")).toEqual(
    [0, 0],
  );
  const output = both.map((one) => one.output).join("\n");
  for (const step of ["npm packages", "Library (TypeScript)"])
    expect(output.split(`✓ ${step}: done`)).toHaveLength(2);
  expect(output.match(/✓ Python environment \(.*\): done/g)).toHaveLength(1);
});

test("a port that was asked for and is in use is one clear message", { timeout: MINUTES }, async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const address = holder.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const one = start(home, [`--port=${port}`], OFFLINE);
  expect(await one.ended).toBe(1);
  holder.close();
  expect(one.output).toContain(`Port ${port} is in use by another program.`);
  expect(one.output).not.toMatch(/\n\s+at /);
});

test("nothing was written into the home folder by any of these", () => {
  expect(contents(place.home)).toEqual([]);
});
