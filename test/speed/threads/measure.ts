// Measuring one body of real threads: as often as the budget wants, after warming up.
import type { ThreadWork } from "./row.js";

export interface ThreadMeasured {
  readonly nsPerOp: number;
  /** `times` of the last call, and what it returned. */
  readonly times: number;
  readonly check: number;
}

/** Each thread compiles for itself, and grows its heap, on cores that the work wants: with two threads that takes a second. */
const WARM_UP_NS = 1.5e9;
/** The share of the budget from which a call counts as long enough to time. */
const LONG_ENOUGH = 1 / 4;
/** A call this many times longer than the budget is the measurement, if it is not the first: that one starts threads. */
const FAR_TOO_LONG = 8;

/**
 * Runs `work` for at least `budgetMs` as its threads count, after calls of growing size that warm it up. How far it has to grow
 * is decided on elapsed time: threads that wait use no processor.
 */
export async function measureThreads(work: ThreadWork, budgetMs: number): Promise<ThreadMeasured> {
  const budgetNs = budgetMs * 1e6;
  let times = 1;
  for (let warmNs = 0; ; ) {
    const isFirst = warmNs === 0;
    const { ns, check } = await work.run(times);
    warmNs += ns;
    if (isFirst) continue;
    if (ns >= budgetNs * FAR_TOO_LONG) return { nsPerOp: ns / (times * work.batch), times, check };
    if (ns >= budgetNs * LONG_ENOUGH) {
      if (warmNs >= WARM_UP_NS) break;
      continue;
    }
    const wanted = Math.ceil((times * budgetNs) / 3 / Math.max(1, ns));
    times = Math.max(times + 1, Math.min(times * 10, wanted));
  }
  let totalNs = 0;
  let check = Number.NaN;
  let calls = 0;
  for (; totalNs < budgetNs; calls++) {
    const ran = await work.run(times);
    totalNs += ran.ns;
    check = ran.check;
  }
  return { nsPerOp: totalNs / (calls * times * work.batch), times, check };
}
