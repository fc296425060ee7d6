import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeScale, position, positionOfNumber } from "../../lib/plot/scale.js";

const labels = (ticks: readonly { label: string }[]): string[] =>
  ticks.map((t) => t.label).filter((l) => l !== "");

describe("scale", () => {
  test("a linear axis has round ticks", () => {
    const scale = makeScale({}, [3, 97], false, 500);
    expect(labels(scale.ticks)).toEqual(["0", "20", "40", "60", "80", "100"]);
  });

  test("a logarithmic axis of latencies marks decades with their units", () => {
    const scale = makeScale(
      { type: "log", tickformat: "~s", ticksuffix: "s", dtick: 1 },
      [4e-7, 1.3],
      false,
      500,
    );
    expect(labels(scale.ticks)).toEqual(["1µs", "10µs", "100µs", "1ms", "10ms", "100ms", "1s"]);
  });

  test("a narrow logarithmic axis falls back to linear ticks, so that it is never bare", () => {
    const scale = makeScale({ type: "log" }, [11, 19], false, 400);
    expect(labels(scale.ticks).length).toBeGreaterThanOrEqual(2);
  });

  test("a value of zero has no place on a logarithmic axis", () => {
    const scale = makeScale({ type: "log" }, [1, 100], false, 400);
    expect(position(scale, 0)).toBeUndefined();
    expect(position(scale, -3)).toBeUndefined();
  });

  test("categories stand in order of first use, also when they look like numbers", () => {
    const scale = makeScale({ type: "category" }, ["8", "1", "8", "64"], false, 400);
    expect(scale.categories).toEqual(["8", "1", "64"]);
    expect(position(scale, "1")).toBeCloseTo(0.5);
    expect(scale.ticks.map((t) => positionOfNumber(scale, t.at)?.toFixed(3))).toEqual([
      "0.167",
      "0.500",
      "0.833",
    ]);
  });

  test("given ticks outside the domain are left out", () => {
    const scale = makeScale(
      { tickvals: [1, 50, 1e6], ticktext: ["one", "fifty", "million"] },
      [0, 100],
      false,
      400,
    );
    expect(labels(scale.ticks)).toEqual(["one", "fifty"]);
  });

  test("any finite data has ascending ticks inside the domain", () => {
    const value = fc.double({ min: 1e-9, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 30 }),
        fc.constantFrom("linear", "log"),
        (values, type) => {
          const { ticks, domain } = makeScale({ type: type as "linear" | "log" }, values, false, 400);
          expect(ticks.length).toBeLessThan(200);
          expect(domain[1]).toBeGreaterThan(domain[0]);
          ticks.forEach((tick, i) => {
            expect(tick.at).toBeGreaterThanOrEqual(domain[0] - Math.abs(domain[0]) * 1e-6);
            expect(tick.at).toBeLessThanOrEqual(domain[1] * (1 + 1e-6));
            if (i > 0) expect(tick.at).toBeGreaterThan(ticks[i - 1]!.at);
          });
        },
      ),
      { seed: 42, numRuns: 300 },
    );
  });
});
