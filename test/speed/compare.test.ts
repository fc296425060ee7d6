import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compare, describeComparison } from "./compare.js";
import { parseResults, type Results, type RowEntries } from "./results.js";
import { entry, results } from "./samples.js";

const RECORDED = parseResults(
  readFileSync(new URL("recorded/busy.json", import.meta.url), "utf8"),
  "recorded/busy.json",
);

test("a run compared with itself shows no change", () => {
  expect(compare(RECORDED, RECORDED)).toEqual({ worse: [], better: [], untold: [] });
});

for (const name of Object.keys(RECORDED.rows)) {
  test(`a planted slowdown of ${name} beyond its spread is named, and nothing else`, () => {
    expect(compare(RECORDED, slowed(RECORDED, name)).worse.map((change) => change.row)).toEqual([name]);
    expect(compare(slowed(RECORDED, name), RECORDED).better.map((change) => change.row)).toEqual([name]);
  });

  test(`without Go the planted slowdown of ${name} is seen against the calibration loop`, () => {
    const before = withoutGo(RECORDED);
    const worse = compare(before, slowed(before, name)).worse;
    expect(worse.map((change) => [change.row, change.against])).toEqual([[name, "the calibration loop"]]);
  });
}

test("a machine that became slower as a whole is no regression", () => {
  const slow = (entries: RowEntries): RowEntries =>
    Object.fromEntries(
      Object.entries(entries).map(([name, { samples }]) => [
        name,
        { samples: samples.map((sample) => ({ ...sample, value: sample.value * 3 })) },
      ]),
    );
  const rows = Object.fromEntries(Object.entries(RECORDED.rows).map(([name, e]) => [name, slow(e)]));
  expect(compare(RECORDED, { ...RECORDED, rows }).worse).toEqual([]);
});

test("a change within the spread of the rounds is no regression", () => {
  const before = results({ r: { lib: entry([50, 60, 70]), go1: entry([100, 100, 100]) } });
  const after = results({ r: { lib: entry([68, 69, 90]), go1: entry([100, 100, 100]) } });
  expect(compare(before, after).worse).toEqual([]);
});

test("a change of less than a tenth is no regression, however steady", () => {
  const before = results({ r: { lib: entry([50, 50, 50]), go1: entry([100, 100, 100]) } });
  const after = results({ r: { lib: entry([54, 54, 54]), go1: entry([100, 100, 100]) } });
  expect(compare(before, after).worse).toEqual([]);
});

test("two rounds are too few to tell", () => {
  const few = results({ r: { lib: entry([50, 50]), go1: entry([100, 100]) } });
  expect(compare(few, results({ r: { lib: entry([500, 500]), go1: entry([100, 100]) } }))).toEqual({
    worse: [],
    better: [],
    untold: ["r"],
  });
});

test("a row that only one of the runs has is left out", () => {
  const one = results({ r: { lib: entry([50, 50, 50]), go1: entry([100, 100, 100]) } });
  expect(compare(results({}), one)).toEqual({ worse: [], better: [], untold: [] });
});

test("the description names the row, both ratios with their spread, and what they are against", () => {
  const before = results({ r: { lib: entry([40, 50, 60]), go1: entry([100, 100, 100]) } });
  const after = results({ r: { lib: entry([70, 80, 90]), go1: entry([100, 100, 100]) } });
  expect(describeComparison(compare(before, after))).toEqual([
    "r: worse, 0.50 (0.40-0.60) of Go before, 0.80 (0.70-0.90) now",
    "1 row became worse",
  ]);
});

/** The same results with one row of the library slower than its own spread. */
function slowed(whole: Results, name: string): Results {
  const entries = whole.rows[name] ?? {};
  const { samples } = entries["lib"] ?? { samples: [] };
  const by = spreadOf(entries) * 1.25;
  const lib = { samples: samples.map((sample) => ({ ...sample, value: sample.value * by })) };
  return { ...whole, rows: { ...whole.rows, [name]: { ...entries, lib } } };
}

/** How far the row's rounds lie apart, whichever way the ratio is taken. */
function spreadOf(entries: RowEntries): number {
  const apart = (values: readonly number[]): number => Math.max(...values) / Math.min(...values);
  const all = Object.values(entries).map(({ samples }) => apart(samples.map((sample) => sample.value)));
  const loop = apart((entries["lib"]?.samples ?? []).map((sample) => sample.calibrationNs ?? 1));
  return all.reduce((product, each) => product * each, loop);
}

function withoutGo(whole: Results): Results {
  const rows = Object.entries(whole.rows).map(([name, { lib }]) => [name, lib === undefined ? {} : { lib }]);
  return { ...whole, rows: Object.fromEntries(rows) };
}
