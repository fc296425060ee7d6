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
  return { ops, elapsedMs: Math.max(10, ...turns.map(([, end]) => end)), spans, spanCount: turns.length };
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

/** Times of operation 0, `every`, 2 * `every`, … */
const timed = (turns: readonly Turn[], every: number) => turns.filter((_, i) => i % every === 0);
/** One waits from 10 to 110 for its first operation, while the other does one each ms, 200 in all; then by turns. */
const HOG: Turn[][] = [
  Array.from({ length: 200 }, (_, i) => [i, i + 1] as const),
  Array.from({ length: 200 }, (_, i) => (i === 0 ? ([10, 110] as const) : ([109 + i, 110 + i] as const))),
];

test.each([
  [1, 99],
  [4, 97],
  [16, 81],
])(
  "bypass of a role: with one operation in %i timed it is told from the timed ones, never too high (%i of 99)",
  (every, longest) => {
    const records = HOG.map((turns) =>
      record(timed(turns, every), undefined, timed(turns, every).length * every),
    );
    const { longest: told, oneIn = 1 } = bypassOf([{ records }])!;
    expect([told, oneIn]).toEqual([longest, every]);
  },
);

test("bypass of a role: timed one in 4, who take turns pass each other once; who takes it again and again is found", () => {
  const bypass = (threads: readonly Turn[][]) =>
    bypassOf([
      { records: threads.map((turns) => record(timed(turns, 4), undefined, 4 * timed(turns, 4).length)) },
    ]);
  const fair = [0, 0.5].map((late) =>
    Array.from({ length: 400 }, (_, i) => [i + late, i + late + 1] as const),
  );
  expect(bypass(fair)?.longest).toBe(1);
  expect(bypass(HOG)?.longest).toBeGreaterThan(90);
});

test("bypass of a role: of one thread, or of none, nothing is said", () => {
  expect(bypassOf([{ records: [record(FAIR[0]!)] }])).toBeUndefined();
  expect(bypassOf([])).toBeUndefined();
});
