// racewords: what a check says of a race.
import { expect, test } from "vitest";
import type { AccessData, Finding } from "../../lib/event/index.js";
import { findingWords } from "../../lib/grade/racewords.js";

const access = (over: Partial<AccessData>): AccessData => ({
  isWrite: true,
  goroutine: 2,
  name: "morning",
  stack: [{ file: "exercises/chain.ts", line: 21, column: 3, name: "Day.morning" }],
  locks: [],
  createdBy: 1,
  hasEnded: false,
  ...over,
});
const finding: Finding = {
  verdict: "race",
  message: "data race on stock: not ordered\nWARNING: DATA RACE\n  a stack\nClose before.",
  goroutines: [2, 3],
  at: [],
};

test("a race is its summary, both sides and the missing edge, without stacks", () => {
  const read = access({ isWrite: false, name: "shop", stack: [], locks: ["mutex#1"] });
  const race = { variable: "stock", accesses: [access({}), read] as const, advice: "Close before." };
  expect(findingWords({ ...finding, race }).split("\n")).toEqual([
    "data race on stock: not ordered",
    "  write in Day.morning(), chain.ts:21, holding no lock",
    "  read in shop(), holding mutex#1",
    "Close before.",
  ]);
});

test("any other finding says what it says", () => {
  expect(findingWords(finding)).toBe(finding.message);
});
