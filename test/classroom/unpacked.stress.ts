// A student's folder: a hand-out is unpacked, built from nothing and worked in, by the commands of its README.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeHandout } from "../../lib/classroom/index.js";
import { projectRoot } from "../../lib/grade/index.js";
import { folderOf } from "./tree.js";

const ROOT = projectRoot();
const UNIT = "06-deadlocks";
const out = folderOf({});
const folder = join(out.path, "happens-before");

interface Ran {
  readonly code: number;
  readonly text: string;
}

function node(...words: string[]): Promise<Ran> {
  const env = { ...process.env, NO_COLOR: "1", HB_MODE: "smoke" };
  return new Promise((resolve) => {
    execFile(process.execPath, words, { cwd: folder, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), text: stdout + stderr });
    });
  });
}
const hb = (...words: string[]): Promise<Ran> => node("lib/cli/hb.mjs", ...words);

beforeAll(async () => {
  const zip = join(out.path, "course.zip");
  writeHandout(zip, { units: ["06"], root: ROOT });
  for (const [path, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
    const target = join(out.path, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const { code, text } = await node("lib/cli/build.mjs"); // what `npm start` and `npx hb` do first
  expect(code, text).toBe(0);
  expect(text).not.toContain("error TS");
}, 600_000);
afterAll(() => out.remove());

test("it lists the exercises of its unit; the starter fails for its own reason", async () => {
  const list = JSON.parse((await hb("list", "--json")).text) as { id: string }[];
  expect(list.map(({ id }) => id)).toEqual([
    `${UNIT}/transfer`,
    `${UNIT}/exits`,
    `${UNIT}/lock-with-context`,
  ]);
  const { code, text } = await hb("check", `${UNIT}/transfer`);
  expect(code, text).toBe(1);
  const starter = readFileSync(join(folder, "exercises", UNIT, "transfer.ts"), "utf8");
  expect(text).toContain(/^\/\/ Fails: (.+)$/m.exec(starter)?.[1]);
}, 120_000);

test("a right answer gets all points that can be had without the hidden checks", async () => {
  const answer = join(folder, "workspace", "exercises", UNIT, "transfer.ts");
  cpSync(join(ROOT, "solutions", UNIT, "transfer.ts"), answer);
  const { code, text } = await hb("check", `${UNIT}/transfer`);
  expect(code, text).toBe(0);
}, 120_000);

test("what an answer cannot be compared with is one sentence, not a stack", async () => {
  const { text } = await hb("diff", `${UNIT}/transfer`);
  expect(text).toContain("the reference solutions are not in this copy of the course");
  expect((await hb("mutate", `${UNIT}/transfer`)).text).not.toMatch(/^ +at /m);
}, 120_000);

test("the zoo is in it", async () => {
  const { code, text } = await hb("zoo", "cockroach_584");
  expect(code, text).toBe(0);
  expect(text).toContain("broken: global-deadlock");
}, 120_000);

test("its notebook runs from top to bottom, and reads its dump", async () => {
  const { code, text } = await hb("run", `notebooks/${UNIT}.ipynb`, "--out", "ran.ipynb");
  expect(code, text).toBe(0);
}, 600_000);
