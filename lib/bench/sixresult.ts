// Sixresult: what the six-structure table leaves behind, and the figures of its rows.
//
// Plain data. A row's figures are those that Go's own table has, so that the two can stand beside each other.
import { type Comparison, type Decision, decide, ratioOfMedians } from "../stats/index.js";

/** What the threads do. */
export type SixWork = "read, 1 thread" | "read" | "95/5" | "50/50" | "short writes" | "long write";

/** One kind of work, and what all six did. */
export interface SixWorkload {
  readonly work: SixWork;
  readonly comparison: Comparison;
}

/** Waits of a reader on a fixed schedule, in ns: from when a read was due, and of the call alone. */
export interface SixWaits {
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
  /** p99 of the call alone: what a stop-watch around it shows. */
  readonly serviceP99Ns: number;
}

/** One structure: ns for an operation of all threads together, and waits. */
export interface SixRow {
  readonly structure: string;
  readonly readAloneNs: number;
  readonly readNs: number;
  readonly mixed95Ns: number;
  readonly mixed50Ns: number;
  readonly short: SixWaits;
  readonly long: SixWaits;
}

/** The table of real Go, measured on this machine. */
export interface SixGo {
  /** As `go version` tells it. */
  readonly version: string;
  /** GOMAXPROCS, and as many goroutines. */
  readonly procs: number;
  readonly rows: readonly SixRow[];
}

/** What `six` returns. */
export interface SixResult {
  readonly kind: "six";
  readonly keys: number;
  /** Threads of the work with several. */
  readonly threads: number;
  /** How long the long write is held, in ms. */
  readonly holdMs: number;
  /** Time between two reads of a reader on a schedule, in us. */
  readonly readEveryUs: number;
  readonly workloads: readonly SixWorkload[];
  readonly go?: SixGo;
}

/** How a second thread changes what readers of a structure get done together. */
export interface SixScaling {
  readonly structure: string;
  /** Reads a second of all threads together, against one thread. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly decision:
    | "more together"
    | "less together"
    | Extract<Decision, "no difference shown" | "too noisy to tell">;
}

const NOTHING = { ratio: 1, low: 0, high: Number.POSITIVE_INFINITY, confidence: 0 };

/** The comparison of one kind of work. @throws {RangeError} ``six: the result holds no work "read"`` */
export function sixComparison(result: SixResult, work: SixWork): Comparison {
  const found = result.workloads.find((each) => each.work === work);
  if (found === undefined) throw new RangeError(`six: the result holds no work ${JSON.stringify(work)}`);
  return found.comparison;
}

/** The figures of the table, one row a structure. */
export function sixRows(result: SixResult): SixRow[] {
  return sixComparison(result, "read").variants.map(({ name }) => ({
    structure: name,
    readAloneNs: nsPerOp(result, "read, 1 thread", name),
    readNs: nsPerOp(result, "read", name),
    mixed95Ns: nsPerOp(result, "95/5", name),
    mixed50Ns: nsPerOp(result, "50/50", name),
    short: waits(result, "short writes", name),
    long: waits(result, "long write", name),
  }));
}

/**
 * Tells for each structure whether a second thread helps its readers. Rounds of one thread and of several alternated, so they are
 * compared in pairs.
 */
export function sixScaling(result: SixResult): SixScaling[] {
  const { noise, variants } = sixComparison(result, "read");
  const alone = sixComparison(result, "read, 1 thread");
  return variants.map(({ name, rounds }) => {
    const ops = (all: typeof rounds) => all.map((round) => round.roles["worker"]?.opsPerSecond ?? 0);
    const together = ops(rounds);
    const single = ops(alone.variants.find((variant) => variant.name === name)?.rounds ?? []);
    // A round in which a thread was never given a core says nothing.
    const isMeasured = single.length > 0 && [...together, ...single].every((rate) => rate > 0);
    const interval = isMeasured ? ratioOfMedians(together, single) : NOTHING;
    const decision = decide({ interval, noise, better: "more" });
    const { ratio, low, high } = interval;
    return {
      structure: name,
      ratio,
      low,
      high,
      decision:
        decision === "A faster" ? "more together" : decision === "B faster" ? "less together" : decision,
    };
  });
}

function role(result: SixResult, work: SixWork, structure: string, name: string) {
  return sixComparison(result, work).variants.find((variant) => variant.name === structure)?.roles[name];
}

function nsPerOp(result: SixResult, work: SixWork, structure: string): number {
  return 1e9 / (role(result, work, structure, "worker")?.opsPerSecond ?? 0);
}

function waits(result: SixResult, work: SixWork, structure: string): SixWaits {
  const reader = role(result, work, structure, "reader");
  return {
    p50Ns: reader?.corrected.p50Ns ?? 0,
    p99Ns: reader?.corrected.p99Ns ?? 0,
    maxNs: reader?.corrected.maxNs ?? 0,
    serviceP99Ns: reader?.uncorrected.p99Ns ?? 0,
  };
}
