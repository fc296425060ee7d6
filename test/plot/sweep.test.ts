// The figure of a sweep, from rows that are written down here.
import { expect, test } from "vitest";
import type { SweepResult } from "../../lib/bench/index.js";
import { chartSvg } from "../../lib/plot/chart.js";
import { sweepFigure } from "../../lib/plot/index.js";

const RATES: Record<string, readonly number[]> = {
  mutex: [4000, 4000, 4000, 1000],
  snapshot: [2000, 2000, 2000, 9000],
};

function recorded(values: readonly number[], more: Partial<SweepResult> = {}): SweepResult {
  return {
    kind: "sweep",
    name: "threads",
    values,
    variants: Object.keys(RATES),
    rows: Object.entries(RATES).flatMap(([variant, rates]) =>
      values.flatMap((value, i) =>
        [1, 2, 3].map((round) => {
          const opsPerSecond = (rates[i] as number) + round;
          const p50Ns = 1e9 / opsPerSecond;
          return {
            value,
            variant,
            role: "reader",
            round,
            threads: value,
            opsPerSecond,
            p50Ns,
            p99Ns: 5 * p50Ns,
            jain: 1,
          };
        }),
      ),
    ),
    parameters: {},
    noise: { spread: 0.02, longestGapMs: 1, isNoisy: false, note: "" },
    environment: {
      cores: 2,
      cpu: "Some CPU",
      node: "v20.0.0",
      flags: [],
      platform: "linux x64",
      atIso: "",
      mode: "quick",
    },
    ...more,
  };
}

test("each variant is a line in a band, with every value in the table", () => {
  const { data, table, layout } = sweepFigure(recorded([1, 2, 4, 8]));
  expect(data.map(({ name }) => name)).toEqual([
    undefined,
    "mutex, 95% interval",
    "mutex",
    undefined,
    "snapshot, 95% interval",
    "snapshot",
  ]);
  expect(data[2]).toMatchObject({ x: [1, 2, 4, 8], y: [4002, 4002, 4002, 1002] });
  expect(layout.xaxis?.type).toBe("log");
  expect(table?.rows.map(([value]) => value)).toEqual(["1", "2", "4", "8"]);
});

test("knees, the best at each value and crowded values stand below", () => {
  const { notes } = sweepFigure(recorded([1, 2, 3, 4]));
  expect(notes).toContain("mutex: knee at 3 (in every round).");
  expect(notes).toContain("Best at 1: mutex, 2: mutex, 3: mutex, 4: snapshot.");
  expect(notes).toContain("More threads than cores at 3, 4: they take turns.");
});

test("a smoke run claims nothing", () => {
  const base = recorded([1, 2, 3, 4]);
  const { notes } = sweepFigure({ ...base, environment: { ...base.environment, mode: "smoke" } });
  expect(notes?.join(" ")).not.toMatch(/knee|Best/);
});

test("waits are drawn in seconds on a logarithmic axis, and the figure is a picture without a browser", () => {
  const waits = sweepFigure(recorded([1, 2, 3, 4]), { metric: "p99Ns" });
  expect(waits.layout.yaxis).toMatchObject({ type: "log", ticksuffix: "s" });
  expect(waits.title).toBe("corrected p99 of reader by threads");
  const svg = chartSvg(waits);
  expect(svg).toContain("<svg");
  expect(svg).toContain("snapshot");
});

test("an unknown role is told", () => {
  expect(() => sweepFigure(recorded([1, 2, 3, 4]), { role: "raeder" })).toThrow(
    'sweepFigure: expected `role` to be one of reader, got "raeder"',
  );
});
