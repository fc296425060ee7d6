// run and report: a program from its start to its end.

import type { Report } from "../event/index.js";
import type { Body, Program } from "../op/index.js";
import { findingError } from "./detector.js";
import { drive } from "./drive.js";
import { describeAll } from "./dump.js";
import { endingError, errorData, findingsOf, verdictOf } from "./ending.js";
import { flatMetrics } from "./metrics.js";
import { planRun, type RunOptions, type RunPlan } from "./options.js";
import { Runtime } from "./runtime.js";
import { encodeChoices, encodeDirect } from "./schedule.js";

/**
 * Runs a goroutine program to its end and returns what `main` returned. Other goroutines that still run then are
 * dropped, as in Go; their `finally` does not run.
 *
 * Runs on real time by default (`clock: "real"`); with `clock: "jump"` sleeps take no time.
 *
 * **Cost:** starts synchronously; about 1 us for a run without goroutines.
 * @throws {PanicError} `panic: …` and a goroutine dump, when a goroutine threw and nobody caught it
 * @throws {DeadlockError} `fatal error: all goroutines are asleep - deadlock!` and a goroutine dump
 * @throws {FatalError} `fatal error: …`
 * @throws {RaceError} with `detect: ["race"]`: both accesses, in the style of Go's race detector
 * @throws {MisuseError} what was created and never yielded, or used outside a goroutine
 * @throws {TypeError} `run: expected a generator function, got an object; run a program with report`
 * @example
 * const sum = await run(function* () {
 *   const ch = new Chan<number>();
 *   go(function* () { yield* ch.send(40); });
 *   return 2 + ((yield* ch.recv()) ?? 0);
 * });
 * console.log(sum); // prints: 42
 */
export async function run<T>(main: Body<[], T>, options: RunOptions = {}): Promise<T> {
  if (typeof main !== "function") {
    throw new TypeError(`run: expected a generator function, got ${kindOf(main)}; run a program with report`);
  }
  const plan = planRun(options, `${main}`, {
    clock: "real",
    maxSteps: Number.POSITIVE_INFINITY,
    drains: false,
  });
  const rt = new Runtime(plan.config);
  rt.spawn(main, []);
  await finish(rt, options.signal);
  if (rt.ending !== null) throw endingError(rt, rt.ending);
  const found = findingError(rt);
  if (found !== null) throw found;
  return rt.result as T;
}

/**
 * A program and the text that its schedule strings belong to.
 *
 * @throws {TypeError} ``expected a program, `function*` or `{ setup, main }` with two functions, got undefined``
 */
export function asProgram<S, T>(
  program: Program<S, T> | Body<[], T>,
): { program: Program<S, T>; source: string } {
  if (typeof program === "function") {
    return { program: { setup: () => undefined as S, main: program }, source: program.toString() };
  }
  const { setup, main, after } = (program ?? {}) as Partial<Program<S, T>>;
  if (typeof setup !== "function" || typeof main !== "function") {
    const got = kindOf(program);
    throw new TypeError(
      `expected a program, \`function*\` or \`{ setup, main }\` with two functions, got ${got}`,
    );
  }
  return { program, source: [setup, main, after].map((f) => f?.toString() ?? "").join("\n") };
}

/** What a value is, for a message: its missing parts where it looks like a program. */
function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const missing = ["setup", "main"].filter((part) => typeof Reflect.get(value, part) !== "function");
  return missing.length === 0 ? "an object" : `an object without ${missing.join(" and ")}`;
}

/**
 * Runs a program to its end and tells all about it; never rejects for what the program does. Runs on the `jump`
 * clock by default, and goes on after `main` has returned until nobody can, to see who is left blocked. When somebody goes
 * on for more than 10,000 steps then, `detect: ["leak"]` is needed to tell who of the others can still be woken.
 *
 * @throws {RangeError} for options that make no sense, e.g. a schedule of another source
 * @example
 * const r = await report(function* () { const mu = new Mutex(); yield* mu.lock(); yield* mu.lock(); });
 * console.log(r.verdict); // prints: global-deadlock
 */
export async function report<S, T>(
  program: Program<S, T> | Body<[], T>,
  options: RunOptions = {},
): Promise<Report<T>> {
  const { program: prog, source } = asProgram(program);
  const plan = planRun(options, source, { clock: "jump", maxSteps: 1_000_000, drains: true });
  const rt = new Runtime(plan.config);
  const state = prog.setup();
  rt.trace?.names.know(state);
  rt.spawn(prog.main as Body<[S], T>, [state]);
  await finish(rt, options.signal);
  return conclude(rt, plan, prog, state);
}

/** The report of a run that is over. Calls `after`. */
export function conclude<S, T>(rt: Runtime, plan: RunPlan, program: Program<S, T>, state: S): Report<T> {
  const { ending } = rt;
  if (ending !== null && ending.why === "aborted") throw ending.error;
  const goroutines = describeAll(rt, ending?.g ?? null);
  const error = ending === null ? undefined : errorData(endingError(rt, ending, goroutines));
  const detectors = rt.config.detectors ?? [];
  const findings = findingsOf(rt, goroutines).map((finding) =>
    Object.assign(finding, ...detectors.map((detector) => detector.details(rt, finding))),
  );
  for (const detector of detectors) findings.push(...detector.findings(rt));
  let wrong: ReturnType<typeof errorData> | undefined;
  if (ending === null && rt.mainIsDone && program.after !== undefined) {
    try {
      program.after(state, rt.result as T);
    } catch (thrown) {
      wrong = errorData(thrown);
      findings.push({
        verdict: "wrong-result",
        message: wrong.message,
        goroutines: [],
        at: wrong.stack.slice(0, 1),
      });
    }
  }
  const failure = error ?? wrong;
  return {
    verdict: verdictOf(findings),
    ...(ending === null && rt.mainIsDone ? { result: rt.result as T } : {}),
    ...(failure === undefined ? {} : { error: failure }),
    findings,
    seed: plan.seed,
    schedule: scheduleOf(rt, plan),
    steps: rt.steps,
    virtualNs: rt.nowNs,
    goroutines,
    metrics: flatMetrics(rt),
    ...(rt.trace === null ? {} : { events: rt.trace.events }),
    ...(rt.trace?.names.places === undefined ? {} : { names: rt.trace.names.places }),
    ...(rt.trace === null || rt.trace.turns.length === 0 ? {} : { turns: rt.trace.turns }),
  };
}

/** The schedule string of a run; empty on the real clock, whose runs cannot be replayed. */
export function scheduleOf(rt: Runtime, plan: RunPlan): string {
  const { clock } = plan.config;
  if (clock === "real") return "";
  if (rt.isControlled) return encodeChoices(rt.choices, plan.hash, clock);
  return encodeDirect(plan.strategyName, plan.seed, plan.hash);
}

/** Drives a run to its end, waiting for the host where only the host can go on. */
function finish(rt: Runtime, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let timeout: NodeJS.Timeout | undefined;
    const abort = (): void => {
      rt.stop({ why: "aborted", error: signal?.reason, g: null });
      pump();
    };
    const settle = (how: () => void): void => {
      signal?.removeEventListener("abort", abort);
      rt.onHostReady = null;
      how();
    };
    const pump = (): void => {
      clearTimeout(timeout);
      timeout = undefined;
      try {
        const pause = drive(rt);
        if (pause === "over") settle(resolve);
        else if (pause === "slice") setImmediate(pump);
        else if (rt.timers.length > 0) timeout = setTimeout(pump, msToNext(rt));
      } catch (error) {
        settle(() => reject(error));
      }
    };
    rt.onHostReady = () => setImmediate(pump);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
    else pump();
  });
}

/** Milliseconds of the host until the earliest timer of a run on the real clock. */
export function msToNext(rt: Runtime): number {
  const ms = Math.ceil(((rt.timers.peek()?.whenNs ?? 0) - rt.nowNs) / 1e6);
  return Math.min(Math.max(0, ms), 2 ** 31 - 1); // the host's longest; a later one would fire at once
}
