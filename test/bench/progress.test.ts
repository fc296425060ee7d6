import { expect, test } from "vitest";
import { oneLineEach } from "../../lib/bench/progress.js";

const at = (done: number, next: string) => ({
  done,
  total: 4,
  next,
  elapsedMs: 0,
  leftMs: (4 - done) * 1000,
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
