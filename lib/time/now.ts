// now: the runtime's clock.

import { running } from "../runtime/index.js";

/**
 * Returns the milliseconds since the start of this run, on its clock: virtual on `jump` and `free`, where it moves
 * only when time does.
 *
 * @throws {MisuseError} `now: called outside a goroutine. …`
 * @example
 * await run(function* () {
 *   yield* sleep(1500);
 *   console.log(now()); // prints: 1500
 * }, { clock: "jump" });
 */
export function now(): number {
  return running("now").rt.nowNs / 1e6;
}
