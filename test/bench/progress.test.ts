import { expect, test } from "vitest";
import { oneLineEach, rewrittenLine } from "../../lib/bench/progress.js";

const at = (done: number, next: string) => ({
  done,
  total: 4,
  next,
  elapsedMs: 0,
  leftMs: (4 - done) * 1000,
});

test("progress in a notebook: one line that is written over, and wiped at the end", () => {
  const written: string[] = [];
  const line = rewrittenLine("measuring", (text) => written.push(text));
  line.update(at(0, "rwmutex, round 1"));
  line.update(at(2, "a, round 2"));
  line.end();
  expect(written[0]).toBe(`\rmeasuring ${"░".repeat(24)} 0/4 rwmutex, round 1 4 s left`);
  expect(written[1]).toBe(`\rmeasuring ${"█".repeat(12)}${"░".repeat(12)} 2/4 a, round 2 2 s left      `);
  expect(written[2]).toMatch(/^\r +\r$/);
  expect(written.join("")).not.toContain("\n");
});

test("progress in a notebook: a measurement that failed before it began wipes nothing", () => {
  const written: string[] = [];
  rewrittenLine("measuring", (text) => written.push(text)).end();
  expect(written).toEqual([]);
});

test("progress in a log: one line a round, none written over", () => {
  const written: string[] = [];
  const lines = oneLineEach("measuring", (text) => written.push(text));
  lines.update(at(0, "rwmutex, round 1"));
  lines.update(at(1, "snapshot, round 1"));
  lines.end();
  expect(written).toEqual([
    "measuring: 1 of 4: rwmutex, round 1, 4 s left\n",
    "measuring: 2 of 4: snapshot, round 1, 3 s left\n",
  ]);
});
