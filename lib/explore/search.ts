// Search: one program, checked options, and the way to run it once under a strategy.
//
// A run that ends well costs no more than itself: no description of goroutines, no schedule string, no report is made
// until somebody asks.

import { LockOrderDetector, LockRuns } from "../detect/index.js";
import type { Report, Verdict } from "../event/index.js";
import type { Body, Program } from "../op/index.js";
import {
  asProgram,
  conclude,
  type Detector,
  detectorsFor,
  drive,
  type Listener,
  MisuseError,
  planRun,
  Replay,
  type RunPlan,
  Runtime,
  Status,
  type Strategy,
  scheduleOf,
} from "../runtime/index.js";
import { Meetings } from "./coverage.js";
import type { ExploreOptions } from "./options.js";

const DEFAULT_MAX_STEPS = 10_000;
const DEFAULTS = { clock: "free", maxSteps: DEFAULT_MAX_STEPS, drains: true, isExploring: true } as const;

/** What one run showed. */
export interface Seen<T> {
  readonly verdict: Verdict;
  readonly rt: Runtime;
  readonly plan: RunPlan;
  /** Made when asked for. */
  readonly report: () => Report<T>;
}

/** The text with which a run can be repeated. */
export function scheduleOfSeen({ rt, plan }: Pick<Seen<unknown>, "rt" | "plan">): string {
  return scheduleOf(rt, plan);
}

interface Started<S> {
  readonly rt: Runtime;
  readonly plan: RunPlan;
  readonly state: S;
}

export class Search<S, T> {
  readonly program: Program<S, T>;
  readonly options: ExploreOptions;
  /** Hears every schedule of the search itself, but not those of shrinking; null when nobody wants to know. */
  readonly meetings: Meetings | null;
  /** How the schedules of the search itself used their locks (crossruns.ts); null when nobody looks for lock orders. */
  readonly lockRuns: LockRuns | null;
  readonly #plan: RunPlan;
  readonly #firstLook: () => Detector[];
  readonly #fullLook: () => Detector[];
  readonly #source: string;

  /** `text` is what schedule strings belong to, when that is not the text of `program` as it is here. */
  constructor(program: Program<S, T> | Body<[], T>, options: ExploreOptions, text?: string) {
    const { program: made, source } = asProgram(program);
    this.program = made;
    this.#source = text ?? source;
    this.options = options;
    this.meetings = options.coverage === true ? new Meetings() : null;
    const { detect } = options;
    this.lockRuns = detect === "all" || detect?.includes("lock-order") === true ? new LockRuns() : null;
    // Any strategy will do here: what is checked and kept is everything else.
    this.#firstLook = detectorsFor(options, false, true, true);
    this.#fullLook = detectorsFor(options, false, true);
    this.#plan = planRun({ ...options, strategy: "random", trace: false }, this.#source, DEFAULTS);
  }

  get source(): string {
    return this.#source;
  }

  get seed(): string {
    return this.#plan.seed;
  }

  get hash(): string {
    return this.#plan.hash;
  }

  get clock(): "free" | "jump" {
    return this.#plan.config.clock === "jump" ? "jump" : "free";
  }

  /** Runs the program once; `strategy` has begun. A run that did not end well is played again, to be explained. */
  run(strategy: Strategy, listener: Listener | null = null): Seen<T> {
    const detectors = this.#firstLook();
    const run = this.#start(this.#planWith(strategy, detectors, listener));
    this.#drive(run);
    if (endedWell(run.rt) || run.rt.ending?.why === "diverged") return this.#finish(run);
    const all = this.#fullLook();
    if (all.length === detectors.length) return this.#finish(run);
    const again = new Replay(run.rt.choices);
    again.begin();
    return this.#runPlan(this.#planWith(again, all));
  }

  #planWith(strategy: Strategy, detectors: readonly Detector[], listener: Listener | null = null): RunPlan {
    const { seed, strategyName, hash } = this.#plan;
    const { clock, gmp, maxSteps, drains, trace, measures = false } = this.#plan.config; // spelt out: half as dear
    const config = { clock, seed, strategy, gmp, maxSteps, drains, trace, detectors, measures, listener };
    return { config, seed, strategyName, hash };
  }

  /** Runs the program once by a strategy that chooses nothing but data. */
  runDirect(strategy: "gmp"): Seen<T> {
    return this.#runPlan(planRun({ ...this.options, strategy, trace: false }, this.#source, DEFAULTS));
  }

  /** What all runs have in common. */
  get plan(): RunPlan {
    return this.#plan;
  }

  /** Runs the program with its events until it is over, or until `strategy` throws `pause`. */
  play(strategy: Strategy, pause: object): { rt: Runtime; seen: Seen<T> | null } {
    const plan = planRun({ ...this.options, strategy: "random", trace: true }, this.#source, DEFAULTS);
    const run = this.#start({ ...plan, config: { ...plan.config, strategy } });
    try {
      this.#drive(run);
      return { rt: run.rt, seen: this.#finish(run) };
    } catch (error) {
      if (error !== pause) throw error;
      return { rt: run.rt, seen: null };
    }
  }

  /** Runs a recorded schedule, with or without its events. */
  replay(schedule: string, withEvents: boolean): Report<T> {
    return this.#replayed(schedule, withEvents).report();
  }

  /** Runs a recorded schedule, with stacks. */
  look(schedule: string): Seen<T> {
    return this.#replayed(schedule, true);
  }

  #replayed(schedule: string, withEvents: boolean): Seen<T> {
    const how = { ...this.options, schedule, trace: withEvents };
    return this.#runPlan(planRun(how, this.#source, DEFAULTS));
  }

  #runPlan(plan: RunPlan): Seen<T> {
    const run = this.#start(plan);
    this.#drive(run);
    return this.#finish(run);
  }

  #start(plan: RunPlan): Started<S> {
    const { program } = this;
    const rt = new Runtime(plan.config);
    const state = program.setup();
    if (isThenable(state)) {
      throw new MisuseError("setup: returned a promise. Make the state synchronously.");
    }
    if (this.lockRuns !== null) {
      for (const detector of plan.config.detectors ?? []) {
        if (detector instanceof LockOrderDetector) detector.gather(state);
      }
    }
    rt.trace?.names.know(state);
    rt.spawn(program.main as Body<[S], T>, [state]);
    return { rt, plan, state };
  }

  #drive({ rt }: Started<S>): void {
    if (drive(rt) !== "host") return;
    throw new MisuseError("explore: the program waits for the host; that cannot be replayed");
  }

  /** What a run that is over has shown. */
  #finish({ rt, plan, state }: Started<S>): Seen<T> {
    const { program } = this;
    if (!endedWell(rt)) return this.#concluded(rt, plan, program, state);
    try {
      program.after?.(state, rt.result as T);
    } catch (thrown) {
      const rethrow = (): never => {
        throw thrown;
      };
      return this.#concluded(rt, plan, { ...program, after: rethrow }, state);
    }
    const report = (): Report<T> => conclude(rt, plan, withoutAfter(program), state);
    return { verdict: "ok", rt, plan, report };
  }

  #concluded(rt: Runtime, plan: RunPlan, program: Program<S, T>, state: S): Seen<T> {
    const report = conclude(rt, plan, program, state);
    return { verdict: report.verdict, rt, plan, report: () => report };
  }
}

/** True when nothing can be wrong with a run that is over, but for what `after` says. */
function endedWell(rt: Runtime): boolean {
  if (rt.ending !== null || !rt.mainIsDone) return false;
  if (rt.config.detectors?.some((detector) => detector.hasFindings) === true) return false;
  return rt.live.every((g) => g.status !== Status.WAITING);
}

function withoutAfter<S, T>({ setup, main }: Program<S, T>): Program<S, T> {
  return { setup, main };
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
