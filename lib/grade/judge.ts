// judge: what a property left behind becomes its result. A pure function of plain data.
import type { ErrorData, Exploration, Finding, Report, Verdict } from "../event/index.js";
import { renamed, render } from "../plot/index.js";
import type { Comparison } from "../stats/index.js";
import { CHECK_FAILED, GENERIC_HINTS, MEANING } from "./advice.js";
import type { LabProperty, Property, RaceProperty } from "./exercise.js";
import type { Outcome } from "./message.js";
import { findingWords } from "./racewords.js";
import type { Problem, PropertyResult, Status } from "./result.js";

/** What is known about the whole check. */
export interface Context {
  /** What people type after `hb check` and `hb replay`. */
  readonly name: string;
  readonly seed: string;
  readonly elapsedMs: number;
}

export interface Judgement {
  readonly status: Status;
  readonly verdict: PropertyResult["verdict"];
  readonly message: string;
  readonly shown?: string;
  readonly failure?: Report<unknown>;
}

/** Judges one property. Never throws: an `expect` that throws is a `check-failed`. */
export function judge<X>(property: Property<X>, outcome: Outcome, context: Context): PropertyResult {
  const judgement = judgeOutcome(property, outcome);
  const { status, verdict, message, shown, failure } = judgement;
  return {
    ...blank(property, context),
    status,
    verdict,
    message,
    points: status === "pass" ? property.points : 0,
    hints: status === "pass" ? [] : hintsFor(property, verdict),
    ...(shown === undefined ? {} : { shown }),
    ...(failure === undefined ? {} : { seed: context.seed, ...drawn(failure, context) }),
  };
}

/** A property that left nothing behind, because something befell the submission. */
export function unfinished<X>(property: Property<X>, problem: Problem, context: Context): PropertyResult {
  const { verdict, message } = problem;
  const status = verdict === "not-run" || verdict === "check-failed" ? "unknown" : "fail";
  return { ...blank(property, context), status, verdict, message, hints: hintsFor(property, verdict) };
}

function blank<X>(property: Property<X>, context: Context): PropertyResult {
  return {
    name: property.name,
    status: "unknown",
    points: 0,
    maxPoints: property.points,
    verdict: "not-run",
    message: "",
    hints: [],
    ...(property.go === undefined ? {} : { go: property.go }),
    elapsedMs: context.elapsedMs,
  };
}

function hintsFor<X>(property: Property<X>, verdict: Problem["verdict"]): readonly string[] {
  if (verdict === "not-run" || verdict === "check-failed") return [];
  return property.hints[verdict] ?? GENERIC_HINTS[verdict] ?? [];
}

function judgeOutcome<X>(property: Property<X>, outcome: Outcome): Judgement {
  if (outcome.kind === "threw") return judgeError(outcome.error);
  if (outcome.kind === "explored" && property.lab !== undefined)
    return judgeLab(property, outcome.exploration);
  if (outcome.kind === "measured" && property.lab === undefined)
    return judgeRace(property, outcome.comparison);
  return {
    status: "unknown",
    verdict: "check-failed",
    message: `${CHECK_FAILED}: it left "${outcome.kind}"`,
  };
}

function judgeLab<X>(property: LabProperty<X>, exploration: Exploration<unknown>): Judgement {
  const { failure, verdict } = exploration;
  const missing = notImplemented(failure?.error);
  if (missing !== undefined) return missing;
  const stopped = outOfTime(failure?.error);
  if (stopped !== undefined) return stopped;
  const said = ask(() => property.expect(exploration));
  if (said.broken !== undefined) return said.broken;
  if (said.wrong === undefined)
    return { status: "pass", verdict: "ok", message: "", shown: exploration.claim };
  const message = [said.wrong, failure === undefined ? "" : explain(verdict, failure, said.wrong)];
  return {
    status: "fail",
    verdict: verdict === "ok" ? "wrong-result" : verdict,
    message: message.filter((line) => line !== "").join("\n"),
    ...(failure === undefined ? {} : { failure }),
  };
}

function judgeRace<X>(property: RaceProperty<X>, comparison: Comparison): Judgement {
  const said = ask(() => property.expect(comparison));
  if (said.broken !== undefined) return said.broken;
  const shown = comparison.ratios.map(ratioSentence).join("; ");
  if (said.wrong === undefined) return { status: "pass", verdict: "ok", message: "", shown };
  if (said.wrong === "too-noisy") {
    const message = `${MEANING["too-noisy"]} ${comparison.noise.note}`.trim();
    return { status: "unknown", verdict: "too-noisy", message };
  }
  return {
    status: "fail",
    verdict: "too-slow",
    message: `${said.wrong}${shown === "" ? "" : `\nMeasured: ${shown}`}`,
  };
}

function ratioSentence({ a, b, role, metric, ratio, low, high }: Comparison["ratios"][number]): string {
  const [r, l, h] = [ratio, low, high].map((value) => value.toPrecision(3));
  return `${metric} of ${role}: ${a} is ${r} times ${b} (95%: ${l} to ${h})`;
}

/** A file that the learner did not write: what a check throws says by itself what is wrong. */
const OF_A_CHECK = /\.(?:check|hidden)\.[cm]?[jt]s\b/;

/** Judges an error that reached the driver. */
export function judgeError(error: ErrorData): Judgement {
  const special = notImplemented(error) ?? outOfTime(error);
  if (special !== undefined) return special;
  const [at] = error.stack;
  const isTheirs = at !== undefined && !OF_A_CHECK.test(at.file);
  const where = isTheirs ? ` (${at.file}:${at.line}:${at.column})` : "";
  const message = `${errorText(error)}${where}`;
  const verdict = error.name === "MisuseError" ? "misuse" : "panic";
  return { status: "fail", verdict, message };
}

/** `TypeError: …`, or the message alone when the name says nothing. */
export function errorText({ name, message }: ErrorData): string {
  return name === "Error" ? message : `${name}: ${message}`;
}

/** The stub's own words, when an error carries them. */
function notImplemented(error: ErrorData | undefined): Judgement | undefined {
  const match = /\bnot implemented\b(?::\s*([^\n]*))?/.exec(error?.message ?? "");
  if (match === null) return undefined;
  const what = match[1]?.trim() ?? "";
  return {
    status: "fail",
    verdict: "not-implemented",
    message: `not implemented${what === "" ? "" : `: ${what}`}`,
  };
}

/** The loop guard's error: the submission was asked to stop and did. */
function outOfTime(error: ErrorData | undefined): Judgement | undefined {
  if (error?.name !== "InterruptError") return undefined;
  const [at] = error.stack;
  const where = at === undefined ? "" : ` It was in the loop at ${at.file}:${at.line} then.`;
  return { status: "fail", verdict: "out-of-time", message: `${MEANING["out-of-time"]}${where}` };
}

function ask(expect: () => string | undefined): { wrong?: string | undefined; broken?: Judgement } {
  try {
    return { wrong: expect() };
  } catch (error) {
    const message = `${CHECK_FAILED}: ${error instanceof Error ? error.message : String(error)}`;
    return { broken: { status: "unknown", verdict: "check-failed", message } };
  }
}

/** The verdict's meaning and the explorer's own words, unless the check has said them already. */
function explain(verdict: Verdict, failure: Report<unknown>, said: string): string {
  const finding: Finding | undefined = failure.findings.find((found) => found.verdict === verdict);
  const found = finding === undefined ? undefined : findingWords(finding);
  const words = found ?? failure.error?.message.split("\n")[0] ?? "";
  if (words === "" || said.includes(words)) return "";
  return renamed(words, failure.names);
}

function drawn(failure: Report<unknown>, context: Context): Partial<PropertyResult> {
  const source = { source: context.name };
  return {
    schedule: failure.schedule,
    replay: `npx hb replay ${context.name} ${failure.schedule}`,
    report: {
      text: render(failure, "text", source),
      ansi: render(failure, "ansi", source),
      svg: render(failure, "svg", source),
    },
  };
}
