// The order centre, short: that it measures what it says. How large the effect is, ordercentre.stress.ts says.
import { contend } from "happens-before/bench";
import { beforeEach, expect, test, vi } from "vitest";
import { lockedCentre, snapshotCentre } from "./ordercentre.js";

// Sizes are given here in full: the size of the run around these tests is not theirs.
beforeEach(() => {
  vi.stubEnv("HB_MODE", "quick");
});

test("order centre: both variants serve every order, reload once a round, and never show a mix of two price lists", async () => {
  const centre = { readers: 1, ordersHz: 1000, reloadEveryMs: 300, ioMs: 100, articles: 300 };
  const result = await contend(
    { rwmutex: lockedCentre(centre), snapshot: snapshotCentre(centre) },
    { baseline: "snapshot", rounds: 2, durationMs: 300, warmupMs: 20, progress: "none" },
  );
  for (const { name, roles } of result.variants) {
    expect([name, roles["order"]?.ops, roles["reload"]?.ops]).toEqual([name, 600, 2]);
    for (const span of roles["reload"]?.spans ?? [])
      expect(span.endMs - span.startMs).toBeGreaterThanOrEqual(99);
  }
  const order = result.variants[0]?.roles["order"];
  // Two rounds, each with about 100 of 300 orders due while the lock was held.
  expect(order?.corrected.maxNs).toBeGreaterThan(90e6);
  expect(order?.overTime.length).toBeGreaterThan(20);
  expect(result.ratios.filter((each) => each.role === "order").map((each) => each.metric)).toEqual([
    "corrected p50",
    "corrected p99",
    "uncorrected p50",
    "uncorrected p99",
  ]);
});
