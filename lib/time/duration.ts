// Durations: from the milliseconds that people write to points of the run's clock, in nanoseconds.

import { catchUp, type Runtime, running } from "../runtime/index.js";

/** The latest point of the clock: 292 years, as in Go, where a later one would overflow. */
const LAST_NS = 2 ** 63;

/** The run of the goroutine that calls `name`; what that goroutine noted before has happened then. */
export function runOf(name: string): Runtime {
  const { rt } = running(name);
  catchUp();
  return rt;
}

/** @throws {RangeError} `` newTimer: expected `durationMs` to be a number, got NaN `` */
export function checkDuration(name: string, durationMs: number): void {
  if (typeof durationMs !== "number" || Number.isNaN(durationMs)) {
    throw new RangeError(`${name}: expected \`durationMs\` to be a number, got ${String(durationMs)}`);
  }
}

/** When `durationMs` from now is over. Zero and less: now. */
export function endNs(rt: Runtime, name: string, durationMs: number): number {
  checkDuration(name, durationMs);
  return Math.min(rt.nowNs + Math.max(0, durationMs) * 1e6, LAST_NS);
}
