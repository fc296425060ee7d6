// ours: which outcomes a description has in this library, under every strategy there is.

import { type Report, type RunOptions, report } from "happens-before";
import { strategyNames } from "../../lib/runtime/index.js";
import type { Description } from "./description.js";
import { type Fault, interpret } from "./interpret.js";

/** Outcomes and, for each, a schedule that shows it. */
export type Outcomes = Map<string, { readonly schedule: string; readonly how: string }>;

/** Strategies that are not asked for by name alone. */
const NEED_MORE: readonly string[] = ["replay", "player", "dpor"];

/** Steps after which a run counts as spinning; its outcome is then of no interest. */
const MAX_STEPS = 3000;

/** All ways to run: every strategy on the clocks that make a difference, gmp also with several Ps. */
export function waysToRun(): { how: string; options: RunOptions; weight: number }[] {
  const ways: { how: string; options: RunOptions; weight: number }[] = [];
  for (const strategy of strategyNames() as NonNullable<RunOptions["strategy"]>[]) {
    if (NEED_MORE.includes(strategy)) continue;
    if (strategy === "gmp") {
      for (const procs of [1, 2, 4]) {
        ways.push({ how: `gmp-${procs}`, options: { strategy, procs, clock: "jump" }, weight: 0.05 });
      }
      continue;
    }
    const weight = strategy === "fifo" ? 0.05 : 0.25;
    const freeWeight = strategy === "random" ? 1 : weight;
    ways.push({ how: `${strategy}/free`, options: { strategy, clock: "free" }, weight: freeWeight });
    ways.push({ how: `${strategy}/jump`, options: { strategy, clock: "jump" }, weight });
  }
  return ways;
}

/** What a report says in one line: the log that main returned, or the first line of what it died with. */
export function outcomeOf(r: Report<string>): string | undefined {
  if (r.verdict === "out-of-steps") return undefined;
  if (r.result !== undefined) return r.result;
  const text = r.error?.message.split("\n")[0] ?? r.verdict;
  return r.verdict === "panic" && !text.startsWith("panic: ") ? `panic: ${text}` : text;
}

/** Runs `runs` schedules of the random walk, and a share of that of every other strategy. */
export async function ourOutcomes(d: Description, runs: number, fault?: Fault): Promise<Outcomes> {
  const found: Outcomes = new Map();
  const program = interpret(d, fault);
  const source = JSON.stringify(d);
  for (const { how, options, weight } of waysToRun()) {
    const count = Math.ceil(runs * weight);
    for (let i = 1; i <= count; i++) {
      const r = await report(program, { ...options, seed: String(i), source, maxSteps: MAX_STEPS });
      const outcome = outcomeOf(r);
      if (outcome !== undefined && !found.has(outcome)) found.set(outcome, { schedule: r.schedule, how });
    }
  }
  return found;
}
