import { describe, expect, test } from "vitest";
import {
  formatCount,
  formatNs,
  formatRate,
  formatRatio,
  formatSi,
  significant,
} from "../../lib/plot/units.js";

describe("units", () => {
  test.each([
    [0, "0 ns"],
    [0.4, "0.4 ns"],
    [999, "999 ns"],
    [999.7, "1 µs"],
    [1_234_567, "1.23 ms"],
    [999_999_999, "1 s"],
    [61e9, "61 s"],
    [-1500, "-1.5 µs"],
  ])("a duration of %d ns reads %s", (ns, text) => expect(formatNs(ns)).toBe(text));

  test.each([
    [1_000, "1k"],
    [999_999, "1M"],
    [12_345_678, "12.3M"],
    [2.5e-4, "250µ"],
    [1e-6, "1µ"],
    [5e-7, "500n"],
    [0, "0"],
  ])("%d with an SI prefix reads %s", (value, text) => expect(formatSi(value)).toBe(text));

  test("a ratio, a rate and a count read as people say them", () => {
    expect([formatRatio(20.04), formatRatio(1.05), formatRatio(41_234)]).toEqual(["20×", "1.05×", "41 200×"]);
    expect([formatRate(0.33), formatRate(1_500_000)]).toEqual(["0.33/s", "1.5M/s"]);
    expect([formatCount(1234567), formatCount(12)]).toEqual(["1 234 567", "12"]);
  });

  test("a number that is none is a dash", () => {
    expect([significant(Number.NaN), significant(Infinity), significant(-Infinity)]).toEqual([
      "–",
      "∞",
      "-∞",
    ]);
  });
});
