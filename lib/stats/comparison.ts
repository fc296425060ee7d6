// Comparison: what a measurement leaves behind, as plain data that `plot` draws and `grade` judges.

/** A latency distribution. All times in nanoseconds. */
export interface LatencyData {
  readonly count: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  /** Recorded buckets, ascending: `[upper bound in ns, count]`. Enough to draw and to merge. */
  readonly buckets: readonly (readonly [number, number])[];
}

/** What one role did in one slice of time (or over several rounds, merged). */
export interface TimeSlice {
  /** Start of the slice, milliseconds after the barrier. */
  readonly atMs: number;
  readonly ops: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

/** One operation of a slow role, so that a plot can shade when it ran. */
export interface SpanData {
  /** Milliseconds after the barrier of its round. */
  readonly startMs: number;
  readonly endMs: number;
  /** Number of the thread within its role, from 0. */
  readonly thread: number;
  /** Number of the round, from 1. */
  readonly round: number;
}

/** How often one thread was passed over. */
export interface BypassData {
  /** The most operations that other threads of the role completed while one thread waited for one of its own. */
  readonly longest: number;
  /** So many ms were looked at, all rounds together: as long as the start and end of every operation was kept. */
  readonly seenMs: number;
  /** Of so many operations one was timed and looked at: `longest` is then what is certain, too low rather than too high. Absent: all. */
  readonly oneIn?: number;
}

/** One role of one variant. */
export interface RoleResult {
  readonly role: string;
  readonly threads: number;
  readonly ops: number;
  readonly opsPerSecond: number;
  /** Scheduled arrival rate per thread in Hz; absent for a closed loop. */
  readonly rateHz?: number;
  /** From the scheduled start of each operation (no coordinated omission). */
  readonly corrected: LatencyData;
  /** The call alone, as a stop-watch around it shows it. */
  readonly uncorrected: LatencyData;
  readonly overTime: readonly TimeSlice[];
  /** Operations of each thread, for fairness. */
  readonly opsPerThread: readonly number[];
  /** Jain's index over `opsPerThread`: 1 is perfectly fair, 1/n is one thread taking all. */
  readonly jain: number;
  /**
   * Fairness from turn to turn, which `jain` cannot see. Absent for one thread, and in files of earlier versions.
   */
  readonly bypass?: BypassData;
  /** Every operation, when they were few (under 1000 a thread and round); absent otherwise. */
  readonly spans?: readonly SpanData[];
  /**
   * Scheduled operations that were still not served when the round had to end; absent when there were none.
   * They are in `corrected` with the time they had waited by then, which is less than they would have taken.
   */
  readonly unserved?: number;
  /** Processor time of each thread, over all rounds; absent where the system does not tell. */
  readonly cpuMsPerThread?: readonly number[];
  /** How often the role's threads slept and were woken, pauses of the schedule included; Linux only. */
  readonly wakeUps?: number;
  /**
   * Compare-exchanges that failed and were tried again, inside the library's structures, and what the operation told of
   * its own with `retried`; absent when there were none.
   */
  readonly retries?: number;
}

/** How the warm-up of a round went. */
export interface WarmupData {
  /** Length in ms. */
  readonly ms: number;
  /** Whether throughput was steady by then: the last four windows each within 5% of their mean. */
  readonly isSteady: boolean;
}

/** One variant: its roles over all rounds together, and each round apart. */
export interface VariantResult {
  readonly name: string;
  readonly roles: Readonly<Record<string, RoleResult>>;
  readonly rounds: readonly {
    readonly round: number;
    readonly elapsedMs: number;
    /** Absent where nothing was warmed up, and in files of earlier versions. */
    readonly warmup?: WarmupData;
    readonly roles: Readonly<Record<string, RoleResult>>;
  }[];
}

export type Decision = "A faster" | "B faster" | "no difference shown" | "too noisy to tell";

/** Two variants compared on one metric. `ratio` is A / B, with the ends of its 95% confidence interval. */
export interface RatioData {
  readonly a: string;
  readonly b: string;
  readonly role: string;
  readonly metric: "ops" | "corrected p50" | "corrected p99" | "uncorrected p50" | "uncorrected p99" | "time";
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** 0.95; 0 when there were fewer than three rounds: `low` and `high` are then only the extremes seen. */
  readonly confidence?: number;
  readonly decision: Decision;
}

/** Where and how it was measured. */
export interface EnvironmentData {
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  readonly flags: readonly string[];
  readonly commit?: string;
  readonly platform: string;
  readonly atIso: string;
  /** `smoke`, `quick` or `full`. */
  readonly mode: string;
}

/** How quiet the machine was: a spin loop timed before, between and after the rounds. */
export interface NoiseData {
  /** Relative spread of the calibration loop, 0.02 = 2%. */
  readonly spread: number;
  /** The longest gap a busy thread saw, in ms. */
  readonly longestGapMs: number;
  readonly isNoisy: boolean;
  /** One sentence for people. */
  readonly note: string;
}

export interface Comparison {
  readonly kind: "contend" | "time";
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly variants: readonly VariantResult[];
  readonly ratios: readonly RatioData[];
  readonly noise: NoiseData;
  readonly environment: EnvironmentData;
}
