// What `npx hb mutate` prints: a table, then each mistake that was not noticed, then wrong entries of the lists.
import { join } from "node:path";
import { expect, test } from "vitest";
import { mutateCommand, mutationText } from "../../lib/cli/mutate.js";
import { coursePlaces } from "../../lib/grade/index.js";
import type { Fate, MutationScore } from "../../lib/mutate/index.js";

const fate = (fate: Fate["fate"], line: number): Fate => ({
  ...{
    key: `drop-lock: mu.lock(${line});`,
    operator: "drop-lock",
    what: "mu is not locked",
    before: "",
    why: "",
  },
  ...{ fate, line, elapsedMs: 1 },
});

const scoreWith = (
  id: string,
  fates: readonly Fate["fate"][],
  stale: readonly string[] = [],
): MutationScore => ({
  id,
  mutants: fates.map((each, i) => fate(each, i + 1)),
  score: 0,
  stale,
});

test("a line for each exercise, and one for all of them", () => {
  const text = mutationText([
    scoreWith("00-a/x", ["dead", "dead", "equivalent"]),
    scoreWith("06-b/longer", ["dead", "dead", "dead"]),
  ]);
  expect(text.split("\n")).toEqual([
    "             mutants  noticed  equivalent  not noticed  score",
    "00-a/x             3        2           1            0  100 %",
    "06-b/longer        3        3           0            0  100 %",
    "together           6        5           1            0  100 %",
  ]);
});

test("what was not noticed is named with its place and its key; 99.9 % are not rounded up to all", () => {
  const many = Array.from({ length: 1999 }, (): Fate["fate"] => "dead");
  const text = mutationText([scoreWith("00-a/x", [...many, "alive"])]);
  expect(text).toContain(" 99.9 %");
  expect(text).toContain("  solutions/00-a/x.ts:2000  mu is not locked\n    drop-lock: mu.lock(2000);");
});

test("a wrong entry of a list is told", () => {
  expect(
    mutationText([scoreWith("00-a/x", ["dead"], ['"gone": no mutant has this key any more'])]),
  ).toContain(
    'Entries of lists that are wrong:\n  00-a/x.equivalents.json: "gone": no mutant has this key any more',
  );
});

test("a copy without solutions has nothing to break, and that is no full score", async () => {
  const out = { print: () => {}, note: () => {}, status: () => {}, hasColor: false };
  const places = { ...coursePlaces(), root: join(import.meta.dirname, "nowhere") };
  await expect(mutateCommand([], {}, out as never, places)).rejects.toThrow(
    "there is nothing to break: this copy of the course has no solutions",
  );
});
