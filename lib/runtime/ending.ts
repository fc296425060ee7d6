// Ending: how a run ended, as the error that `run` rejects with and as the verdict and findings of a report.

import { inspect } from "node:util";
import {
  type ErrorData,
  type Finding,
  type GoroutineData,
  VERDICT_ORDER,
  type Verdict,
} from "../event/index.js";
import { panicsOf } from "./deferring.js";
import { describeAll, formatDump } from "./dump.js";
import { DeadlockError, FatalError, PanicError } from "./errors.js";
import { type G, Status } from "./g.js";
import type { Ending, Runtime } from "./runtime.js";
import { parseStack } from "./stack.js";

const ASLEEP = "all goroutines are asleep - deadlock!";
const NO_GOROUTINES = "no goroutines (main called runtime.Goexit) - deadlock!";

function deadlockText(rt: Runtime): string {
  return rt.live.length === 0 ? NO_GOROUTINES : ASLEEP;
}

/** The text that Go prints after `panic: ` for a value. */
export function panicText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof PanicError) return value.message;
  if (value instanceof Error)
    return value.name === "Error" ? value.message : `${value.name}: ${value.message}`;
  return inspect(value, { depth: 2 });
}

/** What Go prints for an uncaught panic: a line for it and for each one before it, all but the first indented. */
function panicsText(g: G, error: unknown): string {
  return panicsOf(g, error)
    .map(({ value, end }) => `panic: ${panicText(value).replaceAll("\n", "\n\t")}${end}`)
    .join("\n\t");
}

/**
 * The error that `run` rejects with: Go's text, a blank line, the dump. Keeps the original as its cause. `described`
 * are the goroutines, if the caller has described them already: each description resumes its generator once.
 */
export function endingError(rt: Runtime, ending: Ending, described?: readonly GoroutineData[]): Error {
  if (ending.why === "deadlock") {
    return new DeadlockError(
      `fatal error: ${deadlockText(rt)}\n\n${formatDump(described ?? describeAll(rt, null))}`.trimEnd(),
    );
  }
  if (ending.why === "panic") {
    const { error, g } = ending;
    const value = error instanceof PanicError ? error.value : error;
    const failure = new PanicError(`${panicsText(g, error)}\n\n${failingDump(rt, ending, described)}`, value);
    if (error instanceof Error) failure.cause = error;
    rt.trace?.add(g, "panic", null, null, panicText(error));
    return failure;
  }
  if (ending.why === "fatal") {
    const text = ending.error instanceof Error ? ending.error.message : String(ending.error);
    return new FatalError(`fatal error: ${text}\n\n${failingDump(rt, ending, described)}`, {
      cause: ending.error,
    });
  }
  return ending.error as Error;
}

function failingDump(rt: Runtime, ending: Ending, described?: readonly GoroutineData[]): string {
  const goroutines = described ?? describeAll(rt, ending.g);
  const stack =
    "error" in ending && ending.error instanceof Error ? parseStack(ending.error.stack ?? "") : [];
  const failing = goroutines.filter((g) => g.id === ending.g?.id).map((g) => ({ ...g, stack }));
  return formatDump([...failing, ...goroutines.filter((g) => g.id !== ending.g?.id)]);
}

const ENDING_VERDICTS: Record<Exclude<Ending["why"], "aborted">, Verdict> = {
  panic: "panic",
  fatal: "fatal",
  misuse: "misuse",
  diverged: "diverged",
  "out-of-steps": "out-of-steps",
  deadlock: "global-deadlock",
};

/** An error as plain data, with the positions of the program's own frames. */
export function errorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { name: "Error", message: panicText(error), stack: [] };
  const own = error instanceof PanicError && error.cause instanceof Error ? error.cause : error;
  return { name: own.name, message: own.message, stack: parseStack(own.stack ?? "") };
}

function waitList(goroutines: readonly GoroutineData[]): string {
  return goroutines
    .map((g) => `goroutine ${g.id} ${JSON.stringify(g.name)} waits in ${g.waitReason ?? g.status}`)
    .join("; ");
}

function tops(goroutines: readonly GoroutineData[]) {
  return goroutines.flatMap((g) => g.stack.slice(0, 1));
}

/** What is wrong with a finished run: its ending, then goroutines left blocked after main returned. */
export function findingsOf(rt: Runtime, goroutines: readonly GoroutineData[]): Finding[] {
  const findings: Finding[] = [];
  const { ending } = rt;
  const blocked = goroutines.filter((g) => g.status === "waiting");
  if (ending !== null && ending.why !== "aborted") {
    const verdict = ENDING_VERDICTS[ending.why];
    if (ending.why === "deadlock") {
      const message = `${deadlockText(rt)} ${waitList(blocked)}`.trimEnd();
      findings.push({ verdict, message, goroutines: blocked.map((g) => g.id), at: tops(blocked) });
    } else {
      const { stack } = errorData(ending.error);
      const message =
        ending.why === "panic" ? `panic: ${panicText(ending.error)}` : errorData(ending.error).message;
      findings.push({
        verdict,
        message,
        goroutines: ending.g === null ? [] : [ending.g.id],
        at: stack.slice(0, 1),
      });
    }
  }
  if (ending === null && rt.mainIsDone && rt.config.drains) {
    const left = leakedIn(rt).map((g) => g.id);
    const leaked = goroutines.filter((g) => left.includes(g.id));
    if (leaked.length > 0) {
      const message = `main returned and ${leaked.length === 1 ? "one goroutine is" : `${leaked.length} goroutines are`} blocked for ever: ${waitList(leaked)}`;
      findings.push({ verdict: "leak", message, goroutines: leaked.map((g) => g.id), at: tops(leaked) });
    }
  }
  return findings;
}

/**
 * Who is left behind and is a leak: as the detector says, or as far as it can be known without one. While somebody still
 * runs, or waits for time, it may wake the others; only who waits for nothing at all is lost for certain.
 */
function leakedIn(rt: Runtime): readonly G[] {
  for (const detector of rt.config.detectors ?? []) {
    const told = detector.leaked(rt);
    if (told !== null) return told;
  }
  const waiting = rt.live.filter((g) => g.status === Status.WAITING);
  return isQuiet(rt) ? waiting : waiting.filter((g) => /\((?:nil chan|no cases)\)$/.test(g.kind?.wait ?? ""));
}

/** True when nobody can go on, and neither time nor the host will change that. */
export function isQuiet(rt: Runtime): boolean {
  return rt.timers.length === 0 && rt.pendingHost === 0 && rt.live.every((g) => g.status === Status.WAITING);
}

/** The first of the findings' verdicts in the fixed order, or ok. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  return VERDICT_ORDER.find((v) => findings.some((f) => f.verdict === v)) ?? "ok";
}
