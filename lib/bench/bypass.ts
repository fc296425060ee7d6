// Bypass: how often a thread of a role was passed over by the others, from the raw start and end of operations.
//
// Invariants:
//  I1. Only the part of a round counts in which every operation of every thread of the role was kept: the first operations of
//      each thread. What lies behind is neither guessed nor mixed in, and the length of the part is told.
//  I2. Where one operation in T is timed, the i-th timed one is a thread's operation i * T: so how many it had completed is known at
//      the begin and end of each timed one. Between two such times as few are counted as there may have been. So what is told is
//      too low, never too high, and says of how many operations one was looked at.
//
// Rejected: a word that all threads of a role count in, because it would be the most contended word of all and hide what is measured.
// Rejected: a count on a line of each thread's own that the others read: two misses for each timed operation and thread, a tenth of what
// operations of 20 ns cost.
import { type BypassData, longestBypass, type Turn } from "../stats/index.js";
import type { ThreadRecord } from "./threadplan.js";

/** The records of one role in one round. */
export interface RoleRecords {
  readonly records: readonly Pick<ThreadRecord, "ops" | "elapsedMs" | "spans" | "spanCount">[];
}

/** Returns the longest bypass over all rounds; undefined for one thread. */
export function bypassOf(rounds: readonly RoleRecords[]): BypassData | undefined {
  let [longest, seenMs, oneIn] = [0, 0, 1];
  for (const { records } of rounds) {
    if (records.length < 2) return undefined;
    const untilMs = Math.min(...records.map(keptUntilMs));
    const turns = records.map((record) => turnsOf(record, untilMs));
    const every = Math.max(...records.map(timedEvery));
    longest = Math.max(longest, every === 1 ? longestBypass(turns) : leastBypass(turns, every));
    oneIn = Math.max(oneIn, every);
    seenMs += untilMs;
  }
  if (rounds.length === 0) return undefined;
  return oneIn === 1 ? { longest, seenMs } : { longest, seenMs, oneIn };
}

/** One operation in so many was timed. */
function timedEvery({ ops, spanCount }: RoleRecords["records"][number]): number {
  return spanCount === 0 ? 1 : ops / spanCount;
}

/** I2. Of the timed operations, the most that others completed for certain during one of them. */
function leastBypass(threads: readonly (readonly Turn[])[], every: number): number {
  let longest = 0;
  for (const waiting of threads) {
    for (const [begin, end] of waiting) {
      let passed = 0;
      for (const other of threads)
        if (other !== waiting)
          passed += Math.max(0, doneBefore(other, end, every) - doneBy(other, begin, every));
      longest = Math.max(longest, passed);
    }
  }
  return longest;
}

/** I2. A thread had completed at least so many operations before `atMs`. */
function doneBefore(turns: readonly Turn[], atMs: number, every: number): number {
  const begun = countWhile(turns, ([begin]) => begin < atMs);
  const ended = countWhile(turns, ([, end]) => end < atMs);
  return Math.max((begun - 1) * every, (ended - 1) * every + 1, 0);
}

/** I2. A thread had completed at most so many by `atMs`; no limit is known after its last timed one. */
function doneBy(turns: readonly Turn[], atMs: number, every: number): number {
  const ended = countWhile(turns, ([, end]) => end <= atMs);
  return ended === turns.length ? Number.POSITIVE_INFINITY : ended * every;
}

/** Length of the part at the front that `isIn`. */
function countWhile(turns: readonly Turn[], isIn: (turn: Turn) => boolean): number {
  let [low, high] = [0, turns.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isIn(turns[middle] as Turn)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** I1. The end of the last operation that was kept; of the round when all were. */
function keptUntilMs({ spans, spanCount, elapsedMs }: RoleRecords["records"][number]): number {
  const kept = spans.length / 2;
  return spanCount <= kept ? elapsedMs : (spans[2 * kept - 1] as number);
}

/** Operations that began by `untilMs`; one that ended later has waited until then at least. */
function turnsOf({ spans, spanCount }: RoleRecords["records"][number], untilMs: number): Turn[] {
  const turns: Turn[] = [];
  for (let i = 0; i < Math.min(spanCount, spans.length / 2); i++) {
    const [begin, end] = [spans[2 * i] as number, spans[2 * i + 1] as number];
    if (begin >= untilMs) break;
    turns.push([begin, end]);
  }
  return turns;
}
