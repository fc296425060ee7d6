// sleep: parks a goroutine for a time on the runtime's clock.
//
// Source: Go src/runtime/time.go (timeSleep).

import type { Op } from "../op/index.js";
import { type G, type Operable, type OpKind, operate, Timer } from "../runtime/index.js";

const SLEEP: OpKind = { name: "sleep", wait: "sleep" };

const sleeper: Operable = {
  label: "",
  perform(g: G, _kind: OpKind, arg: unknown): boolean {
    const durationNs = (arg as number) * 1e6;
    if (durationNs <= 0) return true;
    g.rt.block(g);
    g.rt.timers.add(new Timer(() => g.rt.wake(g)), g.rt.nowNs + durationNs);
    return false;
  },
};

/**
 * Parks this goroutine for at least `durationMs` milliseconds of the run's clock: virtual on `jump` and `free`,
 * real on `real`. Zero or less returns at once.
 *
 * **Cost:** O(log timers).
 * @throws {RangeError} `` sleep: expected `durationMs` to be a number, got NaN ``
 * @example
 * await run(function* () {
 *   go(function* () {
 *     yield* sleep(10);
 *     console.log("first"); // prints: first
 *   });
 *   yield* sleep(20);
 *   console.log("later"); // prints: later
 * }, { clock: "jump" });
 * @see Go: time.Sleep
 */
export function sleep(durationMs: number): Op<void> {
  if (typeof durationMs !== "number" || Number.isNaN(durationMs)) {
    throw new RangeError(`sleep: expected \`durationMs\` to be a number, got ${String(durationMs)}`);
  }
  return operate(SLEEP, sleeper, durationMs);
}
