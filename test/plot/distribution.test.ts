import { describe, expect, test } from "vitest";
import { band, figure, histogram, mark } from "../../lib/plot/index.js";

const line = figure([{ type: "scatter", x: [1, 10, 100], y: [1, 2, 3] }], { xaxis: { type: "log" } });

describe("histogram", () => {
  test("every value is in one bin, the highest in the last", () => {
    const [bars] = histogram([0, 1, 2, 3, 4, 5, 6, 7, 8, 10], { bins: 5 }).data;
    expect(bars).toMatchObject({ x: [1, 3, 5, 7, 9], y: [2, 2, 2, 2, 2], width: 2 });
  });

  test.each([
    ["no values", []],
    ["one value", [7]],
    ["equal values", [7, 7, 7]],
  ])("%s make a figure all the same", (_, values) => {
    const [bars] = histogram(values).data;
    if (bars?.type !== "bar") throw new Error("expected bars");
    expect(bars.y.reduce((a, b) => a + b, 0)).toBe(values.length);
  });

  test("refuses what it cannot count", () => {
    expect(() => histogram([1, 2, Number.NaN])).toThrow(
      "histogram: expected values[2] to be a finite number, got NaN",
    );
    expect(() => histogram([1], { bins: 0 })).toThrow(
      "histogram: expected `bins` to be an integer from 1 to 1000, got 0",
    );
  });
});

describe("band", () => {
  test("is two traces, of which one has a name", () => {
    expect(band([1, 2], [0, 0], [2, 2]).map((t) => t.name)).toEqual([undefined, "95% interval"]);
  });

  test("refuses edges of other lengths", () => {
    expect(() => band([1, 2], [0], [1, 2])).toThrow(
      "band: expected `low` and `high` to have 2 values as x has, got 1 and 2",
    );
  });
});

describe("mark", () => {
  test("on a logarithmic axis words stand where their line stands", () => {
    const { layout } = mark(line, { at: 10, text: "here" });
    expect(layout.shapes).toMatchObject([{ x0: 10, x1: 10 }]);
    expect(layout.annotations).toMatchObject([{ x: 1, text: "\u00a0here" }]);
  });

  test("different words stand in different rows, the same words once", () => {
    const { layout } = mark(
      line,
      { at: 1, text: "a" },
      { at: 10, text: "b" },
      { from: 50, to: 60, text: "a" },
    );
    expect(layout.shapes).toHaveLength(3);
    expect(layout.annotations?.map((note) => note.y)).toEqual([1, 0.93]);
  });

  test("leaves the figure as it was", () => {
    mark(line, { at: 1, text: "a" });
    expect(line.layout.shapes).toBeUndefined();
  });

  test("refuses a stretch that runs backwards", () => {
    expect(() => mark(line, { from: 3, to: 2, text: "x" })).toThrow(
      "mark: expected a number, or a stretch from low to high, got from 3 to 2",
    );
  });
});
