// Go's race corpus, library part: what must be reported is, soon; what must not never is.
//
// Source: Go src/runtime/race/testdata (see corpus/case.ts).
import { expect, test } from "vitest";
import { strategyNames } from "../../lib/runtime/index.js";
import * as atomic from "./corpus/atomic.js";
import * as chan from "./corpus/chan.js";
import * as locks from "./corpus/locks.js";
import * as map from "./corpus/map.js";
import * as select from "./corpus/select.js";
import * as sync from "./corpus/sync.js";
import * as synctest from "./corpus/synctest.js";
import * as waitgroup from "./corpus/waitgroup.js";
import { firstRace } from "./watch.js";

const FILES = { chan, select, locks, waitgroup, sync, atomic, map, synctest };
const STRATEGIES = (["random", "pct", "pos"] as const).filter((name) => strategyNames().includes(name));
const SCHEDULES = 100;

const found: Record<string, number[]> = {};
let silent = 0;

for (const [file, { racy, clean }] of Object.entries(FILES)) {
  for (const { name, body } of racy) {
    test(`${file}: a race is reported within ${SCHEDULES} schedules of ${STRATEGIES.join(", ")} [TestRace${name}]`, () => {
      const firsts = STRATEGIES.map((strategy) => firstRace(body, strategy, SCHEDULES));
      found[`${file} ${name}`] = firsts.map((first) => first + 1);
      expect(firsts.filter((first) => first < 0)).toEqual([]);
    });
  }
  for (const { name, body } of clean) {
    test(`${file}: nothing is reported in ${SCHEDULES} schedules of ${STRATEGIES.join(", ")} [TestNoRace${name}]`, () => {
      expect(STRATEGIES.map((strategy) => firstRace(body, strategy, SCHEDULES))).toEqual(
        STRATEGIES.map(() => -1),
      );
      silent++;
    });
  }
}

test("the count: how many of Go's programs there are, and how soon races show", () => {
  const rows = STRATEGIES.map((strategy, i) => {
    const firsts = Object.values(found).map((row) => row[i] as number);
    const atOnce = firsts.filter((first) => first === 1).length;
    return `${strategy}: ${atOnce} of ${firsts.length} in the first schedule, the last in schedule ${Math.max(...firsts)}`;
  });
  console.log(`${Object.keys(found).length} reported, ${silent} silent\n${rows.join("\n")}`);
  const count = (kind: "racy" | "clean"): number =>
    Object.values(FILES).reduce((sum, cases) => sum + cases[kind].length, 0);
  expect({ racy: count("racy"), clean: count("clean") }).toEqual({ racy: 78, clean: 74 });
});
