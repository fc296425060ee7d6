// hb bench compare over comparisons made here, so that every figure is known; none is measured.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Comparison, saveComparison } from "happens-before/bench";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { compareCommand } from "../../lib/cli/benchcompare.js";
import { main } from "../../lib/cli/main.js";
import type { Output } from "../../lib/cli/output.js";

const FIVE = [1, 0.97, 1.02, 1.01, 0.99];
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hb-compare-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Made {
  /** ns of an operation. */
  readonly ns?: number;
  readonly rounds?: readonly number[];
  readonly isNoisy?: boolean;
  readonly cores?: number;
  readonly node?: string;
  readonly threads?: number;
  readonly variant?: string;
  readonly kind?: "contend" | "time";
}

function made(some: Made): Comparison {
  const { ns = 1000, rounds = FIVE, isNoisy = false, cores = 2, threads = 2, variant = "mutex" } = some;
  const role = (time: number) => {
    const latency = { count: 1000, minNs: time, maxNs: time, meanNs: time, p50Ns: time, p90Ns: time };
    const whole = { ...latency, p99Ns: 2 * time, p999Ns: 2 * time, buckets: [] };
    const counts = { threads, ops: 1000, opsPerSecond: 1e9 / time, opsPerThread: [500, 500], jain: 1 };
    return { role: "worker", ...counts, corrected: whole, uncorrected: whole, overTime: [] };
  };
  return {
    kind: some.kind ?? "contend",
    parameters: { durationMs: 200 },
    variants: [
      {
        name: variant,
        roles: { worker: role(ns) },
        rounds: rounds.map((factor, i) => ({
          round: i + 1,
          elapsedMs: 200,
          roles: { worker: role(ns * factor) },
        })),
      },
    ],
    ratios: [],
    noise: { spread: isNoisy ? 0.6 : 0.02, longestGapMs: 1, isNoisy, note: isNoisy ? "It was noisy." : "" },
    environment: {
      cores,
      cpu: "Xeon",
      node: some.node ?? "v22.1.0",
      flags: [],
      platform: "linux",
      atIso: "2026-01-01T00:00:00Z",
      mode: "quick",
    },
  };
}

async function compare(before: Made, after: Made, words = {}): Promise<{ code: number; text: string }> {
  const [a, b] = [join(folder, "a.json"), join(folder, "b.json")];
  await saveComparison(a, made(before));
  await saveComparison(b, made(after));
  const printed: string[] = [];
  const out: Output = {
    print: (text) => void printed.push(text),
    note() {},
    status() {},
    hasColor: false,
  };
  const code = await compareCommand(a, b, words, out);
  return { code, text: printed.join("\n") };
}

test("hb bench compare: 20% more time is a regression, in throughput and in both percentiles", async () => {
  const { code, text } = await compare({}, { ns: 1200 });
  expect(code).toBe(1);
  expect(text).toMatch(
    /^Before and after\nvariant +role +before +after +after \/ before +95% interval +decision\n/,
  );
  expect(text).toMatch(/mutex +worker +ops +1M\/s +833k\/s +0\.833× .* slower\n/);
  expect(text).toMatch(/mutex +worker +corrected p50 +1 µs +1\.2 µs +1\.2× .* slower\n/);
  expect(text).toMatch(/mutex +worker +corrected p99 +2 µs +2\.4 µs +1\.2× .* slower\n/);
  expect(text).toMatch(/Slower: 3 of 3 figures\.$/);
});

test.each<[string, Made, Made, number, string]>([
  ["the same figures", {}, {}, 0, "Nothing is shown to be slower."],
  ["less time", {}, { ns: 700 }, 0, "Nothing is shown to be slower."],
  ["20% more on a noisy machine", { isNoisy: true }, { ns: 1200 }, 3, "Cannot tell"],
  [
    "20% more on a machine that was noisy the second time",
    {},
    { ns: 1200, isNoisy: true },
    3,
    "It was noisy.",
  ],
  ["two rounds", { rounds: [1, 1] }, { ns: 5000, rounds: [1, 1] }, 3, "too few rounds"],
  ["five times as much on a noisy machine", {}, { ns: 5000, isNoisy: true }, 1, "Slower: 3 of 3"],
  ["another Node", {}, { node: "v24.0.0" }, 0, "Node: v22.1.0 before, v24.0.0 after."],
])("hb bench compare: %s", async (_what, before, after, code, text) => {
  const seen = await compare(before, after);
  expect([seen.code, seen.text]).toEqual([code, expect.stringContaining(text)]);
});

test("hb bench compare: rounds of two files are drawn apart, so a common trend within each does not narrow the interval", async () => {
  const trend = [1, 1.1, 1.2, 1.3, 1.4];
  const { code, text } = await compare({ rounds: trend }, { ns: 1080, rounds: trend });
  expect([code, text]).toEqual([3, expect.stringContaining("too noisy to tell")]);
});

test("hb bench compare: as JSON with rows and notes", async () => {
  const { code, text } = await compare({}, { ns: 1200 }, { json: true });
  const { rows, isSlower, isUnknown, notes } = JSON.parse(text);
  expect([code, rows.length, isSlower, isUnknown, notes]).toEqual([1, 3, true, false, []]);
});

test.each<[string, Made, Made, string]>([
  [
    "variants with other names",
    {},
    { variant: "spin" },
    "no role of a variant in common: mutex/worker; spin/worker",
  ],
  ["another kind", {}, { kind: "time" }, "expected two measurements of one kind, got contend and time"],
  ["another machine", {}, { cores: 8 }, "got 2 cores (Xeon, linux) and 8 cores (Xeon, linux) (--any-machine"],
])("hb bench compare: %s is refused with exit code 2", async (_what, before, after, text) => {
  await expect(compare(before, after)).rejects.toThrow(
    expect.objectContaining({ name: "UsageError", message: expect.stringContaining(text) }),
  );
});

test("hb bench compare: another machine is compared when asked for, and told", async () => {
  const { code, text } = await compare({}, { cores: 8, ns: 500 }, { anyMachine: true });
  expect([code, text]).toEqual([
    0,
    expect.stringContaining("Two machines: 2 cores (Xeon, linux) and 8 cores"),
  ]);
});

test("hb bench compare: a role that had other threads is not compared, and told", async () => {
  const { code, text } = await compare({}, { threads: 4 });
  expect([code, text]).toEqual([
    3,
    expect.stringContaining("mutex, worker: not compared, threads were 2, are 4."),
  ]);
});

test("hb: bench compare exits with 2 when a file is missing or is not a comparison, with 1 when one is slower", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const print = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const [good, slow, bad] = ["good.json", "slow.json", "bad.json"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await saveComparison(good, made({}));
  await saveComparison(slow, made({ ns: 2000 }));
  await writeFile(bad, "{}");
  expect(await main(["bench", "compare", good, slow])).toBe(1);
  expect(await main(["bench", "compare", good, join(folder, "none.json")])).toBe(2);
  expect(await main(["bench", "compare", bad, good])).toBe(2);
  expect(await main(["bench", "compare", good])).toBe(2);
  expect(write.mock.calls.join("")).toContain("not a saved comparison");
  write.mockRestore();
  print.mockRestore();
});
