import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { COSTS } from "./costs.js";
import { exponent, MOST_EXPONENT } from "./growth.js";
import { SEARCHED_QUEUE } from "./planted.js";
import { costPicture, costTable, readRecorded } from "./render.js";

const SIZES = [1000, 10_000, 100_000, 1_000_000];

test("the exponent of a constant is 0, of a logarithm about 0.1, of n 1", () => {
  const of = (f: (n: number) => number): number => exponent(SIZES.map((n) => ({ n, ns: f(n) })));
  expect(of(() => 50)).toBeCloseTo(0);
  expect(of(Math.log2)).toBeCloseTo(0.1, 1);
  expect(of((n) => 3 * n)).toBeCloseTo(1);
  expect(() => exponent([{ n: 1, ns: 1 }])).toThrow("exponent: expected at least two samples, got 1");
});

test("on the recorded samples no operation grows with n, and the planted one does", () => {
  const { costs } = readRecorded();
  const { [SEARCHED_QUEUE.name]: planted = [], ...own } = costs;
  expect(Object.keys(own).sort()).toEqual(COSTS.map(({ name }) => name).sort());
  expect(Object.entries(own).filter(([, samples]) => exponent(samples) >= MOST_EXPONENT)).toEqual([]);
  expect(exponent(planted)).toBeGreaterThan(MOST_EXPONENT);
});

test("README and picture are drawn from the recorded samples", () => {
  const read = (file: string): string => readFileSync(new URL(file, import.meta.url), "utf8");
  expect(read("README.md")).toContain(costTable(readRecorded()));
  expect(read("../../.github/cost-against-n.svg")).toBe(`${costPicture(readRecorded())}\n`);
});

test.for(COSTS.map((cost) => [cost.name, cost] as const))("%s: can be measured", async ([, cost]) => {
  expect(await cost.measure(50)).toBeGreaterThanOrEqual(0);
});
