// Sixadvice: which structure for which work, told from a result of `six` and from nothing else.
//
// Invariants:
//  I1. A structure is chosen when none is shown to be better: the best one, and all that are not shown to be worse.
//  I2. When that leaves more than half of them, nothing has been told: "cannot tell".
//  I3. Whose readers wait for a long write is told beside the same structure's short writes. They do when the p99 of every round
//      is a quarter of the hold or more, and was below a twentieth in most rounds with short writes; they do not when it is
//      below a twentieth in most rounds. Anything else cannot be told: where other programs keep readers waiting, say.
import { median, type RatioData, type VariantResult } from "../stats/index.js";
import { ratiosOf } from "./ratios.js";
import { type SixResult, type SixRow, type SixWork, sixComparison, sixRows } from "./sixresult.js";

/** One answer. */
export interface SixAdvice {
  readonly work: SixWork;
  /** What is asked, e.g. `How often is it written: half of the time`. */
  readonly question: string;
  /** Equally good as far as this measurement can tell; empty when it cannot. */
  readonly choose: readonly string[];
  /** Whether the measurement carries a choice. */
  readonly isSure: boolean;
  /** The figures that say so. */
  readonly why: string;
}

const WAITS_FROM = 1 / 4;
const FREE_BELOW = 1 / 20;
const COLUMNS = 96;

/**
 * Says which of the six structures to use for which work on the machine on which `result` was measured, and why. A pure function.
 */
export function sixAdvice(result: SixResult): SixAdvice[] {
  const { threads } = result;
  return [
    longWrite(result),
    best(
      result,
      "read",
      `hardly ever written, read by ${threads} threads`,
      "worker",
      "ops",
      (row) => row.readNs,
    ),
    best(result, "95/5", "one operation in 20 writes", "worker", "ops", (row) => row.mixed95Ns),
    best(result, "50/50", "every other operation writes", "worker", "ops", (row) => row.mixed50Ns),
    best(
      result,
      "short writes",
      "short writes, and what counts is how long a reader waits",
      "reader",
      "corrected p99",
      (row) => row.short.p99Ns,
    ),
  ];
}

/** The answers as a decision tree to read, at most 96 columns wide. */
export function sixTree(advice: readonly SixAdvice[]): string {
  const [long, ...others] = advice;
  if (long === undefined) return "";
  const answer = ({ choose, isSure }: SixAdvice) => (isSure ? choose.join(" or ") : "cannot tell");
  const lines = [
    "Can a write take long (I/O, a build)?",
    `├─ yes → ${answer(long)}`,
    ...wrapped(long.why, "│        "),
    "└─ no:",
  ];
  others.forEach((each, i) => {
    const isLast = i === others.length - 1;
    lines.push(`   ${isLast ? "└─" : "├─"} ${each.question} → ${answer(each)}`);
    lines.push(...wrapped(each.why, `   ${isLast ? "  " : "│ "}    `));
  });
  return lines.join("\n");
}

/** Lines of at most 96 columns, broken after semicolons and where needed after commas; each begins with `indent`. */
function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  for (const clause of text.split(/(?<=;) /)) {
    let line = "";
    for (const part of clause.split(/(?<=[,:]) /)) {
      const longer = line === "" ? indent + part : `${line} ${part}`;
      if (line !== "" && longer.length > COLUMNS) lines.push(line);
      line = longer.length > COLUMNS ? indent + part : longer;
    }
    lines.push(line);
  }
  return lines;
}

function longWrite(result: SixResult): SixAdvice {
  const holdNs = result.holdMs * 1e6;
  const { variants, environment } = sixComparison(result, "long write");
  const waiting: string[] = [];
  const free: string[] = [];
  const calm = sixComparison(result, "short writes").variants;
  for (const variant of variants) {
    const { name } = variant;
    const p99s = readersP99(variant);
    const isCalm = calm.some((each) => each.name === name && median(readersP99(each)) < holdNs * FREE_BELOW);
    if (isCalm && p99s.every((p99) => p99 >= holdNs * WAITS_FROM)) waiting.push(name);
    else if (median(p99s) < holdNs * FREE_BELOW) free.push(name);
  }
  const isSure = free.length > 0 && waiting.length > 0 && environment.mode !== "smoke";
  const unclear = variants.map(({ name }) => name).filter((name) => ![...free, ...waiting].includes(name));
  const rows = sixRows(result);
  const ofAll = (words: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [words + names.map((name) => `${name} ${time(rowOf(rows, name).long.p99Ns)}`).join(", ")];
  const groups = [
    ...ofAll("", free),
    ...ofAll("they wait with ", waiting),
    ...ofAll("cannot be told of ", unclear),
  ];
  return {
    work: "long write",
    question: `a write is held for ${result.holdMs} ms`,
    choose: isSure ? free : [],
    isSure,
    why: `p99 of readers while one write is held for ${result.holdMs} ms: ${groups.join("; ")}`,
  };
}

function readersP99({ rounds }: VariantResult): number[] {
  return rounds.map((round) => round.roles["reader"]?.corrected.p99Ns ?? Number.POSITIVE_INFINITY);
}

function best(
  result: SixResult,
  work: SixWork,
  question: string,
  role: string,
  metric: RatioData["metric"],
  figure: (row: SixRow) => number,
): SixAdvice {
  const { variants, noise, environment } = sixComparison(result, work);
  const rows = [...sixRows(result)].sort((a, b) => figure(a) - figure(b));
  const first = (rows[0] as SixRow).structure;
  const ratios = ratiosOf(variants, first, noise, [metric]).filter((ratio) => ratio.role === role);
  const worse = ratios.filter(({ decision }) => decision === "B faster").map(({ a }) => a);
  const choose = rows.map(({ structure }) => structure).filter((name) => !worse.includes(name));
  const isSure = choose.length * 2 <= rows.length && environment.mode !== "smoke"; // I2
  const figures = rows.map((row) => `${row.structure} ${time(figure(row))}`).join(", ");
  const unit = metric === "ops" ? "an operation" : "p99 of readers, corrected";
  return {
    work,
    question,
    choose: isSure ? choose : [],
    isSure,
    why: `${unit}: ${figures}${isSure ? "" : " (differences within the noise, or too few rounds)"}`,
  };
}

function rowOf(rows: readonly SixRow[], name: string): SixRow {
  return rows.find((row) => row.structure === name) as SixRow;
}

/** `plot` has a better one, but stands above this room. */
function time(ns: number): string {
  if (ns === Number.POSITIVE_INFINITY) return "nothing done"; // no thread was given a core
  if (ns >= 1e6) return `${Number((ns / 1e6).toPrecision(3))} ms`;
  if (ns >= 1e3) return `${Number((ns / 1e3).toPrecision(3))} µs`;
  return `${Number(ns.toPrecision(3))} ns`;
}
