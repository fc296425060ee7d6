// Time: how long a function takes on one thread. tinybench takes the samples, rounds and decisions are ours.
//
// Rejected: all variants in one tinybench run, one after the other: a machine that slows down harms the last.
import { throwIfInterrupted } from "../op/index.js";
import {
  type Comparison,
  Histogram,
  judgeNoise,
  type RoleResult,
  type VariantResult,
} from "../stats/index.js";
import { calibrateHere } from "./calibrate.js";
import { environment } from "./environment.js";
import { type Mode, mode } from "./mode.js";
import { turns } from "./plan.js";
import { type Progress, reporterFor } from "./progress.js";
import { ratiosOf } from "./ratios.js";
import { prepare, type Sampled, sampleRound } from "./sample.js";

/** Options of {@link time}. */
export interface TimeOptions {
  /** Rounds of each variant, by turns. Default 5 (full 15). In smoke always 1. */
  readonly rounds?: number;
  /** Length of a round of one variant. Default 100 (full 500). In smoke never more than 20. */
  readonly durationMs?: number;
  /** The variant that all others are compared with. Default: the first. */
  readonly baseline?: string;
  readonly signal?: AbortSignal;
  readonly progress?: "auto" | "none" | ((progress: Progress) => void);
}

/** The only role of a timed variant. */
const ROLE = "call";
const SIZES: Readonly<Record<Mode, { rounds: number; durationMs: number; calibrationMs: number }>> = {
  smoke: { rounds: 1, durationMs: 20, calibrationMs: 5 },
  quick: { rounds: 5, durationMs: 100, calibrationMs: 50 },
  full: { rounds: 15, durationMs: 500, calibrationMs: 100 },
};
/** tinybench warms every round up for a quarter of its length. */
const WARMUP_FACTOR = 1.25;

/**
 * Times functions on this thread, variants by turns, and compares each with the baseline. The result has one
 * role, `call`, whose latencies are ns for one call. A function may be async; it is then awaited.
 *
 * **Cost:** rounds * variants * about 1.3 * durationMs.
 * **Limits:** a sample of a short function is the mean of many calls (`parameters` says how many), so its
 * percentiles say how the machine varied, not how single calls did.
 *
 * @throws {TypeError} `time: expected at least one variant, got none`
 * @throws {TypeError} `time: expected variant "a" to be a function, got number`
 * @throws {RangeError} `time: baseline "x" is not one of the variants a, b`
 * @throws {RangeError} `` time: expected `rounds` to be an integer >= 1, got 0 ``
 * @throws {InterruptError} `interrupted`
 * @example
 * const result = await time({ map: () => new Map([[1, 2]]), object: () => ({ 1: 2 }) }, { rounds: 3, durationMs: 5 });
 * console.log(result.kind); // prints: time
 */
export async function time(
  variants: Readonly<Record<string, () => unknown>>,
  options: TimeOptions = {},
): Promise<Comparison> {
  const names = Object.keys(variants);
  const baseline = checkTimed(names, variants, options);
  const size = mode();
  const calibrationMs = SIZES[size].calibrationMs;
  const calibrations = [calibrateHere(calibrationMs)];
  const timed: Sampled[] = [];
  for (const name of names) timed.push(await prepare(name, variants[name] as () => unknown));
  const rounds = size === "smoke" ? 1 : (options.rounds ?? SIZES[size].rounds);
  const durationMs = timedMs(size, options);
  const samples = await sampleByTurns(timed, rounds, durationMs, options);
  calibrations.push(calibrateHere(calibrationMs));
  const noise = judgeNoise(calibrations);
  const results = timed.map((one) => resultOf(one.name, samples[one.name] as number[][]));
  return {
    kind: "time",
    parameters: {
      baseline,
      rounds,
      durationMs,
      ...Object.fromEntries(timed.map(({ name, calls }) => [`calls per sample of ${name}`, calls])),
    },
    variants: results,
    ratios: ratiosOf(results, baseline, noise, ["time"]),
    noise,
    environment: environment(size),
  };
}

function timedMs(size: Mode, options: TimeOptions): number {
  const ms = options.durationMs ?? SIZES[size].durationMs;
  return size === "smoke" ? Math.min(ms, SIZES.smoke.durationMs) : ms;
}

/** Returns the samples of every round, in ns for one call, by variant. */
async function sampleByTurns(
  timed: readonly Sampled[],
  rounds: number,
  durationMs: number,
  options: TimeOptions,
): Promise<Record<string, number[][]>> {
  const samples: Record<string, number[][]> = Object.fromEntries(timed.map(({ name }) => [name, []]));
  const order = turns(
    timed.map((one) => one.name),
    rounds,
  );
  const roundMs = durationMs * WARMUP_FACTOR;
  const reporter = reporterFor(options.progress ?? "auto", "timing", order.length * roundMs);
  const beganMs = performance.now();
  try {
    for (const [done, { round, name }] of order.entries()) {
      throwIfInterrupted();
      options.signal?.throwIfAborted();
      const elapsedMs = performance.now() - beganMs;
      const leftMs = (order.length - done) * roundMs;
      reporter.update({ done, total: order.length, next: `${name}, round ${round}`, elapsedMs, leftMs });
      const one = timed.find((each) => each.name === name) as Sampled;
      samples[name]?.push(await sampleRound(one, durationMs));
    }
  } finally {
    reporter.end();
  }
  return samples;
}

function resultOf(name: string, rounds: readonly (readonly number[])[]): VariantResult {
  return {
    name,
    roles: { [ROLE]: roleOf(rounds.flat()) },
    rounds: rounds.map((samples, i) => ({
      round: i + 1,
      elapsedMs: samples.reduce((sum, ns) => sum + ns, 0) / 1e6,
      roles: { [ROLE]: roleOf(samples) },
    })),
  };
}

function roleOf(samples: readonly number[]): RoleResult {
  const histogram = new Histogram();
  for (const ns of samples) histogram.record(ns);
  const latency = histogram.toData();
  return {
    role: ROLE,
    threads: 1,
    ops: latency.count,
    opsPerSecond: latency.meanNs === 0 ? 0 : 1e9 / latency.meanNs,
    corrected: latency,
    uncorrected: latency,
    overTime: [],
    opsPerThread: [latency.count],
    jain: 1,
  };
}

/** Returns the baseline. */
function checkTimed(
  names: readonly string[],
  variants: Readonly<Record<string, unknown>>,
  options: TimeOptions,
): string {
  if (names.length === 0) throw new TypeError("time: expected at least one variant, got none");
  for (const name of names) {
    if (typeof variants[name] === "function") continue;
    throw new TypeError(`time: expected variant "${name}" to be a function, got ${typeof variants[name]}`);
  }
  const { rounds, durationMs } = options;
  if (rounds !== undefined && !(Number.isSafeInteger(rounds) && rounds >= 1)) {
    throw new RangeError(`time: expected \`rounds\` to be an integer >= 1, got ${rounds}`);
  }
  if (durationMs !== undefined && !(durationMs > 0 && durationMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`time: expected \`durationMs\` to be a number > 0, got ${durationMs}`);
  }
  const baseline = options.baseline ?? (names[0] as string);
  if (names.includes(baseline)) return baseline;
  throw new RangeError(`time: baseline "${baseline}" is not one of the variants ${names.join(", ")}`);
}
