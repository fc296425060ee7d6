// Litmus: runs a litmus test on real threads, many times over, and counts its outcomes.

import { carry, type Shareable, team } from "../threads/index.js";
import { LINE_WORDS, litmusBody, PART_BITS, partsOf, variablesOf } from "./litmusbody.js";
import { type LitmusTest, litmusTests } from "./litmustests.js";

/** Options of `litmus`. */
export interface LitmusOptions {
  /** `atomics` (default) or the accesses of ordinary variables, about which JavaScript promises next to nothing. */
  readonly accesses?: "atomics" | "plain";
  /** How often the threads meet; rounded up to whole batches of 1024. Default: 100,000. */
  readonly rounds?: number;
  /** No limit when absent. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** One outcome of a litmus test. */
export interface LitmusOutcome {
  /** Registers and last values, by name. */
  readonly values: Readonly<Record<string, number>>;
  readonly count: number;
  readonly isForbidden: boolean;
}

/** What a litmus test has shown. Plain data. */
export interface LitmusResult {
  readonly test: string;
  readonly accesses: "atomics" | "plain";
  readonly rounds: number;
  /** By their values, in ascending order; only those that were seen. */
  readonly outcomes: readonly LitmusOutcome[];
  /** How often the outcome was seen that sequential consistency forbids. */
  readonly forbidden: number;
}

const BATCH_ROUNDS = 1024;
const MOST_PARTS = 8;
const MOST_ROUNDS = 2 ** 30;

/**
 * Runs a litmus test on as many threads as it has, and counts its outcomes.
 *
 * With `Atomics` the forbidden outcome never comes: JavaScript's atomics are sequentially consistent. What plain accesses show depends on
 * engine and processor; an x86 shows SB, an ARM more. Not seen is not the same as impossible.
 *
 * **Cost:** some 0.5 us a round where each thread has a core; more threads than cores make fewer rounds overlap.
 *
 * @throws {TypeError} ``litmus: expected the name of a test (SB, MP, …) or a test, got "XY"``
 * @example
 * const seen = await litmus("MP", { rounds: 2000 });
 * console.log(seen.forbidden, seen.rounds); // prints: 0 2048
 */
export async function litmus(
  test: LitmusTest | keyof typeof litmusTests,
  options: LitmusOptions = {},
): Promise<LitmusResult> {
  const { accesses = "atomics", rounds = 100_000, deadlineMs, signal } = options;
  const known = checkedTest(test);
  checkRounds(rounds);
  const batches = Math.ceil(rounds / BATCH_ROUNDS);
  const parts = partsOf(known);
  const counts = words(2 ** (PART_BITS * parts.length));
  const args: Shareable[] = [
    words(BATCH_ROUNDS * variablesOf(known).length * LINE_WORDS),
    words(BATCH_ROUNDS * parts.length),
    words((known.threads.length + 1) * LINE_WORDS),
    counts,
    batches,
    BATCH_ROUNDS,
  ];
  const body = carry(litmusBody(known, accesses === "plain"));
  await team(known.threads.length, body, {
    args,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(signal === undefined ? {} : { signal }),
  });
  const outcomes = outcomesOf(known, parts, counts);
  const forbidden = outcomes.find(({ isForbidden }) => isForbidden)?.count ?? 0;
  return { test: known.name, accesses, rounds: batches * BATCH_ROUNDS, outcomes, forbidden };
}

function words(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * count));
}

function outcomesOf(test: LitmusTest, parts: readonly string[], counts: Int32Array): LitmusOutcome[] {
  const outcomes: LitmusOutcome[] = [];
  counts.forEach((count, key) => {
    if (count === 0) return;
    const mask = 2 ** PART_BITS - 1;
    const values = Object.fromEntries(parts.map((part, i) => [part, (key >> (PART_BITS * i)) & mask]));
    const isForbidden = Object.entries(test.forbidden).every(([part, value]) => values[part] === value);
    outcomes.push({ values, count, isForbidden });
  });
  const order = ({ values }: LitmusOutcome) => parts.map((part) => values[part]).join("");
  return outcomes.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/**
 * Writes the outcomes of litmus tests as a table.
 *
 * @example
 * const seen = await litmus("CoRR", { rounds: 1024 });
 * console.log(litmusText([seen]).split("\n")[0]); // prints: CoRR, atomics, 1024 rounds: the forbidden outcome was not seen
 */
export function litmusText(results: readonly LitmusResult[]): string {
  return results.map(textOf).join("\n\n");
}

function textOf({ test, accesses, rounds, outcomes, forbidden }: LitmusResult): string {
  const verdict = forbidden === 0 ? "was not seen" : `was seen ${forbidden} times`;
  const rows = outcomes.map(({ values, count, isForbidden }) => {
    const parts = Object.entries(values).map(([part, value]) => `${part}=${value}`);
    return `${String(count).padStart(10)}  ${parts.join(" ")}${isForbidden ? "  forbidden" : ""}`;
  });
  return [`${test}, ${accesses}, ${rounds} rounds: the forbidden outcome ${verdict}`, ...rows].join("\n");
}

function checkedTest(test: LitmusTest | keyof typeof litmusTests): LitmusTest {
  const known = typeof test === "string" ? litmusTests[test] : test;
  if (known === undefined) {
    const names = Object.keys(litmusTests).join(", ");
    throw new TypeError(
      `litmus: expected the name of a test (${names}) or a test, got ${JSON.stringify(test)}`,
    );
  }
  const parts = partsOf(known);
  if (parts.length > MOST_PARTS)
    throw new RangeError(
      `litmus: expected at most ${MOST_PARTS} registers and last values, got ${parts.length}`,
    );
  const missing = Object.keys(known.forbidden).find((part) => !parts.includes(part));
  if (missing !== undefined)
    throw new TypeError(`litmus: expected \`forbidden\` to name registers and last values, got ${missing}`);
  const names = [...parts, ...variablesOf(known)];
  const odd = names.find((name) => !/^[a-z]\w*$/.test(name));
  if (odd !== undefined)
    throw new TypeError(`litmus: expected names of letters and digits, got ${JSON.stringify(odd)}`);
  return known;
}

function checkRounds(rounds: number): void {
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= MOST_ROUNDS) return;
  throw new RangeError(
    `litmus: expected \`rounds\` to be an integer from 1 to ${MOST_ROUNDS}, got ${String(rounds)}`,
  );
}
