// runThreads: a program of goroutines on several threads, as its caller sees it.

import type { Go } from "../op/index.js";
import { type Shareable, TeamError } from "../threads/index.js";
import type { Callable } from "./functions.js";
import type { Machine } from "./machine.js";
import { type Outcome, outcomeOf } from "./outcome.js";
import { type Ending, Program } from "./program.js";

/** Options of a run. */
export interface RunThreadsOptions<A> {
  /** The parameters of `main` after the first: whatever `team` takes. */
  readonly args?: A;
  /** The run is ended and the promise rejects when it takes longer. No limit when absent. */
  readonly deadlineMs?: number | undefined;
  /** Ends the run; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Shared memory for goroutines, channels, locks and values under way; the system gives what is used. Default: 64 MiB. */
  readonly memoryBytes?: number;
}

const MOST_PROCS = 16;
const LEAST_MEMORY_BYTES = 2 ** 16;
const MOST_MEMORY_BYTES = 2 ** 31;
const DEFAULT_MEMORY_BYTES = 2 ** 26;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs a program of goroutines on `threads` operating-system threads: Go's scheduler, with an M for each thread. Resolves to what `main`
 * returns.
 *
 * Goroutines on different threads wait for each other and wake each other; one that waits keeps no thread. Who has not started may be
 * taken by any thread that has nothing to do; who has started stays on its thread. When `main` returns, the run is over.
 *
 * **Happens-before:** the call before `main` begins; `t.go` before the goroutine begins; the end of `main` before the promise resolves.
 * **Cost:** a goroutine about 0.5 us, and 128 bytes of shared memory until it ends; a kept thread 50-100 us, a new one 40 ms.
 * **Limits:** at most 16 threads; channels, locks and memory that goroutines make live until the run ends.
 *
 * @throws {DeadlockError} `all goroutines are asleep - deadlock!`, with a goroutine dump
 * @throws {FreeNameError} ``runThreads: `main` uses names that do not exist on another thread: rate …``
 * @throws {TeamError} `runThreads: the deadline of 100 ms passed`
 * @example
 * const total = await runThreads(2, function* (t) {
 *   const results = t.chan<number>();
 *   for (let id = 1; id <= 4; id++) t.go(function* (t, id: number, out: Chan<number>) {
 *     yield* out.send(id * 10);
 *   }, id, results);
 *   let total = 0;
 *   for (let i = 0; i < 4; i++) total += (yield* results.recv())!;
 *   return total;
 * });
 * console.log(total); // prints: 100
 */
export async function runThreads<A extends Shareable[] | [], R>(
  threads: number,
  main: (t: Machine, ...args: A) => Go<R>,
  options: RunThreadsOptions<A> = {},
): Promise<R> {
  const { outcome } = await conduct(threads, main as unknown as Callable, options, {});
  if (outcome.kind === "error") throw outcome.error;
  return outcome.value as R;
}

/** What only reports and tests ask for. */
export interface Extras {
  readonly hasTrace?: boolean;
  readonly entry?: string;
  /** Called with the program once it runs. */
  watch?(program: Program): () => void;
}

/** Runs a program to its end. */
export async function conduct(
  threads: number,
  main: Callable,
  options: RunThreadsOptions<readonly unknown[]>,
  { hasTrace = false, entry, watch }: Extras,
): Promise<{ readonly program: Program; readonly ending: Ending; readonly outcome: Outcome }> {
  const { args = [], deadlineMs, signal, memoryBytes = DEFAULT_MEMORY_BYTES } = options;
  checkProcs("runThreads", threads);
  checkMemory("runThreads", memoryBytes);
  checkDeadline(deadlineMs);
  signal?.throwIfAborted();
  const spec = {
    label: "runThreads",
    procs: threads,
    memoryBytes,
    main,
    hasMain: true,
    args,
    hasTrace,
    entry,
  };
  const program = new Program(spec);
  let stopped: { readonly error: unknown } | undefined;
  const stop = (error: unknown): void => {
    if (program.stop()) stopped = { error };
  };
  const late = () => stop(new TeamError(`runThreads: the deadline of ${deadlineMs} ms passed`));
  const timer =
    deadlineMs === undefined || deadlineMs > LONGEST_TIMER_MS ? undefined : setTimeout(late, deadlineMs);
  const abort = () => stop(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const unwatch = watch?.(program);
  const ending = await program.ended;
  unwatch?.();
  clearTimeout(timer);
  signal?.removeEventListener("abort", abort);
  return { program, ending, outcome: outcomeOf(program, ending, stopped) };
}

/** Checks a number of threads. */
export function checkProcs(call: string, threads: number): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_PROCS) return;
  throw new RangeError(
    `${call}: expected \`threads\` to be an integer from 1 to ${MOST_PROCS}, got ${String(threads)}`,
  );
}

/** Checks a size of the shared memory. */
export function checkMemory(call: string, bytes: number): void {
  if (
    Number.isInteger(bytes) &&
    bytes % 64 === 0 &&
    bytes >= LEAST_MEMORY_BYTES &&
    bytes <= MOST_MEMORY_BYTES
  )
    return;
  throw new RangeError(
    `${call}: expected \`memoryBytes\` to be a multiple of 64 from ${LEAST_MEMORY_BYTES} to ${MOST_MEMORY_BYTES}, got ${String(bytes)}`,
  );
}

function checkDeadline(deadlineMs: number | undefined): void {
  if (deadlineMs === undefined || (typeof deadlineMs === "number" && deadlineMs > 0)) return;
  throw new RangeError(`runThreads: expected \`deadlineMs\` to be a number > 0, got ${String(deadlineMs)}`);
}
