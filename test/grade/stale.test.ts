// What graders left behind that were killed is taken away by the next one, and nothing else is.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { makeScratch } from "../../lib/grade/scratch.js";
import { ownPrefix, sweepStale } from "../../lib/grade/stale.js";

const base = mkdtempSync(join(tmpdir(), "hb-stale-"));
let parent = "";
beforeEach(() => {
  parent = mkdtempSync(join(base, "check-"));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const WEEK_MS = 7 * 24 * 60 * 60_000;
/** A process number that was there and is not any more. */
const deadPid = () => spawnSync(process.execPath, ["--version"]).pid;

function folder(name: string): string {
  mkdirSync(join(parent, name));
  return name;
}

test("a folder of a grader that is gone is removed, with what is in it", () => {
  const name = folder(ownPrefix().replace(`-${process.pid}-`, `-${deadPid()}-`).concat("aB3xyz"));
  mkdirSync(join(parent, name, "inside"));
  sweepStale(parent, Date.now());
  expect(readdirSync(parent)).toEqual([]);
});

test("a folder of a grader that lives stays, however old it looks", () => {
  const name = folder(`${ownPrefix()}aB3xyz`);
  utimesSync(join(parent, name), 0, 0);
  sweepStale(parent, Date.now());
  expect(readdirSync(parent)).toEqual([name]);
});

test.runIf(process.platform === "linux")(
  "a process that has the number of a dead grader does not keep its folder",
  () => {
    folder(ownPrefix().replace(/-(\d+)-$/, "-1-aB3xyz"));
    sweepStale(parent, Date.now());
    expect(readdirSync(parent)).toEqual([]);
  },
);

test("a folder from another machine, container or start stays for a week", () => {
  const name = folder("run-0123456789ab-1-1-aB3xyz");
  const old = folder("run-aB3xyz"); // as older versions named them
  const { mtimeMs } = statSync(join(parent, name));
  sweepStale(parent, mtimeMs + WEEK_MS - 60_000);
  expect(readdirSync(parent).sort()).toEqual([name, old].sort());
  sweepStale(parent, mtimeMs + WEEK_MS + 60_000);
  expect(readdirSync(parent)).toEqual([]);
});

test("what is no grader's folder stays", () => {
  folder("cells");
  sweepStale(parent, Date.now() + 2 * WEEK_MS);
  expect(readdirSync(parent)).toEqual(["cells"]);
});

test("a check sweeps before it begins, and two at once leave each other alone", () => {
  folder(ownPrefix().replace(`-${process.pid}-`, `-${deadPid()}-`).concat("aB3xyz"));
  const [one, two] = [makeScratch(parent, "x", ""), makeScratch(parent, "x", "")];
  expect(readdirSync(parent)).toHaveLength(2);
  expect([one, two].every((scratch) => existsSync(scratch.folder))).toBe(true);
  one.remove();
  expect(readdirSync(parent)).toHaveLength(1);
  two.remove();
});
