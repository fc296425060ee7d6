// The longest bypass, on turns written down here, so that the answer can be counted by hand.
import { expect, test } from "vitest";
import { bypassOf } from "../../lib/bench/bypass.js";
import { longestBypass, type Turn } from "../../lib/stats/index.js";

/** A ticket lock: two threads that call again at once, and are served by turns, each for 1. */
const FAIR: Turn[][] = [
  [
    [0, 1],
    [1, 3],
    [3, 5],
    [5, 7],
  ],
  [
    [0, 2],
    [2, 4],
    [4, 6],
    [6, 8],
  ],
];
/** A spin lock: the first thread takes it again and again while the second one waits. The planted bug: both did four. */
const BARGING: Turn[][] = [
  [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 4],
  ],
  [
    [0, 5],
    [5, 6],
    [6, 7],
    [7, 8],
  ],
];

test("longest bypass: two who take turns pass each other once", () => {
  expect(longestBypass(FAIR)).toBe(1);
});

test("longest bypass: who takes the lock again and again passes the other four times, though each did as much (Jain's index is 1)", () => {
  expect(longestBypass(BARGING)).toBe(4);
});

test("longest bypass: of three threads the operations of both others count", () => {
  const [first, second] = BARGING as [Turn[], Turn[]];
  expect(longestBypass([first, first, second])).toBe(8);
});

test.each<[string, Turn[][], number]>([
  ["nobody", [], 0],
  [
    "one thread",
    [
      [
        [0, 1],
        [1, 2],
      ],
    ],
    0,
  ],
  ["threads that never wait at one time", [[[0, 1]], [[2, 3]]], 0],
  ["an end at the very time of a begin", [[[0, 1]], [[1, 2]]], 0],
  ["one call within another", [[[0, 9]], [[3, 4]]], 1],
])("longest bypass: %s", (_what, threads, expected) => {
  expect(longestBypass(threads)).toBe(expected);
});

/** What a thread counted whose first `kept` operations have their times. */
function record(turns: readonly Turn[], kept = turns.length, ops = turns.length) {
  const spans = new Float64Array(2 * kept);
  spans.set(turns.slice(0, kept).flat());
  return { ops, elapsedMs: 10, spans, spanCount: turns.length };
}

test("bypass of a role: the longest of all rounds, and how long they took", () => {
  const [fair, barging] = [FAIR, BARGING].map((turns) => ({ records: turns.map((each) => record(each)) }));
  expect(bypassOf([fair!, barging!])).toEqual({ longest: 4, seenMs: 20 });
  expect(bypassOf([fair!])).toEqual({ longest: 1, seenMs: 10 });
});

test("bypass of a role: only the part counts in which every operation was kept", () => {
  const [first, second] = BARGING as [Turn[], Turn[]];
  // Of the first thread two of four are known, until 2: by then the second has waited for these two.
  expect(bypassOf([{ records: [record(first, 2), record(second)] }])).toEqual({ longest: 2, seenMs: 2 });
});

test("bypass of a role: of one thread, of none, or with one in 64 timed, nothing is said", () => {
  const [first, second] = FAIR as [Turn[], Turn[]];
  expect(bypassOf([{ records: [record(first)] }])).toBeUndefined();
  expect(bypassOf([])).toBeUndefined();
  expect(bypassOf([{ records: [record(first, 4, 256), record(second, 4, 256)] }])).toBeUndefined();
});
