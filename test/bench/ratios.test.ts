import { expect, test } from "vitest";
import { ratiosOf } from "../../lib/bench/ratios.js";
import { Histogram, type NoiseData, type RoleResult, type VariantResult } from "../../lib/stats/index.js";

const QUIET: NoiseData = { spread: 0.02, longestGapMs: 1, isNoisy: false, note: "" };

function role(name: string, opsPerSecond: number, latencyNs: number, rateHz?: number): RoleResult {
  const histogram = new Histogram();
  if (latencyNs > 0) histogram.record(latencyNs, 100);
  const latency = histogram.toData();
  return {
    role: name,
    threads: 1,
    ops: 100,
    opsPerSecond,
    ...(rateHz === undefined ? {} : { rateHz }),
    corrected: latency,
    uncorrected: latency,
    overTime: [],
    opsPerThread: [100],
    jain: 1,
  };
}

function variant(name: string, ...rounds: Record<string, RoleResult>[]): VariantResult {
  return {
    name,
    roles: rounds[0] ?? {},
    rounds: rounds.map((roles, i) => ({ round: i + 1, elapsedMs: 1, roles })),
  };
}

const three = (roles: Record<string, RoleResult>) => [roles, roles, roles];

test("ratios: A is the variant, B the baseline; more operations and less time are faster", () => {
  const slow = variant("slow", ...three({ reader: role("reader", 100, 2000) }));
  const fast = variant("fast", ...three({ reader: role("reader", 200, 1000) }));
  const brief = ratiosOf([slow, fast], "slow", QUIET).map((r) => [r.a, r.b, r.metric, r.ratio, r.decision]);
  expect(brief).toEqual([
    ["fast", "slow", "ops", 2, "A faster"],
    ["fast", "slow", "corrected p50", 0.5, "A faster"],
    ["fast", "slow", "corrected p99", 0.5, "A faster"],
    ["fast", "slow", "uncorrected p50", 0.5, "A faster"],
    ["fast", "slow", "uncorrected p99", 0.5, "A faster"],
  ]);
  expect(ratiosOf([slow, fast], "fast", QUIET).map((r) => r.decision)).toEqual(Array(5).fill("B faster"));
});

test("ratios: a role that only one of two has is not compared", () => {
  const a = variant("a", ...three({ reader: role("reader", 1, 1), writer: role("writer", 1, 1) }));
  const b = variant("b", ...three({ reader: role("reader", 1, 1) }));
  expect(new Set(ratiosOf([a, b], "b", QUIET).map((r) => r.role))).toEqual(new Set(["reader"]));
});

test("ratios: a metric that is zero in some round is not compared", () => {
  const a = variant("a", { reader: role("reader", 1, 1) }, { reader: role("reader", 0, 0) });
  const b = variant("b", ...three({ reader: role("reader", 1, 1) }));
  expect(ratiosOf([a, b], "b", QUIET)).toEqual([]);
});

test("ratios: the operations of an open loop are not compared, because its rate is fixed", () => {
  const a = variant("a", ...three({ reader: role("reader", 100, 10, 100) }));
  const b = variant("b", ...three({ reader: role("reader", 100, 10, 100) }));
  expect(ratiosOf([a, b], "b", QUIET).map((r) => r.metric)).not.toContain("ops");
});

test("ratios: every variant is compared with the baseline, none with itself", () => {
  const names = ["a", "b", "c"].map((name) => variant(name, ...three({ reader: role("reader", 1, 1) })));
  const pairs = new Set(ratiosOf(names, "b", QUIET).map((r) => `${r.a}/${r.b}`));
  expect(pairs).toEqual(new Set(["a/b", "c/b"]));
});
