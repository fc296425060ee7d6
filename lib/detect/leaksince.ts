// goroutineSnapshot and expectNoLeaksSince: who was started and is still there, inside a run that goes on.
//
// This is a count of who is left, as Go's goleak has it, not a proof that nobody can wake them: in a run that goes on, the
// next goroutine may. For a whole program there is expectNoLeaks, which decides by who could wake whom.
//
// Source: go.uber.org/goleak, VerifyNone with IgnoreCurrent. Differs: waits on the run's clock, so that on the virtual
// one it costs no time and is the same in every run.

import type { Go } from "../op/index.js";
import { type G, gosched, LeakError, running, Status, stackOf } from "../runtime/index.js";
import { sleep } from "../time/index.js";
import { reader } from "./ignoring.js";
import { called, place } from "./words.js";

/** Rows of a report that name goroutines. */
const MOST_NAMED = 15;
/** The longest pause between two looks. */
const LONGEST_MS = 100;

/** How many goroutines a run had started at one moment. Made by `goroutineSnapshot`. */
export interface GoroutineSnapshot {
  /** Numbers up to this one are not looked at. */
  readonly created: number;
}

/** How `expectNoLeaksSince` looks. */
export interface LeaksSinceOptions {
  /** Who is no leak, as sentences: `goroutines named purge`, `goroutines waiting in chan receive`, … */
  ignoring?: readonly string[];
  /** How long goroutines may take to end, in milliseconds of the run's clock. Default 1000. */
  waitMs?: number;
}

/**
 * Remembers which goroutines there are, for a later `expectNoLeaksSince`.
 *
 * **Cost:** O(1).
 * @throws {MisuseError} `goroutineSnapshot: called outside a goroutine. …`
 */
export function goroutineSnapshot(): GoroutineSnapshot {
  return { created: running("goroutineSnapshot").rt.created };
}

/**
 * Waits until all goroutines that were started since the snapshot have ended, and throws when some are left after
 * `waitMs` of the run's clock. For runs that go on, such as that of `start`; a whole program is checked by
 * `expectNoLeaks`.
 *
 * **Cost:** O(goroutines) per look, up to about 20 looks.
 * @throws {LeakError} `leak: one goroutine that was started since the snapshot is still there after 1000 ms`, then who
 *   and where
 * @throws {RangeError} `` ignoring: expected a sentence such as "goroutines named purge", … got "…" ``
 * @throws {RangeError} `` expectNoLeaksSince: expected `waitMs` to be a number >= 0, got -1 ``
 * @example
 * const lab = start();
 * const before = await lab.call(function* () { return goroutineSnapshot(); });
 * await lab.call(function* handler() {
 *   const answer = new Chan<string>();
 *   go(function* ask() { yield* answer.send("too late"); });
 *   yield* select(answer.onRecv(), onDefault());
 * });
 * const found = await lab.call(expectNoLeaksSince, before, { waitMs: 5 }).catch((error) => error.message);
 * console.log(found.split("\n")[0]);
 * // prints: leak: one goroutine that was started since the snapshot is still there after 5 ms
 * await lab.stop().catch(() => {}); // tells it, too
 */
export function* expectNoLeaksSince(before: GoroutineSnapshot, options: LeaksSinceOptions = {}): Go {
  const { ignoring = [], waitMs = 1000 } = options;
  if (!(waitMs >= 0)) {
    throw new RangeError(
      `expectNoLeaksSince: expected \`waitMs\` to be a number >= 0, got ${String(waitMs)}`,
    );
  }
  const isIgnored = reader(ignoring);
  const self = running("expectNoLeaksSince");
  const { rt } = self;
  const left = (): G[] =>
    rt.live.filter((g) => g !== self && g.id > before.created && !isIgnored(g, parentsOf(g)));
  yield* gosched();
  let waitedMs = 0;
  for (let pauseMs = 1; left().length > 0 && waitedMs < waitMs; pauseMs = Math.min(2 * pauseMs, LONGEST_MS)) {
    const nextMs = Math.min(pauseMs, waitMs - waitedMs);
    yield* sleep(nextMs);
    waitedMs += nextMs;
  }
  const found = left().sort((a, b) => a.id - b.id);
  if (found.length > 0) throw new LeakError(textOf(found, waitMs));
}

/** Those of its ancestors that are still there. */
function parentsOf(g: G): G[] {
  const parents: G[] = [];
  for (let id = g.createdBy; id > 0; ) {
    const parent = g.rt.live.find((other) => other.id === id);
    if (parent === undefined) break;
    parents.push(parent);
    id = parent.createdBy;
  }
  return parents;
}

function textOf(found: readonly G[], waitMs: number): string {
  const who =
    found.length === 1
      ? "one goroutine that was started since the snapshot is"
      : `${found.length} goroutines that were started since the snapshot are`;
  const rows = found.slice(0, MOST_NAMED).map((g) => {
    const how = g.status === Status.WAITING && g.kind !== null ? `waits (${g.kind.wait})` : "still runs";
    return `  ${called(g)} ${how}${place(stackOf(g)[0])}, started by goroutine ${g.createdBy}`;
  });
  if (found.length > MOST_NAMED) rows.push(`  and ${found.length - MOST_NAMED} more`);
  return [
    `leak: ${who} still there after ${waitMs} ms`,
    ...rows,
    "next: give each a way to end, a context or a channel that is closed, and wait for it before you look.",
  ].join("\n");
}
