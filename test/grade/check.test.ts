// check: what a notebook cell gets. The kernel is played by a host of our own; test/cli runs the real one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { check, projectRoot } from "../../lib/grade/index.js";
import { installInterruptWord } from "../../lib/op/index.js";
import { installNotebookHost, type MimeBundle } from "../../lib/plot/index.js";

const ID = "00-start-here/wait";
const root = projectRoot();
const cells = new Map<string, string>();
const shown: MimeBundle[] = [];
const word = new Int32Array(new SharedArrayBuffer(4));

beforeEach(() => {
  cells.clear();
  shown.length = 0;
  word[0] = 0;
  installInterruptWord(word);
  installNotebookHost({
    root,
    display: (bundle) => void shown.push(bundle),
    exerciseText: (id) => cells.get(id),
  });
});
afterEach(() => {
  word[0] = 0;
});

test("check shows one bundle of HTML and text, and its value prints as one line", async () => {
  cells.set(ID, readFileSync(join(root, "solutions", `${ID}.ts`), "utf8"));
  const result = await check(ID);
  expect(shown).toHaveLength(1);
  expect(shown[0]?.["text/html"]).toContain(">PASS<");
  expect(shown[0]?.["text/plain"]).toMatch(/^PASS {2}2 of 2 points/);
  expect(inspect(result)).toBe("PASS  2 of 2 points  00-start-here/wait");
});

test("a failing exercise throws nothing, so the notebook goes on", async () => {
  cells.set(ID, "export const nothing = 1;");
  const result = await check("wait");
  expect(result).toMatchObject({ status: "fail", points: 0, problem: { verdict: "does-not-compile" } });
  expect(shown[0]?.["text/html"]).toContain(">FAIL<");
});

test("a cell that has not run yet is an error that says which", async () => {
  await expect(check(ID)).rejects.toThrow(
    /^run the cell that begins with `\/\/ exercise: 00-start-here\/wait` first/,
  );
});

test("an unknown exercise is an error with a suggestion", async () => {
  await expect(check("00-start-here/wat")).rejects.toThrow(/Did you mean "00-start-here\/wait"\?/);
});

test("the stop button ends a check at once, with its child", async () => {
  cells.set(ID, `/^(a+)+$/.test("${"a".repeat(60)}!");\nexport {};`);
  const checking = check(ID);
  setTimeout(() => {
    word[0] = 1;
  }, 300);
  await expect(checking).rejects.toThrow(/^interrupted$/);
  expect(shown).toEqual([]);
});
