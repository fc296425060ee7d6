import { expect, test } from "vitest";
import { type Decision, decide } from "../../lib/stats/index.js";

const QUIET = { spread: 0.02, isNoisy: false };
const BUSY = { spread: 0.4, isNoisy: true };

const table: [
  string,
  { low: number; ratio: number; high: number },
  typeof QUIET,
  "more" | "less",
  Decision,
][] = [
  ["twice the throughput", { low: 1.8, ratio: 2, high: 2.2 }, QUIET, "more", "A faster"],
  ["half the throughput", { low: 0.45, ratio: 0.5, high: 0.55 }, QUIET, "more", "B faster"],
  ["twice the time", { low: 1.8, ratio: 2, high: 2.2 }, QUIET, "less", "B faster"],
  ["half the time", { low: 0.45, ratio: 0.5, high: 0.55 }, QUIET, "less", "A faster"],
  ["20% more time, surely", { low: 1.1, ratio: 1.2, high: 1.3 }, QUIET, "less", "B faster"],
  [
    "sure, but too small to care",
    { low: 1.01, ratio: 1.02, high: 1.03 },
    QUIET,
    "less",
    "no difference shown",
  ],
  ["the same", { low: 0.97, ratio: 1, high: 1.04 }, QUIET, "more", "no difference shown"],
  ["anything between half and twice", { low: 0.5, ratio: 1, high: 2 }, QUIET, "more", "too noisy to tell"],
  [
    "20% on a machine that varies by 40%",
    { low: 1.1, ratio: 1.2, high: 1.3 },
    BUSY,
    "less",
    "too noisy to tell",
  ],
  [
    "12%, which may be 1% or 23%: neither surely there nor surely absent",
    { low: 1.01, ratio: 1.12, high: 1.23 },
    QUIET,
    "less",
    "too noisy to tell",
  ],
  ["the same on a noisy machine", { low: 0.97, ratio: 1, high: 1.04 }, BUSY, "more", "too noisy to tell"],
  [
    "a factor of 100 on a machine where some loops took 20 times as long",
    { low: 40, ratio: 100, high: 300 },
    { spread: 19, isNoisy: true },
    "less",
    "B faster",
  ],
  ["a factor of 100 on a noisy machine", { low: 40, ratio: 100, high: 300 }, BUSY, "less", "B faster"],
];

for (const [name, interval, noise, better, want] of table) {
  test(`decide: ${name} (better is ${better}): ${want}`, () => {
    expect(decide({ interval: { ...interval, confidence: 0.95 }, noise, better })).toBe(want);
  });
}

test("decide: fewer than three rounds decide nothing, however large the ratio", () => {
  const interval = { ratio: 1000, low: 900, high: 1100, confidence: 0 };
  expect(decide({ interval, noise: QUIET, better: "less" })).toBe("too noisy to tell");
});
