// explore: runs a program under many schedules and tells what they showed.
//
// Invariants:
//  I1. A schedule depends on the program, the seed and its index only, so the failing schedule with the lowest
//      index is the same on any machine.
//  I2. The first schedule runs twice; a program that does not do the same thing twice is refused.
//  I3. A failure is shrunk, then reported from the replay of what is left, with events; when the replay ends otherwise the verdict is `diverged`.
//
// The names of strategies and the idea of printing a schedule that replays are shuttle's (Rust).

import type { Exploration, Report, Verdict } from "../event/index.js";
import { type Body, type Program, throwIfInterrupted } from "../op/index.js";
import {
  asProgram,
  conclude,
  DEFAULT_SEED,
  drive,
  MisuseError,
  planRun,
  type RunOptions,
  Runtime,
  type StrategyName,
} from "../runtime/index.js";
import { Outcomes } from "./outcomes.js";
import { shrink } from "./shrink.js";

export interface ExploreOptions extends RunOptions {
  /** Taken in turn, one per schedule. Default `["random"]`. */
  strategies?: StrategyName[];
  /** How many schedules to run. Default 1,000. */
  schedules?: number;
  /** A fuse: stop after this many seconds even if the budget is not used up. */
  seconds?: number;
  /** `first` (default): stop at the first failure. `never`: run the whole budget, to see all outcomes. */
  stopAt?: "first" | "never";
}

const DEFAULT_SCHEDULES = 1000;
const DEFAULT_MAX_STEPS = 10_000;
/** How long the explorer keeps the host's event loop waiting. */
const SLICE_MS = 40;

interface Search<S, T> {
  readonly program: Program<S, T>;
  readonly source: string;
  readonly options: ExploreOptions;
  readonly strategies: readonly StrategyName[];
  readonly schedules: number;
}

/**
 * Runs a program under many schedules, each decided by the seed and its index, and returns the first failure with
 * its replayed trace and every distinct result with a witness schedule. Never rejects for what the program does.
 *
 * The clock is `free` by default: a pending timer may fire at any step, so that a timeout can beat code that could
 * run. The program must own its state (`setup`), and must not touch the host: no Date, Math.random, promises.
 *
 * **Cost:** about a microsecond per step; see the bench page.
 * @throws {RangeError} `` schedules: expected an integer >= 1, got 0 `` and the like
 * @throws {MisuseError} when the host interrupts
 * @example
 * const seen = await explore(function* () {
 *   const ch = new Chan<string>(2);
 *   for (const name of ["a", "b"]) go(function* () { yield* ch.send(name); });
 *   return `${yield* ch.recv()}${yield* ch.recv()}`;
 * }, { schedules: 100, stopAt: "never" });
 * console.log(seen.outcomes.map((o) => o.result).sort().join(" ")); // prints: ab ba
 */
export async function explore<S, T>(
  program: Program<S, T> | Body<[], T>,
  options: ExploreOptions = {},
): Promise<Exploration<T>> {
  const search = plan(program, options);
  const first = runOne(search, 0);
  const again = runOne(search, 0);
  if (!isSame(first, again)) return refused(first, again);
  const outcomes = new Outcomes<T>();
  const startMs = performance.now();
  let sliceMs = startMs;
  let failure: Report<T> | undefined;
  let count = 0;
  for (let index = 0; index < search.schedules; index++) {
    const seen = index === 0 ? first : runOne(search, index);
    count++;
    outcomes.add(seen);
    if (seen.verdict !== "ok" && failure === undefined) {
      failure = replay(
        search,
        shrink(seen, (schedule) => runOne(search, 0, { schedule, trace: false })),
      );
      if (options.stopAt !== "never") break;
    }
    const nowMs = performance.now();
    if (nowMs - startMs > (options.seconds ?? Number.POSITIVE_INFINITY) * 1000) break;
    if (nowMs - sliceMs > SLICE_MS) {
      await new Promise((go) => setImmediate(go));
      throwIfInterrupted();
      options.signal?.throwIfAborted();
      sliceMs = performance.now();
    }
  }
  return {
    verdict: failure?.verdict ?? "ok",
    ...(failure === undefined ? {} : { failure }),
    outcomes: outcomes.list(),
    schedules: count,
    claim: claim(search, count, failure?.verdict),
  };
}

function plan<S, T>(program: Program<S, T> | Body<[], T>, options: ExploreOptions): Search<S, T> {
  const schedules = options.schedules ?? DEFAULT_SCHEDULES;
  if (!Number.isInteger(schedules) || schedules < 1) {
    throw new RangeError(`schedules: expected an integer >= 1, got ${String(schedules)}`);
  }
  const strategies = options.strategies ?? [options.strategy ?? "random"];
  if (strategies.length === 0) throw new RangeError("strategies: expected at least one, got []");
  return { ...asProgram(program), options, strategies, schedules };
}

const DEFAULTS = { clock: "free", maxSteps: DEFAULT_MAX_STEPS, drains: true } as const;

function runOne<S, T>(
  search: Search<S, T>,
  index: number,
  replayed?: { schedule: string; trace: boolean },
): Report<T> {
  const { program, source, options, strategies } = search;
  const strategy = strategies[index % strategies.length] as StrategyName;
  const how = { ...options, strategy, trace: false, ...replayed };
  const runPlan = planRun(how, source, { ...DEFAULTS, index, isExploring: true });
  const rt = new Runtime(runPlan.config);
  const state = program.setup();
  if (isThenable(state)) throw new MisuseError("setup: returned a promise. Make the state synchronously.");
  rt.spawn(program.main as Body<[S], T>, [state]);
  if (drive(rt) === "host")
    throw new MisuseError("explore: the program waits for the host; that cannot be replayed");
  return conclude(rt, runPlan, program, state);
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

function isSame(a: Report<unknown>, b: Report<unknown>): boolean {
  return a.schedule === b.schedule && a.verdict === b.verdict && a.steps === b.steps;
}

function refused<T>(a: Report<T>, b: Report<T>): Exploration<T> {
  const message = `the same seed gave two different runs (${a.steps} steps, ${a.verdict}; then ${b.steps} steps, ${b.verdict}). The program depends on something outside: state that setup() does not make afresh, Date, Math.random, host timers or promises.`;
  const finding = { verdict: "diverged" as const, message, goroutines: [], at: [] };
  const failure: Report<T> = { ...b, verdict: "diverged", findings: [finding, ...b.findings] };
  return { verdict: "diverged", failure, outcomes: [], schedules: 1, claim: `refused: ${message}` };
}

/** Replays a failing schedule with its trace (I3). */
function replay<S, T>(search: Search<S, T>, seen: Report<T>): Report<T> {
  const traced = runOne(search, 0, { schedule: seen.schedule, trace: true });
  if (traced.verdict === seen.verdict) return { ...traced, seed: seen.seed, schedule: seen.schedule };
  const message = `schedule ${seen.schedule} ended with ${seen.verdict}, and its replay with ${traced.verdict}: the program depends on something outside it`;
  const finding = { verdict: "diverged" as const, message, goroutines: [], at: [] };
  return { ...traced, verdict: "diverged", findings: [finding, ...traced.findings] };
}

function claim(
  search: Pick<Search<unknown, unknown>, "strategies" | "schedules" | "options">,
  count: number,
  verdict?: Verdict,
): string {
  const how = `${search.strategies.join(", ")}, seed ${search.options.seed ?? DEFAULT_SEED}`;
  const tried = count === 1 ? "1 schedule" : `${count} schedules`;
  if (verdict !== undefined) return `${verdict} found within ${tried} (${how})`;
  const rest = count < search.schedules ? `; the time fuse ended it before ${search.schedules}` : "";
  return `nothing wrong in ${tried} (${how})${rest}`;
}
