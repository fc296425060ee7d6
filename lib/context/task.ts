// Task, Region: what a program says about its own work, for traces: a task goes from goroutine to goroutine in a context, a
// region is a stretch of one goroutine's time.
//
// Source: Go runtime/trace (NewTask, WithRegion, StartRegion, Log, IsEnabled), whose context carries the task as here.

import type { Go } from "../op/index.js";
import { current } from "../runtime/index.js";
import type { Context } from "./context.js";
import { withValue } from "./withvalue.js";

const TASK = Symbol("trace task");

/** Notes `op`, if the run is traced. */
function note(op: string, value: string, task: number): void {
  const { g } = current;
  g?.rt.trace?.annotate(g, op, value, task);
}

function taskIn(ctx: Context): number {
  const task = ctx.value(TASK);
  return task instanceof Task ? task.id : 0;
}

/** A piece of the program's work, from `newTask` to `end`. Go: trace.Task */
export class Task {
  /** Its number in the trace; 0 in a run without one. */
  readonly id: number;
  readonly #type: string;
  #hasEnded = false;

  /** Made by `newTask`. */
  constructor(id: number, type: string) {
    this.id = id;
    this.#type = type;
  }

  /** Ends the task; the second time nothing happens. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    note("endTask", this.#type, this.id);
  }
}

/** A stretch of one goroutine's time, from `startRegion` to `end`. Go: trace.Region */
export class Region {
  readonly #type: string;
  readonly #task: number;
  readonly #g = current.g;
  #hasEnded = false;

  /** Made by `startRegion`. */
  constructor(type: string, task: number) {
    this.#type = type;
    this.#task = task;
    note("startRegion", type, task);
  }

  /**
   * Ends the region; the second time nothing happens. Regions of one goroutine end in the reverse order of their starts.
   *
   * @throws {RangeError} `Region.end: expected to be called by the goroutine that started the region fetch`
   */
  end(): void {
    if (this.#hasEnded) return;
    if (current.g !== this.#g)
      throw new RangeError(
        `Region.end: expected to be called by the goroutine that started the region ${this.#type}`,
      );
    this.#hasEnded = true;
    note("endRegion", this.#type, this.#task);
  }
}

/** True while the running goroutine is traced: for what only a trace needs. Go: trace.IsEnabled */
export function traceEnabled(): boolean {
  return (current.g?.rt.trace ?? null) !== null;
}

/**
 * Begins a task and returns it with a context that carries it: hand that to the goroutines that work on it, and their
 * regions and log entries belong to the task. `chromeTrace` shows tasks as rows of their own.
 *
 * **Cost:** one context; no scheduling point, in a run without trace nothing else.
 * @example
 * const seen = await report(function* main() {
 *   const [ctx, task] = newTask(background(), "order");
 *   const wg = new WaitGroup();
 *   wg.go(function* cook() {
 *     yield* withRegion(ctx, "boil", function* () { yield* sleep(3); });
 *   });
 *   yield* wg.wait();
 *   task.end();
 * }, { trace: true });
 * const told = seen.events.filter((e) => e.task === 1).map((e) => `g${e.g} ${e.op} ${e.value}`);
 * console.log(told.join(", "));
 * // prints: g1 newTask order, g2 startRegion boil, g2 endRegion boil, g1 endTask order
 * @see Go: runtime/trace.NewTask
 */
export function newTask(ctx: Context, taskType: string): [ctx: Context, task: Task] {
  const task = new Task(current.g?.rt.trace?.newTask() ?? 0, taskType);
  note("newTask", taskType, task.id);
  return [withValue(ctx, TASK, task), task];
}

/**
 * Starts a region of the running goroutine; of the task that `ctx` carries, if any. End it in the same goroutine, or use
 * `withRegion`.
 *
 * @example
 * const seen = await report(function* main() {
 *   const region = startRegion(background(), "load");
 *   yield* sleep(2);
 *   region.end();
 * }, { trace: true });
 * const [start, end] = seen.events.filter((e) => e.value === "load");
 * console.log((end.atNs - start.atNs) / 1e6); // prints: 2
 * @see Go: runtime/trace.StartRegion
 */
export function startRegion(ctx: Context, regionType: string): Region {
  return new Region(regionType, taskIn(ctx));
}

/**
 * Runs `body` as a region of the running goroutine and returns its result; the region ends when it throws, too.
 *
 * @example
 * const seen = await report(function* main() {
 *   return yield* withRegion(background(), "add", function* () { return 40 + 2; });
 * }, { trace: true });
 * console.log(seen.result); // prints: 42
 * @see Go: runtime/trace.WithRegion
 */
export function* withRegion<T>(ctx: Context, regionType: string, body: () => Go<T>): Go<T> {
  const region = startRegion(ctx, regionType);
  try {
    return yield* body();
  } finally {
    region.end();
  }
}

/**
 * Writes a line into the trace: a mark on the goroutine, of the task that `ctx` carries, if any.
 *
 * @example
 * const seen = await report(function* main() {
 *   traceLog(background(), "cache", "miss");
 * }, { trace: true });
 * console.log(seen.events.find((e) => e.op === "log").value); // prints: cache: miss
 * @see Go: runtime/trace.Log
 */
export function traceLog(ctx: Context, category: string, message: string): void {
  note("log", category === "" ? message : `${category}: ${message}`, taskIn(ctx));
}
