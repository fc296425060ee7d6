// mutationScore: does an exercise's check notice typical mistakes in its reference solution?
//
// Invariants:
//  I1. A mutant is dead when the check, in its own budget, gives it fewer points than the solution. One that lives is a
//      hole in the check, unless the list of equivalent ones says why nobody could tell it from the solution.
//  I2. A busy machine proves nothing: where a check only ran out of time it is made again with more. A mutant for which it
//      only found the machine too noisy is not noticed.
//  I3. On real threads a mistake shows itself when two meet in a gap of nanoseconds. What a check with a measured property did
//      not notice, it may look at again, up to three times in all.
//  I4. The list is honest: an entry that no mutant has, or whose mutant is dead, is an error.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type CheckResult,
  checkText,
  DEFAULT_LIMITS,
  type Limits,
  loadExercise,
  type Places,
} from "../grade/index.js";
import type { Mutant } from "./mutant.js";
import { mutantsOf } from "./mutants.js";

/** What became of a mutant. */
export interface Fate extends Omit<Mutant, "text"> {
  readonly fate: "dead" | "alive" | "equivalent";
  /** By what it died: `wrong-result in "every read sees 99"`; why it is equivalent. Empty when alive. */
  readonly why: string;
  readonly elapsedMs: number;
}

/** How well a check notices mistakes. */
export interface MutationScore {
  readonly id: string;
  readonly mutants: readonly Fate[];
  /** Dead by all that are not equivalent: 1 is best. */
  readonly score: number;
  /** Entries of the list of equivalent mutants that are wrong, one sentence each (I4). */
  readonly stale: readonly string[];
}

/** Reasons by key. */
export type Equivalents = Readonly<Record<string, string>>;

export interface ScoreOptions {
  readonly places: Places;
  readonly equivalents?: Equivalents;
  /** Of `[k, n]` only the k-th of n parts, k from 1. */
  readonly shard?: readonly [number, number];
  readonly onProgress?: (done: number, of: number) => void;
  /** What grades a text. Default: the exercise's check. */
  readonly check?: Check;
}

type Check = (text: string, limits: Partial<Limits>) => Promise<CheckResult>;

/** Where the reference solution of an exercise stands. */
export function solutionFile(id: string, { root }: Pick<Places, "root">): string {
  return join(root, "solutions", `${id}.ts`);
}

/**
 * Breaks an exercise's reference solution in all ways that `mutantsOf` knows, and lets the check grade each.
 *
 * **Cost:** a check for each mutant: about a second, for measured exercises up to a minute.
 * @throws {Error} `06-deadlocks/transfer: the solution itself does not pass: …`
 */
export async function mutationScore(id: string, options: ScoreOptions): Promise<MutationScore> {
  const { places, equivalents = {}, shard = [1, 1], onProgress } = options;
  const once = options.check ?? ((text, limits) => checkText(id, text, { places, limits }));
  const check = (text: string): Promise<CheckResult> => certain(once, text);
  const solution = readFileSync(solutionFile(id, places), "utf8");
  const right = await check(solution);
  if (right.status !== "pass")
    throw new Error(`${id}: the solution itself does not pass: ${reasonOf(right)}`);
  const all = mutantsOf(solution);
  const mine = all.filter((_, i) => i % shard[1] === shard[0] - 1);
  const mutants: Fate[] = [];
  const isDead = (result: CheckResult): boolean =>
    result.points < right.points && !isOnly(result, ["too-noisy"]); // I1, I2
  const looks = (await isMeasured(id, places)) ? LOOKS : 1;
  for (const { text, ...mutant } of mine) {
    const reason = equivalents[mutant.key];
    let result = await check(text);
    for (let look = 1; look < looks && reason === undefined && !isDead(result); look++) {
      result = await check(text); // I3
    }
    const { elapsedMs } = result;
    if (isDead(result)) mutants.push({ ...mutant, fate: "dead", why: reasonOf(result), elapsedMs });
    else
      mutants.push({
        ...mutant,
        fate: reason === undefined ? "alive" : "equivalent",
        why: reason ?? "",
        elapsedMs,
      });
    onProgress?.(mutants.length, mine.length);
  }
  return { id, mutants, score: scoreOf(mutants), stale: staleEntries(equivalents, all, mutants) };
}

/** How often a check that measures may look at a mutant that it did not notice (I3). */
const LOOKS = 3;

async function isMeasured(id: string, places: Places): Promise<boolean> {
  const { exercise } = await loadExercise(id, places);
  return exercise.properties.some(({ race }) => race !== undefined);
}

/** As much time as a check may take when it is made again, of what it has at first. */
const PATIENCE = 3;

/** Grades a text; once more with more time, when only time was the reason of its verdict (I2). */
async function certain(check: Check, text: string): Promise<CheckResult> {
  const { loadMs, labMs, raceMs } = DEFAULT_LIMITS;
  const limits = { loadMs: loadMs * PATIENCE, labMs: labMs * PATIENCE, raceMs };
  const result = await check(text, {});
  return isOnly(result, ["out-of-time", "not-run"]) ? check(text, limits) : result;
}

/** True when something failed, and everything that did failed with one of these verdicts. */
function isOnly({ properties, problem }: CheckResult, verdicts: readonly string[]): boolean {
  const failed: readonly { readonly verdict: string }[] = properties.filter(
    ({ status }) => status !== "pass",
  );
  const reasons = problem === undefined ? failed : [...failed, problem];
  return reasons.length > 0 && reasons.every(({ verdict }) => verdicts.includes(verdict));
}

/** Dead by all that are not equivalent; 1 when there is none. */
export function scoreOf(mutants: readonly Pick<Fate, "fate">[]): number {
  const counting = mutants.filter(({ fate }) => fate !== "equivalent");
  const dead = counting.filter(({ fate }) => fate === "dead").length;
  return counting.length === 0 ? 1 : dead / counting.length;
}

function staleEntries(equivalents: Equivalents, all: readonly Mutant[], seen: readonly Fate[]): string[] {
  return Object.keys(equivalents).flatMap((key) => {
    if (!all.some((mutant) => mutant.key === key)) return [`"${key}": no mutant has this key any more`];
    const fate = seen.find((mutant) => mutant.key === key);
    return fate?.fate === "dead" ? [`"${key}": the check notices it: ${fate.why}`] : [];
  });
}

function reasonOf({ problem, properties }: CheckResult): string {
  const failed = properties.find(({ status }) => status !== "pass");
  if (failed !== undefined) return `${failed.verdict} in "${failed.name}"`;
  return problem === undefined ? "fewer points" : problem.verdict;
}
