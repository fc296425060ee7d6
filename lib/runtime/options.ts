// RunOptions: what a caller may choose about a run, checked once.

import { type Detector, type DetectorName, detectorMaker, type LeakOptions } from "./detector.js";
import { FlightRecorder } from "./flightrecorder.js";
import type { GmpSwitches } from "./gmp.js";
import type { ClockName, RuntimeConfig } from "./runtime.js";
import { decodeSchedule, type Schedule, sourceHash } from "./schedule.js";
import { makeStrategy, Replay, type Strategy, type StrategyName, strategyNames } from "./strategy.js";
import { Trace } from "./trace.js";

/** The seed of every run that names none. */
export const DEFAULT_SEED = "1";

export interface RunOptions {
  /**
   * `gmp` (default) and `fifo` perform operations at once (direct runs); the others choose at every operation
   * (controlled runs).
   */
  strategy?: StrategyName;
  /** Any text; decides every choice. Default `1`. */
  seed?: string;
  /** A schedule string to replay; then `strategy` and `seed` are not used. */
  schedule?: string;
  /** Ps of the strategy gmp (Go: GOMAXPROCS). Default 1. */
  procs?: number;
  /** Parts of Go's scheduler to switch off. */
  scheduler?: Partial<GmpSwitches>;
  /** `jump`: time moves when everyone is parked. `free`: a timer may fire at any step. `real`: host time. */
  clock?: ClockName;
  /** Scheduling steps after which the run is given up. */
  maxSteps?: number;
  /**
   * What to look for while it runs: names of detectors, or `all`. Default, in `explore` and for replays of what it found:
   * `race` (of plain variables only: what a channel or map says itself is left to it), `deadlock`, `leak`, `livelock`,
   * `closed`; else `[]`. `lock-order` (foretells deadlocks of other schedules, and can be wrong) and `starvation` only when
   * asked for; `lock-held`, which tells of habits, also not with `all`.
   * With stacks, about 5 us per operation; `explore` takes them when it replays a failure.
   */
  detect?: readonly DetectorName[] | "all";
  /** Which of the goroutines that main leaves behind are leaks. Asks for the detector `leak`. */
  leaks?: LeakOptions;
  /** How long a lock may be held, in milliseconds of the run's clock. Asks for the detector `lock-held`. */
  lockLimitMs?: number;
  /** Measure what `readMetrics` and the report's `metrics` cannot count: latencies, time spent waiting for locks. */
  metrics?: boolean;
  /** Record every step as events; with a `FlightRecorder` the last ones. */
  trace?: boolean | FlightRecorder;
  signal?: AbortSignal;
  /** The text that a schedule string belongs to. Default: the program's own functions. */
  source?: string;
}

export interface RunPlan {
  readonly config: RuntimeConfig;
  readonly seed: string;
  /** The name of the strategy, for direct runs' schedule strings. */
  readonly strategyName: string;
  readonly hash: string;
}

const ALL_ON: GmpSwitches = { stealing: true, runnext: true, preemption: true, handoff: true };

function procsOf({ procs = 1 }: RunOptions): number {
  if (Number.isInteger(procs) && procs >= 1 && procs <= 256) return procs;
  throw new RangeError(`procs: expected an integer from 1 to 256, got ${String(procs)}`);
}

const CLOCKS: readonly ClockName[] = ["jump", "free", "real"];

/**
 * Checks options and makes the plan of one run.
 *
 * @throws {RangeError} `` clock: expected one of jump, free, real, got "…" `` and the like
 * @throws {RangeError} `` schedule: belongs to another source (…, this one is …) ``
 */
export function planRun(
  options: RunOptions,
  source: string,
  defaults: {
    clock: ClockName;
    maxSteps: number;
    drains: boolean;
    index?: number;
    isExploring?: boolean;
  },
): RunPlan {
  const recorded = options.schedule === undefined ? undefined : decodeSchedule(options.schedule);
  const clock = options.clock ?? recorded?.clock ?? defaults.clock;
  if (!CLOCKS.includes(clock)) {
    throw new RangeError(`clock: expected one of ${CLOCKS.join(", ")}, got ${JSON.stringify(clock)}`);
  }
  const maxSteps = options.maxSteps ?? defaults.maxSteps;
  if (!(maxSteps >= 1)) throw new RangeError(`maxSteps: expected a number >= 1, got ${maxSteps}`);
  const hash = sourceHash(options.source ?? source);
  const { name, seed, strategy } = planStrategy(options, recorded, hash, defaults.isExploring === true);
  strategy?.begin(seed, defaults.index ?? 0);
  const trace = traceOf(options.trace);
  const detectors = detectorsOf(options, recorded, trace !== null, defaults.isExploring === true);
  const measures = options.metrics === true;
  const gmp =
    name === "gmp" ? { procs: procsOf(options), switches: { ...ALL_ON, ...options.scheduler } } : null;
  const config = {
    clock,
    seed,
    strategy,
    gmp,
    maxSteps,
    drains: defaults.drains,
    trace,
    detectors,
    measures,
  };
  return { config, seed, strategyName: name, hash };
}

function traceOf(asked: RunOptions["trace"]): Trace | null {
  if (asked instanceof FlightRecorder) return asked.begin();
  return asked === true ? new Trace() : null;
}

/**
 * What makes the detectors that `options` ask for; an option of one asks for it. With `isFirstLook` without those that
 * only explain what has ended badly.
 */
export function detectorsFor(
  { detect, leaks, lockLimitMs }: RunOptions,
  withStacks: boolean,
  isExplored: boolean,
  isFirstLook = false,
): () => Detector[] {
  if (lockLimitMs !== undefined && !(lockLimitMs >= 0)) {
    throw new RangeError(`lockLimitMs: expected a number >= 0, got ${String(lockLimitMs)}`);
  }
  const settings = {
    ...(leaks === undefined ? {} : { leaks }),
    ...(lockLimitMs === undefined ? {} : { lockLimitMs }),
    isFirstLook: isFirstLook && leaks?.countRunning !== true,
  };
  const more: DetectorName[] = [];
  if (leaks !== undefined && (detect !== undefined || !isExplored)) more.push("leak");
  if (lockLimitMs !== undefined) more.push("lock-held");
  if (detect === undefined && isExplored) return bothOf(undefined, more);
  if (detect === "all") return bothOf("all", lockLimitMs === undefined ? [] : ["lock-held"]);
  return detectorMaker([...(detect ?? []), ...more], withStacks, settings);

  function bothOf(usual: "all" | undefined, asked: readonly DetectorName[]): () => Detector[] {
    const first = detectorMaker(usual, withStacks, settings);
    if (asked.length === 0) return first;
    const second = detectorMaker(asked, withStacks, settings);
    return () => [...first(), ...second()];
  }
}

function detectorsOf(
  options: RunOptions,
  recorded: Schedule | undefined,
  isTraced: boolean,
  isExploring: boolean,
): Detector[] {
  const isExplored = isExploring || recorded?.choices !== undefined;
  return detectorsFor(options, isTraced || !isExploring, isExplored)();
}

function planStrategy(
  options: RunOptions,
  schedule: Schedule | undefined,
  hash: string,
  isExploring: boolean,
): { name: string; seed: string; strategy: Strategy | null } {
  const seed = options.seed ?? DEFAULT_SEED;
  if (schedule !== undefined) {
    if (schedule.hash !== hash) {
      throw new RangeError(
        `schedule: belongs to another source (${schedule.hash}, this one is ${hash}). It was recorded before the program changed, or on another program.`,
      );
    }
    if (schedule.direct === undefined) {
      return { name: "replay", seed, strategy: new Replay(schedule.choices ?? []) };
    }
    return direct(schedule.direct.strategy, schedule.direct.seed);
  }
  const name = options.strategy ?? "gmp";
  return name === "gmp" || (name === "fifo" && !isExploring)
    ? direct(name, seed)
    : { name, seed, strategy: makeStrategy(name) };
}

function direct(name: string, seed: string): { name: string; seed: string; strategy: null } {
  if (name !== "fifo" && name !== "gmp") {
    throw new RangeError(
      `strategy: expected one of ${strategyNames().join(", ")}, got ${JSON.stringify(name)}`,
    );
  }
  return { name, seed, strategy: null };
}
