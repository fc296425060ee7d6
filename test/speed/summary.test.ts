import { expect, test } from "vitest";
import { entry, results, row } from "./samples.js";
import { bestPeer, ratioOf, summarize } from "./summary.js";

test("a ratio is taken round by round: a round in which everything was slow changes nothing", () => {
  const ours = entry([50, 52, 500, 48, 50]);
  const go = entry([100, 104, 1000, 96, 100]);
  expect(ratioOf(ours, go)).toEqual({ median: 0.5, low: 0.5, high: 0.5, rounds: 5 });
});

test("the spread of a ratio is its smallest and its largest round", () => {
  expect(ratioOf(entry([10, 20, 30]), entry([10, 10, 10]))).toEqual({
    median: 2,
    low: 1,
    high: 3,
    rounds: 3,
  });
});

test("a round that one of the two has not finished does not count", () => {
  const two = { samples: entry([10, 20, 30]).samples.filter((sample) => sample.round !== 1) };
  expect(ratioOf(entry([10, 20, 30]), two)?.rounds).toBe(2);
  expect(ratioOf(entry([10]), undefined)).toBeNull();
});

test("the best peer is the one with the smallest median among those that stayed in to the end", () => {
  const peers = {
    lib: entry([1, 1, 1]),
    go1: entry([2, 2, 2]),
    medium: entry([40, 42, 41]),
    effect: entry([60, 61, 62]),
    early: entry([30]), // lucky in the first round, then dropped
  };
  expect(bestPeer(peers)).toEqual({ name: "medium", value: 41 });
  expect(bestPeer({ lib: entry([1]) })).toBeNull();
});

test("a target is met when the median of the ratios is at most the target", () => {
  const line = (target: number) =>
    summarize(
      [row("r", target)],
      results({ r: { lib: entry([50, 51, 52]), go1: entry([100, 100, 100]) } }),
    )[0];
  expect(line(0.51)?.outcome).toBe("met");
  expect(line(0.5)?.outcome).toBe("missed");
});

test("a row with two targets is met only when both are", () => {
  const measured = results({ r: { lib: entry([50]), go1: entry([100]), go2: entry([25]) } });
  expect(summarize([row("r", 0.6)], measured)[0]?.outcome).toBe("met");
  expect(summarize([row("r", 0.6, { targetP2: 1.3 })], measured)[0]?.outcome).toBe("missed");
});

test("a target against another row of the library is judged round by round as well", () => {
  const measured = results({
    plain: { lib: entry([100, 200]), go1: entry([300, 600]) },
    checked: { lib: entry([350, 900]), go1: entry([500, 1000]) },
  });
  const table = [row("plain", 0.5), row("checked", 1, { targetOf: { row: "plain", ratio: 4 } })];
  expect(summarize(table, measured)[1]).toMatchObject({
    toRow: { median: 4, low: 3.5, high: 4.5 },
    outcome: "met",
  });
});

test("without Go nothing is met and nothing missed", () => {
  const line = summarize([row("r", 0.5)], results({ r: { lib: entry([50]), medium: entry([100]) } }))[0];
  expect(line).toMatchObject({ outcome: "unknown", toGo1: null, toPeer: { median: 0.5 } });
});

test("whoever failed is named with the reason", () => {
  const failed = { samples: [], failure: "took longer than 60 s" };
  const line = summarize(
    [row("r", 0.5)],
    results({ r: { lib: entry([50]), go1: entry([100]), effect: failed } }),
  )[0];
  expect(line?.failures).toEqual(["effect: took longer than 60 s"]);
  expect(line?.outcome).toBe("met");
});
