// Loop: what a measuring thread does, from barrier to result.
//
// These functions travel to the thread as source text (see program.ts), so they use nothing but their
// parameters, each other and the globals of JavaScript. That is why they stand in one file: an imported name
// would not be the same in the text that runs.
//
// Invariants:
//  I1. Between barrier and end the loop makes no object and no table: all tables are made before.
//  I2. Open loop: operation i is due at a time fixed before the round began. However late the thread is, no
//      operation is left out, and its corrected latency counts from that time (no coordinated omission).
//  I3. Nothing is subtracted. Two readings of the clock (37-70 ns each) are part of every closed-loop turn,
//      and one of them is part of every latency.
//
// Source: Gil Tene, "How NOT to Measure Latency" (2013), and wrk2 for the fixed schedule. Rejected: repairing
// a closed loop's histogram afterwards with an expected interval, because it invents samples.
import type { WarmupData } from "../stats/index.js";
import type { Thread } from "../threads/index.js";
import type { PlayerCount } from "./player.js";
import type { ThreadPlan, ThreadRecord } from "./threadplan.js";
import type { ThreadUsage } from "./usage.js";
import type { WarmWords } from "./warmup.js";

export type { ThreadPlan, ThreadRecord } from "./threadplan.js";

/** What else a thread tells of a round. */
export interface Extras {
  readonly count: PlayerCount;
  usage(): ThreadUsage | undefined;
  warmUp(
    plan: ThreadPlan,
    isLeader: boolean,
    words: WarmWords,
    runUntil: (endMs: number) => number,
  ): WarmupData;
}

/** The tables of one thread, and where it stands. */
interface Recorder {
  startMs: number;
  /** Open loop: how many operations were due so far. */
  due: number;
  ops: number;
  unserved: number;
  spanCount: number;
  readonly sliceMs: number;
  readonly corrected: Int32Array;
  readonly uncorrected: Int32Array;
  readonly overTime: Int32Array;
  readonly sliceMaxNs: Float64Array;
  readonly spans: Float64Array;
  /** Never notified: a place to sleep on. */
  readonly bed: Int32Array;
}

/** Words that all threads of a round share. */
export interface RoundWords {
  /** 1 when one thread has done its operations, or the measurement is given up. */
  readonly stop: Int32Array;
  /** `process.hrtime` at which the round begins; 0 until somebody has set it. */
  readonly start: BigInt64Array;
  readonly warm: WarmWords;
}

/** Length of a table with `2 ** bits` buckets for each power of two, up to 2^42 ns (73 minutes). */
export function bucketCount(bits: number): number {
  return (42 - bits + 1) << bits;
}

/** Returns the bucket of a latency in ns (rounded; at most 2^42 - 1). **Cost:** O(1), about 3 ns. */
export function bucketIndex(ns: number, bits: number): number {
  // Below 2^31 shifts work on the number itself; above, on the number in units of 2^20 ns.
  let scaled = Math.min(Math.round(ns), 4398046511103);
  let shift = 0;
  if (scaled >= 2147483648) {
    scaled = Math.floor(scaled / 1048576);
    shift = 20;
  }
  const exponent = 31 - Math.clz32(scaled | 1);
  const drop = exponent - bits;
  if (drop <= 0 && shift === 0) return scaled;
  return ((drop + shift) << bits) + (scaled >>> drop);
}

export function makeRecorder(plan: ThreadPlan): Recorder {
  return {
    startMs: 0,
    due: 0,
    ops: 0,
    unserved: 0,
    spanCount: 0,
    sliceMs: plan.durationMs / plan.slices,
    corrected: new Int32Array(bucketCount(10)),
    uncorrected: new Int32Array(bucketCount(10)),
    overTime: new Int32Array(bucketCount(4) * plan.slices),
    sliceMaxNs: new Float64Array(plan.slices),
    spans: new Float64Array(plan.spans * 2),
    bed: new Int32Array(new SharedArrayBuffer(4)),
  };
}

export function clearRecorder(r: Recorder): void {
  r.due = 0;
  r.ops = 0;
  r.unserved = 0;
  r.spanCount = 0;
  for (const table of [r.corrected, r.uncorrected, r.overTime, r.sliceMaxNs, r.spans]) table.fill(0);
}

/** Counts one operation that was due at `dueMs`, called at `beginMs`, done at `endMs`. */
export function recordOp(r: Recorder, dueMs: number, beginMs: number, endMs: number): void {
  const correctedNs = (endMs - dueMs) * 1e6;
  const index = bucketIndex((endMs - beginMs) * 1e6, 10);
  r.uncorrected[index] = (r.uncorrected[index] as number) + 1;
  recordWait(r, dueMs, correctedNs);
  const at = 2 * r.spanCount++;
  if (at < r.spans.length) {
    r.spans[at] = beginMs - r.startMs;
    r.spans[at + 1] = endMs - r.startMs;
  }
}

/** Counts a corrected latency, in total and in the slice in which it was due. */
export function recordWait(r: Recorder, dueMs: number, ns: number): void {
  const index = bucketIndex(ns, 10);
  r.corrected[index] = (r.corrected[index] as number) + 1;
  const slices = r.sliceMaxNs.length;
  const slice = Math.min(slices - 1, Math.max(0, Math.floor((dueMs - r.startMs) / r.sliceMs)));
  const coarse = slice * (r.overTime.length / slices) + bucketIndex(ns, 4);
  r.overTime[coarse] = (r.overTime[coarse] as number) + 1;
  if (ns > (r.sliceMaxNs[slice] as number)) r.sliceMaxNs[slice] = ns;
}

/** Waits until `performance.now()` reaches `untilMs`: asleep while there is time, spinning at the end. */
export function pauseUntil(t: Thread, r: Recorder, untilMs: number, spinMs: number): void {
  for (;;) {
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0 || t.stopped()) return;
    // At most 50 ms at a time, so that a stopped team is noticed.
    if (leftMs > spinMs) Atomics.wait(r.bed, 0, 0, Math.min(50, Math.max(leftMs - spinMs, 0.05)));
  }
}

/** Closed loop: the next operation begins when the last one has ended. */
export function closedLoop(
  t: Thread,
  plan: ThreadPlan,
  op: () => void,
  r: Recorder,
  endMs: number,
  stop: Int32Array,
): void {
  const untimed = plan.timeEvery - 1;
  const limit = plan.ops === 0 ? Number.POSITIVE_INFINITY : plan.ops;
  for (;;) {
    const beginMs = performance.now();
    // ORDER: acquire; pairs with the store below of the thread that was first to finish, and with an abort.
    if (beginMs >= endMs || Atomics.load(stop, 0) !== 0) return;
    op();
    const doneMs = performance.now();
    recordOp(r, beginMs, beginMs, doneMs);
    for (let i = 0; i < untimed; i++) op();
    r.ops += plan.timeEvery;
    // ORDER: release; every thread sees it before its next operation.
    if (r.ops >= limit) Atomics.store(stop, 0, 1);
    if (plan.thinkNs > 0) pauseUntil(t, r, performance.now() + plan.thinkNs / 1e6, plan.spinMs);
  }
}

/** Open loop: operations are due at fixed times, and a late thread catches up. I2 */
export function openLoop(
  t: Thread,
  plan: ThreadPlan,
  op: () => void,
  r: Recorder,
  endMs: number,
  stop: Int32Array,
): void {
  const periodMs = 1000 / plan.rateHz;
  const firstMs = r.startMs + (periodMs * (plan.index + 0.5)) / plan.threads;
  const limit = plan.ops === 0 ? Number.POSITIVE_INFINITY : plan.ops;
  // Who cannot keep up with the rate gets as long again, and a second, to serve what has arrived.
  const giveUpMs = endMs + Math.max(1000, plan.durationMs);
  for (; ; r.due++) {
    const dueMs = firstMs + r.due * periodMs;
    if (dueMs >= endMs || t.stopped()) return;
    while (performance.now() < dueMs) {
      // ORDER: acquire; pairs with the store of the thread that was first to finish. What was due before
      // is served all the same.
      if (Atomics.load(stop, 0) !== 0) return;
      pauseUntil(t, r, Math.min(dueMs, performance.now() + 50), plan.spinMs);
      if (t.stopped()) return;
    }
    const beginMs = performance.now();
    if (beginMs > giveUpMs) {
      r.unserved++;
      recordWait(r, dueMs, (beginMs - dueMs) * 1e6);
      continue;
    }
    op();
    recordOp(r, dueMs, beginMs, performance.now());
    // ORDER: release; as in the closed loop.
    if (++r.ops >= limit) Atomics.store(stop, 0, 1);
  }
}

/** Warms up, meets the others, measures. */
export function measureThread(
  t: Thread,
  plan: ThreadPlan,
  words: RoundWords,
  op: () => void,
  { count, usage, warmUp }: Extras,
): ThreadRecord {
  const r = makeRecorder(plan);
  const loop = plan.rateHz > 0 ? openLoop : closedLoop;
  t.barrier();
  r.startMs = performance.now();
  const warmup = { ...plan, durationMs: plan.warmupMs, ops: 0 };
  const warmed = warmUp(plan, t.id === 0, words.warm, (afterMs) => {
    loop(t, warmup, op, r, r.startMs + afterMs, words.stop);
    pauseUntil(t, r, r.startMs + afterMs, plan.spinMs);
    return r.ops;
  });
  clearRecorder(r);
  count.retries = -t.threads.casFailures();
  const before = usage();
  t.barrier();
  r.startMs = agreeOnStart(words.start);
  pauseUntil(t, r, r.startMs, 1);
  loop(t, plan, op, r, r.startMs + plan.durationMs, words.stop);
  const elapsedMs = performance.now() - r.startMs;
  const after = usage();
  const used =
    before === undefined || after === undefined
      ? {}
      : {
          cpuNs: after.cpuNs - before.cpuNs,
          ...(after.sleeps === undefined ? {} : { sleeps: after.sleeps - (before.sleeps ?? 0) }),
        };
  const { ops, unserved, corrected, uncorrected, overTime, sliceMaxNs, spans, spanCount } = r;
  const { role, index } = plan;
  return {
    role,
    index,
    ops,
    unserved,
    elapsedMs,
    corrected,
    uncorrected,
    overTime,
    sliceMaxNs,
    spans,
    spanCount,
    retries: count.retries + t.threads.casFailures(),
    ...used,
    ...(t.id === 0 && plan.warmupMs > 0 ? { warmed } : {}),
  };
}

/** One start for all threads, 2 ms ahead, on this thread's `performance.now()` (each thread has its own zero). */
export function agreeOnStart(start: BigInt64Array): number {
  const nowNs = process.hrtime.bigint();
  const nowMs = performance.now();
  // ORDER: the first exchange wins; all later ones read what it wrote.
  Atomics.compareExchange(start, 0, 0n, nowNs + 2000000n);
  return nowMs + Number(Atomics.load(start, 0) - nowNs) / 1e6;
}
