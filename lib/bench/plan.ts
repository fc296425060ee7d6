// Plan: how long, how often, in which order; the sizes of `HB_MODE`.

import { type Mode, mode } from "./mode.js";
import type { Progress } from "./progress.js";
import type { Scenario } from "./scenario.js";
import type { ThreadPlan } from "./threadplan.js";

/** Options of {@link contend}; what is left out depends on `HB_MODE`. */
export interface ContendOptions {
  /**
   * Runs before every round without being counted, and up to three times as long (not in smoke) until the throughput is
   * steady. Default 200 (full 1000, smoke 20). 0: none.
   */
  readonly warmupMs?: number;
  /** Length of a round. Default 1000 (full 5000). In smoke never more than 300. */
  readonly durationMs?: number;
  /** Ends a round as soon as one thread has done so many operations, if that comes before `durationMs`. */
  readonly ops?: number;
  /** Rounds of each variant, by turns. Default 5 (full 15). In smoke always 1. */
  readonly rounds?: number;
  /** The variant that all others are compared with. Default: the first. */
  readonly baseline?: string;
  /** Closed loops: times one operation in so many, because the clock costs 37-70 ns. Default 1. */
  readonly timeEvery?: number;
  /** Length of a slice of `overTime`. Default: a hundredth of a round, at least 5 ms. */
  readonly sliceMs?: number;
  /** Ends a round that takes longer, as when threads wait for each other. Default: twice its length and 10 s. */
  readonly deadlineMs?: number;
  /** Ends the measurement, its threads included; `contend` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** `auto`: a bar when it takes over two seconds; `none`; or a function that is told. Default `auto`. */
  readonly progress?: "auto" | "none" | ((progress: Progress) => void);
}

/** Options with everything filled in. */
export interface Sizes {
  readonly mode: Mode;
  readonly warmupMs: number;
  readonly warmupMostMs: number;
  readonly durationMs: number;
  readonly ops: number;
  readonly rounds: number;
  readonly timeEvery: number;
  readonly slices: number;
  readonly calibrationMs: number;
  readonly deadlineMs: number;
}

const DEFAULTS = {
  smoke: { warmupMs: 20, durationMs: 200, rounds: 1, calibrationMs: 10 },
  quick: { warmupMs: 200, durationMs: 1000, rounds: 5, calibrationMs: 60 },
  full: { warmupMs: 1000, durationMs: 5000, rounds: 15, calibrationMs: 100 },
};
/** However long a round was asked for, a smoke run has many of them to get through. */
const SMOKE_MOST_MS = { warmupMs: 50, durationMs: 300 };
/** A warm-up that does not get steady ends after so many times its length. */
const MOST_WARMUPS = 3;
const SHORTEST_SLICE_MS = 5;
const MOST_SLICES = 400;
const SHORTEST_CALIBRATION_MS = 10;
const LONG_OPERATION_MS = 10_000;

/**
 * Fills in what was left out.
 *
 * @throws {RangeError} `` contend: expected `durationMs` to be a number > 0, got 0 ``; likewise the others
 */
export function sizesOf(options: ContendOptions): Sizes {
  check("warmupMs", options.warmupMs, 0, false);
  check("durationMs", options.durationMs, Number.MIN_VALUE, false);
  check("deadlineMs", options.deadlineMs, Number.MIN_VALUE, false);
  check("sliceMs", options.sliceMs, Number.MIN_VALUE, false);
  check("ops", options.ops, 1, true);
  check("rounds", options.rounds, 1, true);
  check("timeEvery", options.timeEvery, 1, true);
  const size = mode();
  const sizes = DEFAULTS[size];
  let warmupMs = options.warmupMs ?? sizes.warmupMs;
  let durationMs = options.durationMs ?? sizes.durationMs;
  if (size === "smoke") {
    warmupMs = Math.min(warmupMs, SMOKE_MOST_MS.warmupMs);
    durationMs = Math.min(durationMs, SMOKE_MOST_MS.durationMs);
  }
  const warmupMostMs = size === "smoke" ? warmupMs : MOST_WARMUPS * warmupMs;
  const sliceMs = options.sliceMs ?? Math.max(SHORTEST_SLICE_MS, durationMs / 100);
  return {
    mode: size,
    warmupMs,
    warmupMostMs,
    durationMs,
    ops: options.ops ?? 0,
    rounds: size === "smoke" ? 1 : (options.rounds ?? sizes.rounds),
    timeEvery: options.timeEvery ?? 1,
    slices: Math.min(MOST_SLICES, Math.max(1, Math.round(durationMs / sliceMs))),
    // Warm-up and round, as long again for who must catch up, and time for a long operation still under way.
    deadlineMs: options.deadlineMs ?? 2 * (warmupMostMs + durationMs) + LONG_OPERATION_MS,
    calibrationMs: Math.min(sizes.calibrationMs, Math.max(SHORTEST_CALIBRATION_MS, durationMs / 2)),
  };
}

function check(name: string, value: number | undefined, least: number, isWhole: boolean): void {
  if (value === undefined) return;
  if (value >= least && value < Number.POSITIVE_INFINITY && (!isWhole || Number.isSafeInteger(value))) return;
  const expected = isWhole ? `an integer >= ${least}` : least === 0 ? "a number >= 0" : "a number > 0";
  throw new RangeError(`contend: expected \`${name}\` to be ${expected}, got ${String(value)}`);
}

/**
 * The order of the rounds: A B, B A, A B, … A machine that grows slower by and by then harms all alike.
 */
export function turns(names: readonly string[], rounds: number): { round: number; name: string }[] {
  return Array.from({ length: rounds }, (_, i) => {
    const order = i % 2 === 0 ? names : [...names].reverse();
    return order.map((name) => ({ round: i + 1, name }));
  }).flat();
}

/** The plan of every thread of a variant: the threads of the first role, then those of the second, … */
export function threadPlans(scenario: Scenario, sizes: Sizes, cores: number): ThreadPlan[] {
  const roles = Object.entries(scenario.roles);
  const total = roles.reduce((sum, [, role]) => sum + role.threads, 0);
  let seed = 0;
  return roles.flatMap(([name, role]) =>
    Array.from({ length: role.threads }, (_, index) => ({
      role: name,
      index,
      threads: role.threads,
      rateHz: role.rateHz ?? 0,
      thinkNs: role.thinkNs ?? 0,
      warmupMs: sizes.warmupMs,
      warmupMostMs: sizes.warmupMostMs,
      durationMs: sizes.durationMs,
      ops: sizes.ops,
      timeEvery: sizes.timeEvery,
      slices: sizes.slices,
      spans: FEW_OPS,
      dice: {
        seed: ++seed,
        readRatio: role.readRatio ?? 1,
        holdNs: role.holdNs ?? 0,
        keys: role.keys?.count ?? DEFAULT_KEYS,
        zipf: role.keys?.zipf ?? 0,
      },
      // More threads than cores: who spins takes the core from the one it waits for.
      spinMs: total > cores ? 0 : SPIN_MS,
    })),
  );
}

/** Threads with fewer operations a round keep the start and end of each. */
export const FEW_OPS = 1000;
const SPIN_MS = 1;
const DEFAULT_KEYS = 1024;
