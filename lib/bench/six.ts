// Six: the six-structure table, measured on this machine's threads.
//
// The work is that of Go's table in the README of this folder: a map of 1024 numbers; closed loops for how much gets done, readers
// on a fixed schedule (a read every 20 us) beside a writer for how long they wait.
import type { Comparison } from "../stats/index.js";
import { contend } from "./contend.js";
import { cores } from "./environment.js";
import { mode } from "./mode.js";
import type { ContendOptions } from "./plan.js";
import { type Progress, reporterFor } from "./progress.js";
import { ratiosOf } from "./ratios.js";
import type { Scenario } from "./scenario.js";
import { measureGo } from "./sixgo.js";
import type { SixResult, SixWork, SixWorkload } from "./sixresult.js";
import { SIX, type SixOp, type SixStructure } from "./sixstructures.js";
import { SIX_KEYS } from "./sixtable.js";

/** Options of {@link six}; what is left out depends on `HB_MODE`. */
export interface SixOptions {
  /** Threads of the work with several. Default: as many as there are cores, at least 2 and at most 4. */
  readonly threads?: number;
  /** Length of a round of a closed loop. Default 200 (full 1000, smoke 60). */
  readonly durationMs?: number;
  /** Length of a round with the long write, which is held for a fifth of it. Default 1000 (full 2000, smoke 150). */
  readonly longMs?: number;
  /** Default 5 (full 9). In smoke always 1. */
  readonly rounds?: number;
  /** Measures real Go's table as well, where `go` is installed. Default false. */
  readonly go?: boolean;
  readonly signal?: AbortSignal;
  /** As for `contend`. */
  readonly progress?: "auto" | "none" | ((progress: Progress) => void);
}

const SIZES = {
  smoke: { durationMs: 60, longMs: 150, rounds: 1, warmupMs: 20 },
  quick: { durationMs: 200, longMs: 1000, rounds: 5, warmupMs: 100 },
  full: { durationMs: 1000, longMs: 2000, rounds: 9, warmupMs: 300 },
};
const READS_HZ = 50_000;
const SHORT_WRITES_HZ = 1_000;
const HOLD_SHARE = 0.2;
const ROUND_OVERHEAD_MS = 60;
const TIME_EVERY = 64;
const ALONE = " alone";

/**
 * Measures six ways to guard a map of 1024 numbers on real threads: reading with one thread and with several, 95 reads to 5
 * writes, half and half, and readers on a fixed schedule beside short writes and beside one long write.
 *
 * Rounds of the six alternate. `sixRows` gives the table, `sixAdvice` what to use for which work here; `plot` draws both.
 *
 * **Cost:** about a minute and a half; in `full` eight minutes, in `smoke` six seconds; Go's table as long again.
 * **Limits:** keys and values are numbers, and all keys are there from the start.
 *
 * @throws {RangeError} `` six: expected `threads` to be an integer from 2 to 64, got 1 ``
 * @example
 * const result = await six({ durationMs: 20, longMs: 50, rounds: 1, progress: "none" });
 * console.log(sixRows(result).map((row) => row.structure).join(" "));
 * // prints: mutex rwmutex concurrent snapshot sharded copyonwrite
 * console.log(sixAdvice(result).map(({ work }) => work).join("; "));
 * // prints: long write; read; 95/5; 50/50; short writes
 */
export async function six(options: SixOptions = {}): Promise<SixResult> {
  const threads = options.threads ?? Math.max(2, Math.min(4, cores()));
  if (!Number.isInteger(threads) || threads < 2 || threads > 64) {
    throw new RangeError(`six: expected \`threads\` to be an integer from 2 to 64, got ${String(threads)}`);
  }
  const sizes = SIZES[mode()];
  const durationMs = options.durationMs ?? sizes.durationMs;
  const longMs = options.longMs ?? sizes.longMs;
  const rounds = mode() === "smoke" ? 1 : (options.rounds ?? sizes.rounds);
  const holdMs = HOLD_SHARE * longMs;
  const warmupMs = Math.min(sizes.warmupMs, durationMs / 2);
  const shared = { warmupMs, rounds, baseline: "mutex", ...signalOf(options) };
  const steps = stepsOf(threads, durationMs, longMs, holdMs);
  const expectedMs = steps.reduce((sum, step) => sum + costMs(step, shared), 0);
  const reporter = reporterFor(options.progress ?? "auto", "six structures", expectedMs);
  const total = steps.reduce((sum, step) => sum + Object.keys(step.variants).length * rounds, 0);
  const beganMs = performance.now();
  const workloads: SixWorkload[] = [];
  let doneBefore = 0;
  let leftMs = expectedMs;
  try {
    for (const step of steps) {
      const progress = ({ done, next, leftMs: ofStep, soFar = [] }: Progress) =>
        reporter.update({
          done: doneBefore + done,
          total,
          next: `${step.what}: ${next}`,
          elapsedMs: performance.now() - beganMs,
          leftMs: leftMs - costMs(step, shared) + ofStep,
          soFar,
        });
      const comparison = await contend(step.variants, { ...shared, ...step.options, progress });
      workloads.push(...step.split(comparison));
      doneBefore += Object.keys(step.variants).length * rounds;
      leftMs -= costMs(step, shared);
    }
  } finally {
    reporter.end();
  }
  const go =
    options.go === true
      ? await measureGo({ procs: threads, durationMs, longMs, holdMs, rounds, ...signalOf(options) })
      : undefined;
  const plain = {
    kind: "six",
    keys: SIX_KEYS,
    threads,
    holdMs,
    readEveryUs: 1e6 / READS_HZ,
    workloads,
  } as const;
  return go === undefined ? plain : { ...plain, go };
}

/** One call of `contend`, and what of its result is which work. */
interface Step {
  readonly what: string;
  readonly variants: Readonly<Record<string, Scenario>>;
  readonly options: ContendOptions & { readonly durationMs: number };
  split(comparison: Comparison): SixWorkload[];
}

function signalOf({ signal }: SixOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function costMs(step: Step, { warmupMs, rounds }: { warmupMs: number; rounds: number }): number {
  const roundMs = warmupMs + step.options.durationMs + ROUND_OVERHEAD_MS;
  return Object.keys(step.variants).length * rounds * roundMs;
}

function stepsOf(threads: number, durationMs: number, longMs: number, holdMs: number): Step[] {
  const closed = { durationMs, timeEvery: TIME_EVERY };
  const readers = Math.max(1, Math.min(2, cores() - 1));
  const reading = (name: string, count: number) =>
    named(SIX, name, (each) => ({ share: () => each.share(100, 0), roles: worker(each, "read", count) }));
  const mixed = (work: SixWork, percent: number): Step => ({
    what: work,
    variants: named(SIX, "", (each) => ({
      share: () => each.share(percent, 0),
      roles: worker(each, "mixed", threads),
    })),
    options: closed,
    split: (comparison) => [{ work, comparison }],
  });
  const scheduled = (work: SixWork, op: SixOp, writesHz: number, roundMs: number): Step => ({
    what: work,
    variants: named(SIX, "", (each) => ({
      share: () => each.share(100, holdMs),
      roles: {
        reader: { threads: readers, rateHz: READS_HZ, op: each.ops.read },
        writer: { threads: 1, rateHz: writesHz, op: each.ops[op] },
      },
    })),
    options: { durationMs: roundMs },
    split: (comparison) => [{ work, comparison }],
  });
  return [
    {
      what: "read",
      variants: { ...reading("", threads), ...reading(ALONE, 1) },
      options: closed,
      split: (comparison) => [
        { work: "read, 1 thread", comparison: only(comparison, (name) => name.endsWith(ALONE)) },
        { work: "read", comparison: only(comparison, (name) => !name.endsWith(ALONE)) },
      ],
    },
    mixed("95/5", 95),
    mixed("50/50", 50),
    scheduled("short writes", "write", SHORT_WRITES_HZ, durationMs),
    scheduled("long write", "hold", 1000 / longMs, longMs),
  ];
}

function worker(each: SixStructure, op: SixOp, threads: number): Scenario["roles"] {
  return { worker: { threads, op: each.ops[op] } };
}

function named(
  all: readonly SixStructure[],
  suffix: string,
  scenarioOf: (each: SixStructure) => Scenario,
): Record<string, Scenario> {
  return Object.fromEntries(all.map((each) => [each.name + suffix, scenarioOf(each)]));
}

/** Some variants of a comparison under their structures' names, with ratios of their own. */
function only(comparison: Comparison, isMine: (name: string) => boolean): Comparison {
  const variants = comparison.variants
    .filter(({ name }) => isMine(name))
    .map((variant) => ({ ...variant, name: variant.name.replace(ALONE, "") }));
  return { ...comparison, variants, ratios: ratiosOf(variants, "mutex", comparison.noise) };
}
