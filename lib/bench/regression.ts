// Regression: two saved measurements of the same scenario, one before a change and one after it.
//
// Invariants:
//  I1. Nothing is called slower that the rule of `decide` does not carry; the worse of the two machines' noise counts.
//  I2. Rounds of two files did not run side by side, so they are no pairs: the interval draws them apart.
//  I3. What was not the same work (other threads, another rate) is not compared, and a note names it.
import {
  type Comparison,
  decide,
  median,
  type NoiseData,
  type RatioData,
  type RoleResult,
  ratioOfMedians,
  type VariantResult,
} from "../stats/index.js";
import { type Metric, samplesOf } from "./ratios.js";

/** What is said of one figure. `slower` means: less throughput or longer times. */
export type RegressionOutcome = "slower" | "faster" | "no difference shown" | "too noisy to tell";

/** One figure of one role of one variant, before and after. */
export interface RegressionRow {
  readonly variant: string;
  readonly role: string;
  readonly metric: RatioData["metric"];
  /** Medians of the rounds: operations per second for `ops`, ns otherwise. */
  readonly before: number;
  readonly after: number;
  /** after / before, with the ends of its interval. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** 0.95; 0 with fewer than three rounds in either file, and then nothing is decided. */
  readonly confidence: number;
  readonly outcome: RegressionOutcome;
}

/** What {@link regression} found. Plain data. */
export interface Regression {
  readonly rows: readonly RegressionRow[];
  /** The worse of the two. */
  readonly noise: NoiseData;
  /** What was not the same in both, and what could not be compared. */
  readonly notes: readonly string[];
  /** Whether some row is `slower`. */
  readonly isSlower: boolean;
  /** Whether every row is `too noisy to tell`. */
  readonly isUnknown: boolean;
}

/** Options of {@link regression}. */
export interface RegressionOptions {
  /** Compares runs of different machines as well; a note says so. Default false. */
  readonly anyMachine?: boolean;
}

const CONTENDED: readonly Metric[] = ["ops", "corrected p50", "corrected p99"];
const TIMED: readonly Metric[] = ["time"];
/** Parameters of a whole measurement that change what its figures mean. */
const SIZES = ["durationMs", "ops", "timeEvery", "warmupMs"];

/**
 * Compares two measurements of the same variants: every variant with itself, role by role, `before` with `after`.
 * `loadComparison` reads what an earlier run has saved.
 *
 * The rule is that of `contend` (a margin of 5%, or of the machine's noise), so at least three rounds are needed on either
 * side. A machine that was slower by itself on one of the two days looks like a regression: run both on a quiet machine.
 *
 * **Cost:** about 2 ms a row.
 *
 * @throws {TypeError} `regression: expected two measurements of one kind, got contend and time`
 * @throws {RangeError} `regression: the two have no role of a variant in common: a/reader; b/reader`
 * @throws {RangeError} `regression: expected both to be measured on one machine, got 2 cores (Xeon, linux) and 8 cores (M1, darwin)`
 * @example
 * const sum = (n: number) => { let s = 0; for (let i = 0; i < n; i++) s += i; return s; };
 * const before = await time({ sum: () => sum(100) }, { durationMs: 5, rounds: 3 });
 * const after = await time({ sum: () => sum(2000) }, { durationMs: 5, rounds: 3 });
 * console.log(regression(before, after).rows.map((row) => `${row.variant} ${row.metric}`).join()); // prints: sum time
 */
export function regression(
  before: Comparison,
  after: Comparison,
  options: RegressionOptions = {},
): Regression {
  if (before.kind !== after.kind) {
    throw new TypeError(
      `regression: expected two measurements of one kind, got ${before.kind} and ${after.kind}`,
    );
  }
  const notes = machineNotes(before, after, options.anyMachine === true);
  const noise = worse(before.noise, after.noise);
  const metrics = before.kind === "time" ? TIMED : CONTENDED;
  const pairs = pairsOf(before, after);
  const rows = pairs.flatMap(({ was, is, role }) => {
    const change = otherWork(was.roles[role]!, is.roles[role]!);
    if (change !== "") {
      notes.push(`${was.name}, ${role}: not compared, ${change}.`);
      return [];
    }
    return metrics.flatMap((metric) => rowOf(was, is, role, metric, noise));
  });
  return {
    rows,
    noise,
    notes: [...notes, ...missingNotes(before, after)],
    isSlower: rows.some((row) => row.outcome === "slower"),
    isUnknown: rows.every((row) => row.outcome === "too noisy to tell"),
  };
}

interface Pair {
  readonly was: VariantResult;
  readonly is: VariantResult;
  readonly role: string;
}

function pairsOf(before: Comparison, after: Comparison): Pair[] {
  const pairs = before.variants.flatMap((was) => {
    const is = after.variants.find(({ name }) => name === was.name);
    if (is === undefined) return [];
    return Object.keys(was.roles)
      .filter((role) => role in is.roles)
      .map((role) => ({ was, is, role }));
  });
  if (pairs.length > 0) return pairs;
  const both = [before, after].map((each) => namesOf(each).join(", "));
  throw new RangeError(`regression: the two have no role of a variant in common: ${both.join("; ")}`);
}

function rowOf(
  was: VariantResult,
  is: VariantResult,
  role: string,
  metric: Metric,
  noise: NoiseData,
): RegressionRow[] {
  if (metric === "ops" && was.roles[role]?.rateHz !== undefined) return [];
  const [old, now] = [samplesOf(was, role, metric), samplesOf(is, role, metric)];
  if (old.length === 0 || now.length === 0) return [];
  if (![...old, ...now].every((value) => value > 0 && Number.isFinite(value))) return [];
  const interval = ratioOfMedians(now, old, { pairs: false }); // I2
  const decision = decide({ interval, noise, better: metric === "ops" ? "more" : "less" });
  const outcome = decision === "A faster" ? "faster" : decision === "B faster" ? "slower" : decision;
  const both = { before: median(old), after: median(now) };
  return [{ variant: was.name, role, metric, ...both, ...interval, outcome }];
}

/** I3. Empty when both roles did the same. */
function otherWork(was: RoleResult, is: RoleResult): string {
  if (was.threads !== is.threads) return `threads were ${was.threads}, are ${is.threads}`;
  if (was.rateHz === is.rateHz) return "";
  return `rateHz was ${was.rateHz ?? "none"}, is ${is.rateHz ?? "none"}`;
}

function worse(a: NoiseData, b: NoiseData): NoiseData {
  const noisier = a.isNoisy === b.isNoisy ? (a.spread > b.spread ? a : b) : a.isNoisy ? a : b;
  return {
    spread: Math.max(a.spread, b.spread),
    longestGapMs: Math.max(a.longestGapMs, b.longestGapMs),
    isNoisy: noisier.isNoisy,
    note: noisier.note,
  };
}

function machineNotes(before: Comparison, after: Comparison, isAllowed: boolean): string[] {
  const [was, is] = [before.environment, after.environment];
  const machine = ({ cores, cpu, platform }: typeof was) => `${cores} cores (${cpu.trim()}, ${platform})`;
  const notes: string[] = [];
  if (machine(was) !== machine(is)) {
    const both = `${machine(was)} and ${machine(is)}`;
    if (!isAllowed) {
      throw new RangeError(`regression: expected both to be measured on one machine, got ${both}`);
    }
    notes.push(`Two machines: ${both}. What differs may be theirs.`);
  }
  for (const [what, a, b] of [
    ["Node", was.node, is.node],
    ["flags", was.flags.join(" ") || "none", is.flags.join(" ") || "none"],
    ["size", was.mode, is.mode],
    ...SIZES.map((name) => [name, before.parameters[name] ?? "none", after.parameters[name] ?? "none"]),
  ]) {
    if (a !== b) notes.push(`${what}: ${a} before, ${b} after.`);
  }
  return notes;
}

function namesOf({ variants }: Comparison): string[] {
  return variants.flatMap(({ name, roles }) => Object.keys(roles).map((role) => `${name}/${role}`));
}

function missingNotes(before: Comparison, after: Comparison): string[] {
  const [was, is] = [namesOf(before), namesOf(after)];
  return [
    ...was.filter((name) => !is.includes(name)).map((name) => `${name}: only before.`),
    ...is.filter((name) => !was.includes(name)).map((name) => `${name}: only after.`),
  ];
}
