import { describe, expect, test } from "vitest";
import {
  comparisonTable,
  decisionSentence,
  type Figure,
  latencyHistogram,
  latencyOverTime,
  percentiles,
  plainText,
  throughput,
} from "../../lib/plot/index.js";
import type { ScatterTrace } from "../../lib/plot/trace.js";
import type { Comparison } from "../../lib/stats/index.js";
import { incident } from "./samples.js";

const names = (f: Figure): (string | undefined)[] => f.data.map((trace) => trace.name);
const noisy = (): Comparison => {
  const data = incident();
  return {
    ...data,
    noise: { ...data.noise, isNoisy: true, note: "a spin loop varied by 40%." },
    ratios: data.ratios.map((ratio) => ({ ...ratio, decision: "too noisy to tell" as const })),
  };
};
const latencies = { latencyHistogram, percentiles, latencyOverTime };
const figures = { latencyHistogram, percentiles, latencyOverTime, throughput };

describe("figures over a comparison", () => {
  test("the histogram shows corrected beside uncorrected, one line where both agree", () => {
    expect(names(latencyHistogram(incident()))).toEqual([
      "rwmutex, corrected",
      "rwmutex, uncorrected",
      "snapshot, corrected",
    ]);
  });

  test("the histogram counts every operation in some bin", () => {
    for (const trace of latencyHistogram(incident()).data as ScatterTrace[]) {
      const counted = trace.y.reduce((sum: number, y) => sum + ((y ?? 0) >= 1 ? (y ?? 0) : 0), 0);
      expect(counted).toBe(3000);
    }
  });

  test("the percentile plot ascends and ends at the longest operation", () => {
    const data = incident();
    const [rwmutex] = percentiles(data).data as ScatterTrace[];
    const y = rwmutex!.y as number[];
    expect(y).toEqual([...y].sort((a, b) => a - b));
    expect(rwmutex!.x).toEqual([...rwmutex!.x].sort((a, b) => Number(a) - Number(b)));
    expect(y[y.length - 1]! * 1e9).toBeGreaterThan(
      data.variants[0]!.roles["reader"]!.corrected.p999Ns * 0.95,
    );
  });

  test("the picture over time shades when the reload held the lock", () => {
    const { layout } = latencyOverTime(incident());
    expect(layout.shapes).toMatchObject([{ type: "rect", x0: 1, x1: 2.1 }]);
    expect(layout.annotations).toMatchObject([{ text: "\u00a0reload" }]);
  });

  test("a stretch that only one variant has is named after that variant too", () => {
    const data = incident();
    const without = (variant: (typeof data.variants)[number]) => ({
      ...variant,
      rounds: variant.rounds.map((round) => ({ ...round, roles: { reader: round.roles["reader"]! } })),
    });
    const [rwmutex, snapshot] = data.variants;
    const one = { ...data, variants: [rwmutex!, without(snapshot!)] };
    expect(latencyOverTime(one).layout.annotations).toMatchObject([{ text: "\u00a0reload (rwmutex)" }]);
  });

  test("the picture over time takes regions of its own and tells each text once", () => {
    const regions = [
      { fromMs: 0, toMs: 100, text: "reload holds the write lock" },
      { fromMs: 500, toMs: 600, text: "reload holds the write lock" },
    ];
    const { layout } = latencyOverTime(incident(), { regions, round: 2 });
    expect(layout.shapes).toHaveLength(2);
    expect(layout.annotations).toHaveLength(1);
  });

  test("throughput has whiskers from the slowest to the fastest round", () => {
    const [bar] = throughput(incident()).data;
    if (bar?.type !== "bar") throw new Error("expected a bar");
    const all = incident().variants[0]!.rounds.map((round) => round.roles["reader"]!.opsPerSecond);
    const y = bar.y[0]!;
    expect(y + bar.error_y!.array[0]!).toBe(Math.max(...all));
    expect(y - bar.error_y!.arrayminus[0]!).toBe(Math.min(...all));
  });

  test("throughput tells the decision about operations, not the one about latency", () => {
    const data = incident();
    const ops = {
      ...data.ratios[0]!,
      metric: "ops" as const,
      ratio: 0.5,
      low: 0.4,
      high: 0.8,
      decision: "B faster" as const,
    };
    const { notes } = throughput({ ...data, ratios: [...data.ratios, ops] });
    expect(notes[0]).toBe(
      "reader, ops: snapshot has 2× that of rwmutex (95% interval 1.25× to 2.5×): snapshot faster.",
    );
    expect(notes.join()).not.toContain("p99");
  });

  test.each(Object.entries(latencies))("%s tells the decision and how quiet the machine was", (_, make) => {
    const { notes } = make(incident());
    expect(notes.join("\n")).toContain(
      "reader, corrected p99: rwmutex has 41 200× that of snapshot (95% interval 30 100× to 52 300×): snapshot faster.",
    );
    expect(notes.join("\n")).toContain("The machine was quiet");
  });

  test.each(Object.entries(latencies))("%s says so when the machine was too noisy", (_, make) => {
    const text = plainText(make(noisy()));
    expect(text).toContain("too noisy to tell");
    expect(text).toContain("a spin loop varied by 40%.");
    expect(text).not.toContain("snapshot faster");
  });

  test.each(Object.entries(figures))("%s of a smoke run claims nothing", (_, make) => {
    const data = incident();
    const text = plainText(make({ ...data, environment: { ...data.environment, mode: "smoke" } }));
    expect(text).toContain("no claim is judged");
    expect(text).not.toContain("faster");
  });

  test.each(Object.entries(figures))("%s refuses an unknown role by name", (name, make) => {
    expect(() => make(incident(), { role: "raeder" })).toThrow(
      new RangeError(`${name}: expected \`role\` to be one of reader, reload, got "raeder"`),
    );
  });

  test.each(Object.entries(figures))("%s refuses a promise and says what is missing", (name, make) => {
    expect(() => make(Promise.resolve(incident()) as unknown as Comparison)).toThrow(
      `${name}: expected a comparison from \`contend\` or \`time\`, got a promise (write \`await\` before it)`,
    );
  });

  test.each(Object.entries(figures))("%s survives a role without operations", (_, make) => {
    const data = incident();
    const none = {
      count: 0,
      minNs: 0,
      maxNs: 0,
      meanNs: 0,
      p50Ns: 0,
      p90Ns: 0,
      p99Ns: 0,
      p999Ns: 0,
      buckets: [],
    };
    const variants = data.variants.map((variant) => ({
      ...variant,
      rounds: [],
      roles: {
        reader: {
          ...variant.roles["reader"]!,
          ops: 0,
          opsPerSecond: 0,
          corrected: none,
          uncorrected: none,
          overTime: [],
        },
      },
    }));
    expect(JSON.stringify(make({ ...data, variants }))).not.toMatch(/NaN|Infinity/);
  });

  test("a round that was not run is refused", () => {
    expect(() => latencyOverTime(incident(), { round: 9 })).toThrow(
      "latencyOverTime: expected `round` to be an integer from 1 to 3, got 9",
    );
  });

  test("no difference shown is said in these words", () => {
    const [ratio] = incident().ratios;
    expect(
      decisionSentence({ ...ratio!, ratio: 1.02, low: 0.9, high: 1.1, decision: "no difference shown" }),
    ).toBe(
      "reader, corrected p99: rwmutex has 1.02× that of snapshot (95% interval 0.9× to 1.1×): no difference shown.",
    );
  });
});

describe("tables over measurements", () => {
  test("a comparison has a row for each role of each variant", () => {
    const t = comparisonTable(incident());
    expect(t.rows.map((row) => `${row[0]} ${row[1]}`)).toEqual([
      "rwmutex reader",
      "rwmutex reload",
      "snapshot reader",
      "snapshot reload",
    ]);
  });
});
