// Park: one slow path, two ways to wait.
//
// A slow path is a generator: it looks at the words, and where it would sleep it yields which word to watch and the
// value that makes it sleep. `parkThread` sleeps in Atomics.wait, `parkTask` waits with Atomics.waitAsync while the
// event loop lives. So a lock's algorithm stands in the source once.
//
// Invariants:
//  I1. After "timed-out" the slow path puts its words right and returns; it does not yield again.
//  I2. A cancelled asynchronous wait wakes everybody who watches that word: it may have swallowed the one wake-up
//      meant for another. Each of them looks again (this is what makes cancelling lose nothing).
//  I3. While an asynchronous wait is pending the process does not exit: Node does not count one as work
//      (nodejs/node#44729), so a timer that never fires is kept alive.
//  I4. A path may yield a third value: after so many milliseconds without a wake-up it gets "look" and goes on as it
//      likes. That is how it finds out that the thread it waits for has ended (roster.ts), and a wake-up that went to
//      a thread which was ended before it could act on it delays the others, but no more.
//
// Source: Drepper, "Futexes Are Tricky" (2011). Rejected: spinning before the sleep; with two threads on two cores it
// made a contended lock twice as slow (103 ns against 48), because barging already keeps the lock on one core.

import { isMainThread } from "node:worker_threads";
import { throwIfInterrupted } from "../op/index.js";
import { traced } from "./tracewriter.js";

/** How a wait ended; `not-equal`: the word had already changed; `look`: time to look at the owner (I4). */
export type Wake = "ok" | "not-equal" | "timed-out" | "look";

/** What a slow path watches: the word, the value that makes it sleep, and for how long at most before it looks (I4). */
export type Watched = readonly [word: number, value: number, lookMs?: number];

/** A slow path: yields what it watches where it would sleep; returns whether it got what it wanted. */
export type SlowPath = Generator<Watched, boolean, Wake>;

/** How often a main thread that sleeps looks whether the learner pressed stop. */
const INTERRUPT_SLICE_MS = 50;

/** Limits of a wait. */
export interface WaitOptions {
  /** Give up after this many milliseconds; for ever when absent. */
  readonly timeoutMs?: number | undefined;
  /** Give up when aborted: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Checks a time limit. @throws {RangeError} `Mutex.tryLockFor: expected `timeoutMs` to be a number >= 0, got -1` */
export function checkTimeout(where: string, timeoutMs: number): void {
  if (typeof timeoutMs === "number" && timeoutMs >= 0) return;
  throw new RangeError(`${where}: expected \`timeoutMs\` to be a number >= 0, got ${String(timeoutMs)}`);
}

/**
 * Runs a slow path, sleeping with the whole thread. Call `checkMayBlock` first.
 *
 * @throws {InterruptError} when the learner presses stop while the main thread sleeps here
 */
export function parkThread(words: Int32Array, way: SlowPath, timeoutMs = Number.POSITIVE_INFINITY): boolean {
  const path = traced(words, way, false);
  const deadline = timeoutMs === Number.POSITIVE_INFINITY ? timeoutMs : performance.now() + timeoutMs;
  let step = path.next();
  while (step.done !== true) {
    let wake: Wake;
    try {
      wake = sleep(words, step.value, deadline);
    } catch (interrupt) {
      // I1: leaves the words as if it had never come; unless it has just got what it wanted, then that comes first.
      const last = path.next("timed-out");
      if (last.done === true && last.value) return true;
      throw interrupt;
    }
    step = path.next(wake);
  }
  return step.value;
}

function sleep(words: Int32Array, [word, value, lookMs]: Watched, deadline: number): Wake {
  const lookAt = lookMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + lookMs;
  const end = Math.min(deadline, lookAt);
  for (;;) {
    const leftMs = end - performance.now();
    if (leftMs <= 0) return lookAt < deadline ? "look" : "timed-out";
    if (isMainThread) throwIfInterrupted();
    // ORDER: acquire; pairs with the store that the waker made before its notify.
    const wake = Atomics.wait(
      words,
      word,
      value,
      isMainThread ? Math.min(leftMs, INTERRUPT_SLICE_MS) : leftMs,
    );
    if (wake !== "timed-out") return wake;
  }
}

/** Runs a slow path without blocking the thread. Rejects with the reason when `signal` aborts first. */
export async function parkTask(words: Int32Array, way: SlowPath, options: WaitOptions): Promise<boolean> {
  const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
  signal?.throwIfAborted();
  const path = traced(words, way, true);
  const deadline = timeoutMs === Number.POSITIVE_INFINITY ? timeoutMs : performance.now() + timeoutMs;
  let step = path.next();
  while (step.done !== true) {
    step = path.next(await nextWake(words, step.value, deadline, signal));
  }
  if (!step.value) signal?.throwIfAborted();
  return step.value;
}

type AsyncWait = { async: false; value: Wake } | { async: true; value: Promise<Wake> };

interface AtomicsWithWaitAsync {
  waitAsync(words: Int32Array, word: number, value: number, timeoutMs?: number): AsyncWait;
}

async function nextWake(
  words: Int32Array,
  [word, value, lookMs = Number.POSITIVE_INFINITY]: Watched,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<Wake> {
  const restMs = deadline - performance.now();
  if (restMs <= 0 || isAborted(signal)) return "timed-out";
  const leftMs = Math.min(restMs, lookMs);
  // ORDER: acquire; pairs with the store that the waker made before its notify.
  const wait = (Atomics as unknown as AtomicsWithWaitAsync).waitAsync(words, word, value, leftMs);
  if (!wait.async) return wait.value;
  const release = keepProcessAlive();
  const wakeAll = () => void Atomics.notify(words, word); // I2
  signal?.addEventListener("abort", wakeAll, { once: true });
  try {
    const wake = await wait.value;
    if (isAborted(signal)) return "timed-out";
    return wake === "timed-out" && leftMs < restMs ? "look" : wake;
  } finally {
    signal?.removeEventListener("abort", wakeAll);
    release();
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

let pendingWaits = 0;
let timer: NodeJS.Timeout | undefined;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Keeps the process alive until the returned function is called (I3). */
function keepProcessAlive(): () => void {
  pendingWaits++;
  timer ??= setInterval(() => {}, LONGEST_TIMER_MS);
  return () => {
    if (--pendingWaits > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
