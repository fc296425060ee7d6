// reportThreads: a run on threads as the laboratory reports its runs, so that traces, profiles and pictures are drawn the same way.

import type { Report, Verdict } from "../event/index.js";
import type { Go } from "../op/index.js";
import { parseStack } from "../runtime/index.js";
import type { Shareable } from "../threads/index.js";
import { monotonicNs } from "./clock.js";
import type { Callable } from "./functions.js";
import { Ended, M, S } from "./layout.js";
import type { Machine } from "./machine.js";
import { goroutinesOf, type Outcome } from "./outcome.js";
import type { Ending, Program } from "./program.js";
import { conduct, type RunThreadsOptions } from "./run.js";
import { schedLine } from "./schedtrace.js";
import { merged, type Notes } from "./trace.js";

/** Options of a run that is reported. */
export interface ReportThreadsOptions<A> extends RunThreadsOptions<A> {
  /** Keeps every event and every turn of a P. A few microseconds for each. */
  readonly trace?: boolean;
  /** Writes a line about the scheduler every so many milliseconds. Go: GODEBUG=schedtrace=1000 */
  readonly schedtrace?: { readonly everyMs: number; line(text: string): void };
}

/**
 * Like `runThreads`, but never rejects for what the program does: resolves to a report in the laboratory's form, which `chromeTrace` and the
 * profiles of `happens-before` take as well. `virtualNs` is real time; there is no seed and no schedule.
 *
 * **Cost:** as `runThreads`; with `trace` a few microseconds for each event.
 *
 * @example
 * const seen = await reportThreads(2, function* main(t) {
 *   yield* t.chan().recv();
 * });
 * console.log(seen.verdict, seen.goroutines[0]?.waitReason); // prints: global-deadlock chan receive
 */
export async function reportThreads<A extends Shareable[] | [], R>(
  threads: number,
  main: (t: Machine, ...args: A) => Go<R>,
  options: ReportThreadsOptions<A> = {},
): Promise<Report<R>> {
  const { trace = false, schedtrace } = options;
  checkSchedtrace(schedtrace?.everyMs);
  const { program, ending, outcome } = await conduct(threads, main as unknown as Callable, options, {
    hasTrace: trace,
    ...(schedtrace === undefined ? {} : { watch: (running: Program) => print(running, schedtrace) }),
  });
  return reportOf<R>(program, ending, outcome, trace);
}

function print(
  program: Program,
  { everyMs, line }: { everyMs: number; line(text: string): void },
): () => void {
  const timer = setInterval(() => line(schedLine(program.words, monotonicNs() - program.startNs)), everyMs);
  return () => clearInterval(timer);
}

function reportOf<R>(program: Program, ending: Ending, outcome: Outcome, hasTrace: boolean): Report<R> {
  const verdict = verdictOf(ending, outcome);
  const error = outcome.kind === "error" ? errorOf(outcome.error) : undefined;
  const goroutines = goroutinesOf(ending.leavings);
  const ids = goroutines.map(({ id }) => id);
  return {
    verdict,
    ...(outcome.kind === "result" ? { result: outcome.value as R } : {}),
    ...(error === undefined
      ? { findings: [] }
      : { error, findings: [{ verdict, message: error.message, goroutines: ids, at: error.stack }] }),
    seed: "",
    schedule: "",
    ...figuresOf(program),
    goroutines,
    ...(hasTrace ? merged(notesOf(ending)) : {}),
  };
}

function verdictOf(ending: Ending, outcome: Outcome): Verdict {
  if (outcome.kind === "result") return "ok";
  if (ending.how === Ended.DEADLOCK) return "global-deadlock";
  if (ending.how !== Ended.PANIC) return "fatal"; // stopped from outside, or a thread died
  return outcome.error instanceof Error && outcome.error.name === "MisuseError" ? "misuse" : "panic";
}

function errorOf(error: unknown): NonNullable<Report["error"]> {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: [] };
  return { name: error.name, message: error.message, stack: parseStack(error.stack ?? "") };
}

function notesOf(ending: Ending): Notes[] {
  return ending.leavings.map(({ notes }) => notes).filter((notes) => notes !== undefined);
}

/** Sums over the threads of what they counted. */
function figuresOf({ words, startNs }: Program): Pick<Report, "steps" | "virtualNs" | "metrics"> {
  const { i32 } = words;
  const ms = Array.from({ length: i32[S.M_COUNT] as number }, (_, id) => words.m(id));
  const sum = (word: number) => ms.reduce((total, m) => total + (i32[m + word] as number), 0);
  return {
    steps: sum(M.TICKS),
    virtualNs: monotonicNs() - startNs,
    metrics: {
      threads: ms.length,
      started: sum(M.STARTED),
      stolen: sum(M.STOLEN),
      parks: sum(M.PARKS),
      wakesAcrossThreads: sum(M.WAKES),
      sleeps: sum(M.SLEEPS),
    },
  };
}

function checkSchedtrace(everyMs: number | undefined): void {
  if (everyMs === undefined || (typeof everyMs === "number" && everyMs > 0)) return;
  throw new RangeError(
    `reportThreads: expected \`schedtrace.everyMs\` to be a number > 0, got ${String(everyMs)}`,
  );
}
