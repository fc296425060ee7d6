// backOff: how a goroutine waits for another one where no queue of waiters exists.

import type { Go } from "../op/index.js";
import { gosched } from "../runtime/index.js";
import { sleep } from "../time/index.js";

/** So many rounds only let others run. */
const YIELDING_ROUNDS = 8;
const LONGEST_MS = 1;

/**
 * Waits before round `round` (0, 1, …): lets others run at first, then sleeps 1 us, 2 us, 4 us … up to 1 ms, so that
 * the clock moves on when everybody else is asleep.
 */
export function* backOff(round: number): Go {
  if (round < YIELDING_ROUNDS) yield* gosched();
  else yield* sleep(Math.min(2 ** (round - YIELDING_ROUNDS) / 1000, LONGEST_MS));
}
