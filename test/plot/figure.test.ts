import { describe, expect, test } from "vitest";
import { figure } from "../../lib/plot/index.js";
import type { ScatterTrace, Trace } from "../../lib/plot/trace.js";

const wrong = (value: unknown): Trace => value as Trace;

describe("figure", () => {
  test("its numbers and its alternative text come from the data when nobody gives them", () => {
    const f = figure([{ type: "scatter", name: "n", x: [1, 2], y: [3, 4.5] }], {
      title: { text: "Squares" },
      xaxis: { title: { text: "side" } },
      yaxis: { title: { text: "area" } },
    });
    expect(f.alt).toBe("Squares: 2 points of area by side");
    expect(f.table.columns).toEqual(["series", "side", "area"]);
    expect(f.table.rows).toEqual([
      ["n", "1", "3"],
      ["n", "2", "4.5"],
    ]);
  });

  test("a figure of many points tells each series' extent instead of every number", () => {
    const x = Array.from({ length: 100 }, (_, i) => i);
    const f = figure([{ type: "scatter", x, y: x.map((i) => i * 2) }]);
    expect(f.table.rows).toEqual([["100 points", "0 … 198"]]);
  });

  test.each([
    [
      "a trace of a kind that cannot be drawn without a browser",
      wrong({ type: "pie", x: [] }),
      TypeError,
      'figure: expected data[0].type to be scatter, bar, box or heatmap, got "pie"',
    ],
    ["a trace that is none", wrong(7), TypeError, "figure: expected data[0] to be a trace, got 7"],
    [
      "a missing x",
      wrong({ type: "scatter", y: [1] }),
      TypeError,
      "figure: expected data[0].x to be an array, got undefined",
    ],
    [
      "a short y",
      wrong({ type: "scatter", x: [1, 2, 3], y: [1, 2] }),
      RangeError,
      "figure: expected data[0].y to have 3 values as x has, got 2",
    ],
    [
      "a short list of quartiles",
      wrong({ type: "box", x: ["a"], q1: [1], median: [], q3: [2], lowerfence: [0], upperfence: [3] }),
      RangeError,
      "figure: expected data[0].median to have 1 values as x has, got 0",
    ],
    [
      "a heat map with a missing row",
      wrong({ type: "heatmap", x: ["a"], y: ["p", "q"], z: [[1]] }),
      RangeError,
      "figure: expected data[0].z to have 2 rows as y has values, got 1",
    ],
  ])("refuses %s", (_, trace, kind, message) => {
    expect(() => figure([trace])).toThrow(kind);
    expect(() => figure([trace])).toThrow(message);
  });

  test("refuses data that is no array", () => {
    expect(() => figure(wrong({}) as unknown as Trace[])).toThrow(
      "figure: expected data to be an array of traces, got [object Object]",
    );
  });

  test("a long trace is thinned, keeps its only spike and its ends, and says so", () => {
    const x = Array.from({ length: 50_000 }, (_, i) => i);
    const y = x.map((i) => (i === 31_234 ? 99 : Math.sin(i)));
    const f = figure([{ type: "scatter", x, y }], {}, { maxPoints: 1000 });
    const trace = f.data[0] as ScatterTrace;
    expect(trace.x.length).toBeLessThanOrEqual(1000);
    expect(trace.y).toContain(99);
    expect([trace.x[0], trace.x[trace.x.length - 1]]).toEqual([0, 49_999]);
    expect(trace.x).toEqual([...trace.x].sort((a, b) => Number(a) - Number(b)));
    expect(f.notes).toEqual(["Drawn from 50000 points thinned to at most 1000; highs and lows are kept."]);
  });

  test("thinning leaves gaps where values are missing", () => {
    const x = Array.from({ length: 5000 }, (_, i) => i);
    const f = figure(
      [{ type: "scatter", x, y: x.map((i) => (i > 2000 && i < 3000 ? null : i)) }],
      {},
      { maxPoints: 100 },
    );
    const trace = f.data[0] as ScatterTrace;
    expect(trace.x.length).toBeLessThanOrEqual(100);
    expect(trace.y).toContain(null);
  });

  test("refuses to thin to less than a line", () => {
    expect(() => figure([], {}, { maxPoints: 2 })).toThrow(
      "figure: expected `maxPoints` to be a number >= 4, got 2",
    );
  });
});
