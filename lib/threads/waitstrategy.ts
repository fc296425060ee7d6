// WaitStrategy: how a thread that has nothing to do waits: on its core, now and then off it, or asleep.
//
// Source: the wait strategies of LMAX's Disruptor. Differs: JavaScript cannot only give the core away, so "yielding" sleeps
// for the shortest time that the system knows, some 60 us on Linux.

import { isMainThread } from "node:worker_threads";
import { throwIfInterrupted } from "../op/index.js";
import { checkMayBlock } from "./thread.js";
import type { Waiters } from "./waiters.js";

/**
 * - `busy-spin`: looks again and again. The fastest hand-over, if each thread has a core for itself; else the slowest.
 * - `yielding`: looks a hundred times, then gives its core away for some 60 us, again and again.
 * - `blocking`: sleeps until it is woken, which costs who wakes it a system call. Right when in doubt.
 */
export type WaitStrategy = "busy-spin" | "yielding" | "blocking";

/** By the number that stands in shared memory. */
export const STRATEGIES: readonly WaitStrategy[] = ["busy-spin", "yielding", "blocking"];

const SPINS = 100;
const SHORTEST_MS = 0.001;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/** Waits for `isReady` in the given way; `waiters` are those to sleep among. Refused where a thread must not sleep. */
export function waitBy(
  strategy: WaitStrategy,
  waiters: Waiters,
  isReady: () => boolean,
  call: string,
  instead: string,
): void {
  if (strategy === "blocking") {
    waiters.wait(call, instead);
    return;
  }
  checkMayBlock(call, instead);
  for (let looks = 1; !isReady(); looks++) {
    if (looks % SPINS > 0) continue;
    if (isMainThread) throwIfInterrupted();
    // ORDER: none; nobody ever changes or notifies this word.
    if (strategy === "yielding") Atomics.wait(nobody, 0, 0, SHORTEST_MS);
  }
}
