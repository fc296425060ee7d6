// expectNoLeaks: a program leaves nobody behind, under no schedule that was tried. One line in a test or a cell.

import type { Body, Program } from "../op/index.js";
import { LeakError, type LeakOptions } from "../runtime/index.js";
import { explore } from "./explore.js";
import type { ExploreOptions } from "./options.js";

/** How `expectNoLeaks` looks: which schedules, and which goroutines count. */
export interface NoLeaksOptions extends Omit<ExploreOptions, "leaks" | "stopAt">, LeakOptions {}

/** Schedules that are tried when the caller names no number. */
const SCHEDULES = 100;

/**
 * Runs a program under 100 schedules and throws when main leaves a goroutine behind that nobody can ever wake. Needs no
 * test framework: `test("leaves nobody behind", () => expectNoLeaks(program))`, or `await` it in a cell.
 *
 * Goroutines that still work then, or that such a one could wake, are no leak; with `countRunning` they are, as for Go's
 * goleak. `ignoring` names others in sentences. A program that ends in another way than it should is refused as well.
 *
 * **Cost:** that of `explore`.
 * @throws {LeakError} `leak: main returned and one goroutine is blocked for ever`, then who was started where, waits
 *   where, and who could have helped; the last line is the schedule to replay
 * @throws {Error} `expectNoLeaks: expected a program that ends well, got panic: …`
 * @throws {RangeError} `` ignoring: expected a sentence such as "goroutines named purge", … got "…" ``
 * @example
 * function* firstOf(): Go<string> {
 *   const answers = new Chan<string>(); // has room for nobody's answer but the first
 *   for (const mirror of ["a", "b"]) go(function* ask() { yield* answers.send(mirror); });
 *   return (yield* answers.recv()) ?? "";
 * }
 * const found = await expectNoLeaks(firstOf).catch((error) => error.message);
 * console.log(found.split("\n")[0]); // prints: leak: main returned and one goroutine is blocked for ever
 * await expectNoLeaks(firstOf, { ignoring: ["goroutines named ask"] });
 * @see go.uber.org/goleak, VerifyNone
 */
export async function expectNoLeaks<S, T>(
  program: Program<S, T> | Body<[], T>,
  options: NoLeaksOptions = {},
): Promise<void> {
  const { ignoring, countRunning, ...rest } = options;
  const leaks: LeakOptions = {
    ...(ignoring === undefined ? {} : { ignoring }),
    ...(countRunning === undefined ? {} : { countRunning }),
  };
  const { failure } = await explore(program, { schedules: SCHEDULES, detect: ["leak"], ...rest, leaks });
  if (failure === undefined) return;
  const found = failure.findings.find((finding) => finding.verdict === failure.verdict);
  const message = found?.message ?? failure.error?.message ?? "";
  if (failure.verdict !== "leak") {
    throw new Error(`expectNoLeaks: expected a program that ends well, got ${failure.verdict}: ${message}`);
  }
  throw new LeakError(
    `${message}\nreplay: report(program, { schedule: ${JSON.stringify(failure.schedule)} })`,
  );
}
