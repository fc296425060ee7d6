// explore: runs a program under many schedules and tells what they showed.
//
// Invariants:
//  I1. A schedule depends on the program, the seed and its index only, so the failing schedule with the lowest
//      index is the same on any machine.
//  I2. The first schedule runs twice; a program that does not do the same thing twice is refused.
//  I3. A failure is shrunk, then replayed twice; when a replay ends otherwise the verdict is `diverged`.
//
// The names of strategies and the idea of printing a schedule that replays are shuttle's (Rust).

import { forgetPlainAccesses, plainAccessText } from "../atomic/index.js";
import type { Exploration } from "../event/index.js";
import type { Body, Program } from "../op/index.js";
import { reportAcross } from "./crossruns.js";
import { exploreAll } from "./exhaustive.js";
import { isSame, refused, reportFailure, sampleClaim } from "./failure.js";
import { budgetOf, type ExploreOptions, refuseThreads } from "./options.js";
import { shown } from "./outcomes.js";
import { runParallel, type ThreadJob } from "./parallel.js";
import { Portfolio } from "./portfolio.js";
import { isProgramFile, loadProgram, type ProgramFile } from "./programfile.js";
import { Pace } from "./progress.js";
import { Search } from "./search.js";
import { runStretch } from "./stretch.js";

/**
 * Runs a program under many schedules and returns the first failure with its replayed trace and every distinct result
 * with a witness schedule. Never rejects for what the program does.
 *
 * By default a sample: 1,000 schedules, each decided by the seed and its index, by the strategies random, pct, pos, urw
 * and delay in turn. With `exhaustive`, all schedules that differ in the order of conflicting operations; `claim` says
 * how far it came and promises no more than that.
 *
 * The clock is `free` by default: a pending timer may fire at any step, so that a timeout can beat code that could
 * run. The program must own its state (`setup`), and must not touch the host: no Date, Math.random, promises.
 *
 * With `threads`, the schedules of a program that stands in a file (`programFile`) run on so many threads; the result is
 * the same as with one. Worth it from about 20,000 schedules: a thread takes 100 to 200 ms to start.
 *
 * With `detect: ["lock-order"]` or `"all"`, when no schedule fails by itself, the locks of all schedules are put together:
 * a circle is found although each of them shows a part of it only. The failure is then a schedule that shows its first part.
 *
 * **Cost:** a schedule of a small program takes 10 to 20 microseconds; see the bench page.
 * **Limits:** plain variables are not seen by `exhaustive`, except as its option `plain` says.
 * @throws {RangeError} `` schedules: expected an integer >= 1, got 0 `` and the like
 * @throws {MisuseError} when the host interrupts
 * @example
 * const program = function* () {
 *   const ch = new Chan<string>(2);
 *   for (const name of ["a", "b"]) go(function* () { yield* ch.send(name); });
 *   return `${yield* ch.recv()}${yield* ch.recv()}`;
 * };
 * const seen = await explore(program, { schedules: 100, stopAt: "never" });
 * console.log(seen.outcomes.map((o) => o.result).sort().join(" ")); // prints: ab ba
 * const all = await explore(program, { exhaustive: true, stopAt: "never" });
 * console.log(all.outcomes.length); // prints: 2
 */
export async function explore<S, T>(
  program: Program<S, T> | Body<[], T> | ProgramFile<T>,
  options: ExploreOptions = {},
): Promise<Exploration<T>> {
  const budget = budgetOf(options);
  const file = isProgramFile(program) ? program : undefined;
  if (file === undefined) refuseThreads(options);
  const loaded = isProgramFile(program) ? await loadProgram<S, T>(program) : program;
  const search = new Search(loaded, options);
  const pace = new Pace(options, budget);
  try {
    const { exhaustive } = options;
    forgetPlainAccesses();
    const isSampled = exhaustive === undefined || exhaustive === false;
    const seen = isSampled
      ? await sample(search, budget, pace, file)
      : await exploreAll(search, exhaustive === true ? {} : exhaustive, budget, pace);
    return { ...seen, claim: seen.claim + plainAccessText() };
  } finally {
    pace.end();
  }
}

async function sample<S, T>(
  search: Search<S, T>,
  budget: number,
  pace: Pace,
  file: ProgramFile<T> | undefined,
): Promise<Exploration<T>> {
  const { options } = search;
  const portfolio = new Portfolio(search);
  const start = portfolio.startOf(options.resume);
  const first = portfolio.first();
  const again = portfolio.run(0);
  if (!isSame(first, again)) return refused(first, again, () => portfolio.run(0)); // I2
  const range = [start, start + budget] as const;
  const goesOn = (ran: number, verdict: string) => pace.next(ran, verdict);
  const { threads = 1 } = options;
  const seen =
    file === undefined || threads === 1
      ? await runStretch(search, portfolio, range, goesOn)
      : await runParallel<T>({ job: jobOf(search, file), threads, range, goesOn });
  const failure =
    seen.failed === undefined
      ? reportAcross(search, seen.lockRuns)
      : reportFailure(search, portfolio.run(seen.failed));
  const how = `${portfolio.names.join(", ")}, seed ${search.seed}`;
  return {
    verdict: failure?.verdict ?? "ok",
    ...(failure === undefined ? {} : { failure }),
    outcomes: shown(seen.outcomes),
    schedules: seen.ran,
    claim: sampleClaim(how, seen.ran, budget, failure?.verdict),
    resume: portfolio.resumeAt(start + seen.ran),
    ...(search.meetings === null ? {} : { coverage: seen.coverage }),
  };
}

/** What the threads of a parallel search need; functions among the options stay here. */
function jobOf<S, T>({ options, source }: Search<S, T>, program: ProgramFile<T>): ThreadJob {
  const { progress: _progress, signal: _signal, resume: _resume, ...plain } = options;
  return { program, source, options: plain };
}
