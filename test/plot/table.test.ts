import { describe, expect, test } from "vitest";
import { table, tableText } from "../../lib/plot/index.js";

describe("table", () => {
  test("numbers stand under numbers, words under words", () => {
    const t = table(
      "Latency",
      ["", "p99", "witness"],
      [
        ["rwmutex", "1.07 s", "1.2-3"],
        ["snapshot", "35 µs", "1.1"],
      ],
      ["Quiet."],
    );
    expect(tableText(t)).toBe(
      [
        "Latency",
        "             p99  witness",
        "--------  ------  -------",
        "rwmutex   1.07 s  1.2-3",
        "snapshot   35 µs  1.1",
        "Quiet.",
      ].join("\n"),
    );
  });

  test("refuses a row with too many cells", () => {
    expect(() => table("t", ["a"], [["1", "2"]])).toThrow(
      "table: expected row 0 to have 1 cells as there are columns, got 2",
    );
  });

  test("without columns only title and notes are left", () => {
    expect(tableText(table("t", [], [], ["n"]))).toBe("t\nn");
  });
});
