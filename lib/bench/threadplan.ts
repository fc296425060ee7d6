// ThreadPlan: what a measuring thread is told, and what it hands back. Plain data that travels between threads.
import type { WarmupData } from "../stats/index.js";
import type { Dice } from "./player.js";

/** What one thread has to do. Plain data. */
export interface ThreadPlan {
  readonly role: string;
  /** Number of this thread within its role, and how many there are: staggers the arrivals. */
  readonly index: number;
  readonly threads: number;
  /** 0 for a closed loop. */
  readonly rateHz: number;
  readonly thinkNs: number;
  readonly warmupMs: number;
  /** Warm-up goes on so long when the throughput is not steady before. */
  readonly warmupMostMs: number;
  readonly durationMs: number;
  /** The round ends when one thread has done so many. 0: no limit. */
  readonly ops: number;
  /** Closed loop: time one operation in so many. */
  readonly timeEvery: number;
  readonly slices: number;
  readonly spans: number;
  readonly dice: Dice;
  /** A wait shorter than this spins, because a sleeping thread wakes 50 us late. */
  readonly spinMs: number;
}

/** What a thread hands back: counts by bucket, not yet a histogram. */
export interface ThreadRecord {
  readonly role: string;
  readonly index: number;
  readonly ops: number;
  readonly unserved: number;
  readonly elapsedMs: number;
  readonly corrected: Int32Array;
  readonly uncorrected: Int32Array;
  /** `slices` coarse tables, one behind the other. */
  readonly overTime: Int32Array;
  /** Longest latency of each slice in ns. */
  readonly sliceMaxNs: Float64Array;
  /** Start and end in ms after the barrier, by turns. */
  readonly spans: Float64Array;
  readonly spanCount: number;
  /** Second tries that the operation told of. */
  readonly retries?: number;
  /** What the thread used during the round; absent where the system does not tell. */
  readonly cpuNs?: number;
  readonly sleeps?: number;
  /** How the warm-up went: from the first thread of a round, which decides about it. */
  readonly warmed?: WarmupData;
}
