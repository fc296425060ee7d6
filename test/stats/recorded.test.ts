// The decision rule on samples recorded once (record-samples.mjs): one function against itself, and against itself with
// 20% more work, on a quiet machine and on one whose two cores four other programs wanted. No clock is read here.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Decision, decide, type NoiseData, ratioOfMedians } from "../../lib/stats/index.js";

interface Recorded {
  readonly noise: NoiseData;
  readonly samples: Record<"plain" | "same" | "slower", number[]>;
}

function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(new URL(`samples/${name}.json`, import.meta.url), "utf8")) as Recorded;
}

/** Draws 100 experiments of `rounds` rounds each and counts what is decided about A against B. */
function decisions(name: string, a: "same" | "slower", rounds: number): Record<Decision, number> {
  const { noise, samples } = recorded(name);
  const counts = { "A faster": 0, "B faster": 0, "no difference shown": 0, "too noisy to tell": 0 };
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  for (let i = 0; i < 100; i++) {
    const drawn = Array.from({ length: rounds }, () => Math.floor(random() * samples.plain.length));
    const pick = (from: readonly number[]) => drawn.map((index) => from[index] as number);
    const interval = ratioOfMedians(pick(samples[a]), pick(samples.plain), { resamples: 300 });
    counts[decide({ interval, noise, better: "more" })]++;
  }
  return counts;
}

for (const name of ["quiet", "busy"]) {
  for (const rounds of [3, 5, 7, 10]) {
    test(`decide: A against A, ${name} machine, ${rounds} rounds: at most 5 of 100 name a winner (seed 1)`, () => {
      const counts = decisions(name, "same", rounds);
      expect(counts["A faster"] + counts["B faster"]).toBeLessThanOrEqual(5);
    });
  }

  test(`decide: 20% more work, ${name} machine: nobody is told that it is faster, nor that it makes no difference`, () => {
    const counts = decisions(name, "slower", 7);
    expect(counts["A faster"]).toBe(0);
    expect(counts["no difference shown"]).toBeLessThanOrEqual(5);
  });
}

test("decide: 20% more work, quiet machine, 10 rounds: found in at least 90 of 100 (the planted slowdown)", () => {
  expect(decisions("quiet", "slower", 10)["B faster"]).toBeGreaterThanOrEqual(90);
});

test("decide: 20% more work, busy machine: too noisy to tell in nearly all, which is true", () => {
  expect(decisions("busy", "slower", 5)["too noisy to tell"]).toBeGreaterThanOrEqual(95);
});

test("decide: A against A, quiet machine, 10 rounds: mostly no difference shown, so it does not hide behind noise", () => {
  expect(decisions("quiet", "same", 10)["no difference shown"]).toBeGreaterThanOrEqual(60);
});

test("the recorded busy machine was told to be busy, the quiet one quiet", () => {
  expect(recorded("busy").noise.isNoisy).toBe(true);
  expect(recorded("quiet").noise.isNoisy).toBe(false);
});
