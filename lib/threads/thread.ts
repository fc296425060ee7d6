// This thread: its number, and whether it may sleep.
//
// Invariants:
//  I1. A thread's number is never used again in one process, so a number in a lock word names its owner for good.
//  I2. The main thread does not sleep in `Atomics.wait` unless it has said so: asleep, it runs no timer, receives no
//      message, starts no worker and prints nothing, which from outside looks like a crash.

import { isMainThread, threadId } from "node:worker_threads";

/** The number of this thread as Node counts: 0 is the main thread. */
export const thisThread: number = threadId;

let sleepIsAllowed = !isMainThread;

/** True when this thread may sleep in a blocking call: always in a worker, on the main thread after `allowBlocking()`. */
export function mayBlock(): boolean {
  return sleepIsAllowed;
}

/**
 * Allows blocking calls (`lock`, `wait`, …) on this thread from now on; the main thread refuses them otherwise.
 *
 * While the main thread sleeps, its event loop stands still: no timer, no output of workers, no new worker. In a
 * notebook the stop button still works. Prefer the `…Async` forms.
 */
export function allowBlocking(): void {
  sleepIsAllowed = true;
}

/** A blocking call where sleeping is not allowed, or a lock used by a thread that may not use it so. */
export class LockError extends Error {
  override readonly name = "LockError";
}

/** Takes back `allowBlocking()`: on the main thread blocking calls are refused again. */
export function refuseBlocking(): void {
  sleepIsAllowed = !isMainThread;
}

/**
 * Throws when this thread may not sleep.
 *
 * @throws {LockError} ``Mutex.lock: would block the main thread, …; use `await mutex.lockAsync()` …``
 */
export function checkMayBlock(call: string, instead: string): void {
  if (sleepIsAllowed) return;
  throw new LockError(
    `${call}: would block the main thread, whose event loop must keep running; ` +
      `use \`${instead}\`, call it inside a team's thread, or say allowBlocking() first`,
  );
}

/** Names a thread in messages. */
export function threadName(thread: number): string {
  return thread === 0 ? "the main thread" : `thread ${thread}`;
}
