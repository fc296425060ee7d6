// Contend: variants of a structure under contention, by turns, on real threads.
//
// Invariants:
//  I1. Every round starts from fresh shared state, made by `share`.
//  I2. No thread is left running: whatever ends the measurement ends its team.
//  I3. A comparison always comes back whole; where the machine was too noisy, its decisions say so.
import { throwIfInterrupted } from "../op/index.js";
import { type Comparison, judgeNoise, type VariantResult } from "../stats/index.js";
import { type Shareable, TeamError, team } from "../threads/index.js";
import { calibrate, clockCostNs } from "./calibrate.js";
import { collectVariant, type RoundRecords, throughputSoFar } from "./collect.js";
import { cores, environment } from "./environment.js";
import type { ThreadRecord } from "./loop.js";
import { type ContendOptions, type Sizes, sizesOf, threadPlans, turns } from "./plan.js";
import { carriedOps, threadBody } from "./program.js";
import { reporterFor } from "./progress.js";
import { ratiosOf } from "./ratios.js";
import { checkVariants, type Scenario, threadsOf, type Variants } from "./scenario.js";
import { warmWords } from "./warmup.js";

/** Starting threads and collecting takes about this long a round. */
const OVERHEAD_MS = 60;
/** How often the stop button is looked at. */
const INTERRUPT_POLL_MS = 50;

/**
 * Measures variants against each other on real threads: latencies (corrected for coordinated omission and not),
 * throughput, fairness, and the ratio of every variant to the baseline with its confidence and a decision.
 *
 * Rounds of the variants alternate. Each round makes fresh state, starts all threads at a barrier, warms up
 * until the throughput is steady (at most three times `warmupMs`), and measures for `durationMs` (or until a thread has done `ops` operations). Shows progress when it takes over two
 * seconds. Durations are in ms, measured times in ns.
 *
 * **Cost:** rounds * variants * (warmupMs + durationMs), and about a tenth of a second.
 * **Limits:** an operation is timed with two readings of the clock (37-70 ns each); nothing is subtracted.
 * More threads than cores are allowed; `parameters` says so.
 *
 * @throws {TypeError} `contend: expected at least one variant, got none` (see `checkVariants` for the others)
 * @throws {RangeError} `` contend: expected `rounds` to be an integer >= 1, got 0 ``
 * @throws {RangeError} `contend: baseline "x" is not one of the variants a, b`
 * @throws {TeamError} `contend: variant "a": team: the deadline of 12400 ms passed; …`
 * @throws {InterruptError} `interrupted`
 * @example
 * const result = await contend({
 *   atomic: { share: () => [new Int32Array(new SharedArrayBuffer(4))],
 *     roles: { adder: { threads: 2, op: (_t, cell) => { Atomics.add(cell, 0, 1); } } } },
 *   mutex: { share: () => [new Mutex(), new Int32Array(new SharedArrayBuffer(4))],
 *     roles: { adder: { threads: 2, op: (_t, mu, cell) => { mu.lock(); cell[0]!++; mu.unlock(); } } } },
 * }, { durationMs: 50, rounds: 3 });
 * console.log(result.variants.map((v) => v.name).join(" ")); // prints: atomic mutex
 */
export async function contend<V extends Record<string, [] | Shareable[]>>(
  variants: Variants<V>,
  options: ContendOptions = {},
): Promise<Comparison> {
  const all: Readonly<Record<string, Scenario>> = variants;
  checkVariants(all);
  for (const [name, each] of Object.entries(all)) carriedOps(name, each);
  const names = Object.keys(all);
  const baseline = options.baseline ?? (names[0] as string);
  if (!names.includes(baseline)) {
    throw new RangeError(`contend: baseline "${baseline}" is not one of the variants ${names.join(", ")}`);
  }
  const sizes = sizesOf(options);
  const watch = watchForStop(options.signal);
  try {
    return await measure(all, baseline, sizes, options, watch.signal);
  } finally {
    watch.end();
  }
}

async function measure(
  variants: Readonly<Record<string, Scenario>>,
  baseline: string,
  sizes: Sizes,
  options: ContendOptions,
  signal: AbortSignal,
): Promise<Comparison> {
  const names = Object.keys(variants);
  const threads = Math.max(...Object.values(variants).map(threadsOf));
  const order = turns(names, sizes.rounds);
  const roundMs = sizes.warmupMs + sizes.durationMs + OVERHEAD_MS;
  const reporter = reporterFor(options.progress ?? "auto", "measuring", order.length * roundMs);
  const calibrations: number[][] = [];
  const rounds: Record<string, RoundRecords[]> = Object.fromEntries(names.map((name) => [name, []]));
  const beganMs = performance.now();
  const calibrateNow = async () => {
    calibrations.push(await calibrate(Math.min(threads, cores()), sizes.calibrationMs, signal));
  };
  try {
    await calibrateNow();
    for (const [done, { round, name }] of order.entries()) {
      reporter.update({
        done,
        total: order.length,
        next: `${name}, round ${round}`,
        elapsedMs: performance.now() - beganMs,
        leftMs: (order.length - done) * roundMs,
        soFar: throughputSoFar(rounds),
      });
      const records = await playRound(name, variants[name] as Scenario, sizes, signal);
      (rounds[name] as RoundRecords[]).push({ round, sliceMs: sizes.durationMs / sizes.slices, records });
      if ((done + 1) % names.length === 0) await calibrateNow();
    }
  } finally {
    reporter.end();
  }
  const results = names.map((name) => collectVariant(name, variants[name] as Scenario, rounds[name] ?? []));
  const noise = judgeNoise(calibrations);
  return {
    kind: "contend",
    parameters: { ...parametersOf(sizes, baseline, threads), ...warmupOf(results) },
    variants: results,
    ratios: ratiosOf(results, baseline, noise),
    noise,
    environment: environment(sizes.mode),
  };
}

async function playRound(
  name: string,
  scenario: Scenario,
  sizes: Sizes,
  signal: AbortSignal,
): Promise<ThreadRecord[]> {
  const shared = scenario.share(); // I1
  if (!Array.isArray(shared)) {
    throw new TypeError(
      `contend: variant "${name}": expected \`share\` to return an array, got ${typeof shared}`,
    );
  }
  const plans = threadPlans(scenario, sizes, cores());
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const start = new BigInt64Array(new SharedArrayBuffer(8));
  const warm = new Int32Array(new SharedArrayBuffer(4 * warmWords(sizes)));
  const ops = carriedOps(name, scenario);
  return team(plans.length, threadBody(name, ops, shared.length), {
    args: [plans, ops, stop, start, warm, ...shared],
    deadlineMs: sizes.deadlineMs,
    signal,
  }).catch((error: unknown) => {
    if (!(error instanceof TeamError)) throw error;
    throw new TeamError(`contend: variant "${name}": ${error.message}`, { cause: error });
  });
}

function parametersOf(sizes: Sizes, baseline: string, threads: number): Comparison["parameters"] {
  return {
    baseline,
    rounds: sizes.rounds,
    warmupMs: sizes.warmupMs,
    durationMs: sizes.durationMs,
    sliceMs: sizes.durationMs / sizes.slices,
    ...(sizes.ops === 0 ? {} : { ops: sizes.ops }),
    timeEvery: sizes.timeEvery,
    clockNs: clockCostNs(),
    threads,
    threadsPerCore:
      threads > cores() ? `${threads} threads on ${cores()} cores: they take turns` : "at most one",
  };
}

/** Told only when there is something to tell: some round began before its throughput was steady. */
function warmupOf(results: readonly VariantResult[]): { notSteady?: string } {
  const warmups = results.flatMap(({ rounds }) => rounds.flatMap(({ warmup }) => warmup ?? []));
  const unsteady = warmups.filter(({ isSteady }) => !isSteady).length;
  return unsteady === 0 ? {} : { notSteady: `${unsteady} of ${warmups.length} rounds after their warm-up` };
}

/** A signal that fires when the caller's does, and when the stop button of a notebook is pressed. */
function watchForStop(outer: AbortSignal | undefined): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const onAbort = () => controller.abort(outer?.reason);
  if (outer?.aborted) onAbort();
  outer?.addEventListener("abort", onAbort, { once: true });
  const poll = setInterval(() => {
    try {
      throwIfInterrupted();
    } catch (error) {
      controller.abort(error);
    }
  }, INTERRUPT_POLL_MS);
  return {
    signal: controller.signal,
    end() {
      clearInterval(poll);
      outer?.removeEventListener("abort", onAbort);
    },
  };
}
