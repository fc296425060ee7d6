// Warmup: runs until the throughput of all threads together is steady, or the longest time has passed.
//
// These functions travel to the thread as source text (see loop.ts), so they use nothing but their parameters and each other.
//
// Invariants:
//  I1. Never shorter than `warmupMs`: six windows. Never longer than `warmupMostMs`.
//  I2. All threads stop after the same window, named one window ahead, so nobody warms up alone for long.
//  I3. A count that is not there yet (a thread that is late) looks unsteady, so a mistake costs time and not truth.
//
// Source: Georges, Buytaert, Eeckhout, "Statistically Rigorous Java Performance Evaluation" (OOPSLA 2007), section 3: steady
// when the last k measurements vary by less than a bound. Differs: the bound is on each window's distance from their mean, which
// a single hiccup in four windows cannot hide behind the other three.
import type { WarmupData } from "../stats/index.js";
import type { ThreadPlan } from "./threadplan.js";

/**
 * Shared by the threads of a round: word 0 is the number of windows to do, once that is decided, and word 1 + w counts the
 * operations of window w.
 */
export type WarmWords = Int32Array;

/** Windows in `warmupMs`. */
export const LEAST_WINDOWS = 6;

/** Number of words for the longest warm-up. */
export function warmWords({ warmupMs, warmupMostMs }: Pick<ThreadPlan, "warmupMs" | "warmupMostMs">): number {
  return 1 + (warmupMs > 0 ? Math.ceil((LEAST_WINDOWS * warmupMostMs) / warmupMs) : 0);
}

/**
 * Returns whether the last four of the first `windows` counts each lie within 5% of their mean, or within one operation where
 * a window has few. Four windows without any operation are not steady. **Cost:** O(1).
 */
export function isSteady(counts: ArrayLike<number>, windows: number): boolean {
  if (windows < 4) return false;
  let sum = 0;
  for (let w = windows - 4; w < windows; w++) sum += counts[w] as number;
  const mean = sum / 4;
  if (mean === 0) return false;
  for (let w = windows - 4; w < windows; w++) {
    if (Math.abs((counts[w] as number) - mean) > Math.max(1, 0.05 * mean)) return false;
  }
  return true;
}

/**
 * Warms one thread up, window by window. `runUntil(endMs)` works until that many ms after the start and returns how many
 * operations this thread has done in all. The thread with `isLeader` decides for all and gets the answer back.
 */
export function warmUp(
  { warmupMs, warmupMostMs }: Pick<ThreadPlan, "warmupMs" | "warmupMostMs">,
  isLeader: boolean,
  words: Int32Array,
  runUntil: (endMs: number) => number,
): WarmupData {
  const windowMs = warmupMs / 6;
  const most = words.length - 1;
  const counts = words.subarray(1);
  let isFound = false;
  let done = 0;
  let window = 0;
  for (; window < most; window++) {
    // ORDER: acquire; pairs with the leader's store below. I2
    const planned = Atomics.load(words, 0);
    if (planned !== 0 && window >= planned) break;
    const all = runUntil(Math.min((window + 1) * windowMs, warmupMostMs));
    // ORDER: only the sum counts; the leader reads a window one window later.
    Atomics.add(counts, window, all - done);
    done = all;
    // Windows before this one are complete, if nobody is late (I3); one more is done by all (I2).
    if (isLeader && !isFound && window >= 4 && isSteady(counts, window)) {
      isFound = true;
      // ORDER: release; the others look before their next window but one.
      Atomics.store(words, 0, window + 2);
    }
  }
  return { ms: Math.min(window * windowMs, warmupMostMs), isSteady: isFound };
}
