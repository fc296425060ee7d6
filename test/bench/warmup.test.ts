// When a warm-up ends: a function of counts, on counts recorded once and on ones made by hand.
import { expect, test } from "vitest";
import { isSteady, warmUp, warmWords } from "../../lib/bench/warmup.js";

/** Operations in windows of 20 ms: two threads that add to one word on a busy machine, from the first call on. */
const COLD = [
  5031, 7345, 4336, 12538, 56697, 51361, 42354, 60154, 66004, 43110, 28127, 60995, 46387, 67348, 63480, 46638,
];
/** The same later, with a stretch of steady windows. */
const LATER = [
  45836, 19944, 34870, 61885, 71365, 50307, 48892, 45468, 53160, 55376, 52024, 44659, 43768, 44245, 42496,
  33322, 48248,
];
/** One thread with 1000 operations due in a second. */
const SCHEDULED = [20, 20, 20, 20, 20, 20];

const SIZES = { warmupMs: 60, warmupMostMs: 180 };

/** Plays the leader alone: `counts[w]` operations in window w, the last one for ever. */
function play(counts: readonly number[], sizes = SIZES) {
  const words = new Int32Array(new SharedArrayBuffer(4 * warmWords(sizes)));
  const ends: number[] = [];
  let all = 0;
  const warmed = warmUp(sizes, true, words, (endMs) => {
    all += counts[Math.min(ends.length, counts.length - 1)] as number;
    ends.push(endMs);
    return all;
  });
  return { warmed, ends, words };
}

/** The first number of windows after which the counts are steady. */
function steadyAfter(counts: readonly number[]): number | undefined {
  return counts.map((_, i) => i + 1).find((n) => isSteady(counts, n));
}

test("steady: recorded counts of code that is still being compiled are not, nor are those of a busy machine", () => {
  expect(steadyAfter(COLD)).toBeUndefined();
});

test("steady: recorded counts that settle are, as soon as four windows agree", () => {
  expect(steadyAfter(LATER)).toBe(15);
  expect(steadyAfter(SCHEDULED)).toBe(4);
});

test.each<[string, number[], boolean]>([
  ["three windows are too few", [100, 100, 100], false],
  ["four within 5% of their mean", [1000, 1040, 960, 1000], true],
  ["one of four 8% above the others", [1000, 1000, 1000, 1083], false],
  ["a slow rise of 4% a window", [1000, 1040, 1082, 1125], false],
  ["one operation more or less where a window has few", [3, 4, 3, 4], true],
  ["nothing done at all", [0, 0, 0, 0], false],
  ["only the last four count", [5, 900, 1000, 1000, 1000, 1000], true],
])("steady: %s", (_what, counts, expected) => {
  expect(isSteady(counts, counts.length)).toBe(expected);
});

test("warm-up: steady from the first window, it takes the length that was asked for", () => {
  const { warmed, ends } = play([500]);
  expect(warmed).toEqual({ ms: 60, isSteady: true });
  expect(ends).toEqual([10, 20, 30, 40, 50, 60]);
});

test("warm-up: it goes on while the throughput rises, and ends two windows after four that agree", () => {
  const { warmed, ends } = play([10, 20, 40, 80, 160, 320, 640]);
  expect(warmed).toEqual({ ms: 120, isSteady: true });
  expect(ends).toHaveLength(12);
});

test("warm-up: never steady, it ends after the longest time and says so", () => {
  const { warmed, ends } = play(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 100 : 200)));
  expect(warmed).toEqual({ ms: 180, isSteady: false });
  expect(ends.at(-1)).toBe(180);
  expect(ends).toHaveLength(18);
});

test("warm-up: with no longer time allowed, as in smoke, its length is fixed and it still says whether it was steady", () => {
  expect(play([500], { warmupMs: 60, warmupMostMs: 60 }).warmed).toEqual({ ms: 60, isSteady: true });
  expect(play([1, 100, 1, 100], { warmupMs: 60, warmupMostMs: 60 }).warmed.ms).toBe(60);
});

test("warm-up: of no length does nothing", () => {
  expect(play([1], { warmupMs: 0, warmupMostMs: 0 }).ends).toEqual([]);
});

test("warm-up: another thread stops after the window that the leader has named, and counts into the same windows", () => {
  const { words } = play([500]);
  let windows = 0;
  const follower = warmUp(SIZES, false, words, () => 7 * ++windows);
  expect([windows, follower.ms]).toEqual([6, 60]);
  expect([...words].slice(0, 8)).toEqual([6, 507, 507, 507, 507, 507, 507, 0]);
});

test("warm-up: a thread that is late makes it longer, never shorter", () => {
  // Its operations of windows 2 to 5 arrive in one piece, so those windows look unsteady to the leader.
  const { warmed } = play([100, 100, 0, 0, 0, 300, 100]);
  expect(warmed).toEqual({ ms: 120, isSteady: true });
});
