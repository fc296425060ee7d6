// TaskPool: CPU work for several threads, on the same scheduler: the host writes a task into the run's memory, a thread takes it
// from the global queue or steals it, and the result comes back through the host's inbox. No message ports.
//
// Invariants:
//  I1. A task that the threads have holds a block of the run's memory until its promise is settled; at most MOST_IN_FLIGHT do,
//      the others wait on this side.
//  I2. Tasks of one turn of the event loop are published together, in portions of PORTION so that the threads begin while the host
//      still writes; results are taken out together.

import type { Go } from "../op/index.js";
import { carry, mapThreadStack, TeamError } from "../threads/index.js";
import { Fifo } from "./fifo.js";
import { type Callable, Functions } from "./functions.js";
import { globalPush } from "./globalqueue.js";
import { Heap } from "./heap.js";
import { takeInbox } from "./inbox.js";
import { G, G_CLASS, HOST, S } from "./layout.js";
import type { Machine } from "./machine.js";
import { NO_OBJECTS, withoutOurs } from "./outcome.js";
import { Program } from "./program.js";
import { checkMemory, checkProcs } from "./run.js";
import { Slots } from "./slots.js";
import { putArgs } from "./spawner.js";
import { Values } from "./values.js";
import { wakeOne } from "./wake.js";

const MOST_IN_FLIGHT = 65_536;
const PORTION = 256;
const DEFAULT_MEMORY_BYTES = 2 ** 26;

/** Options of a pool. */
export interface TaskPoolOptions {
  /** How many threads compute. */
  readonly threads: number;
  /** Shared memory for tasks, arguments and results under way. Default: 64 MiB. */
  readonly memoryBytes?: number;
}

interface Task {
  readonly body: Callable;
  readonly args: readonly unknown[];
  readonly isGoroutine: boolean;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs functions on several threads. Unlike with pools of workers a task is not a message: it costs about a microsecond, so work of ten
 * microseconds is worth sending.
 *
 * Functions travel as their source: they see their arguments and the globals of JavaScript. `go` runs a goroutine, which gets the scheduler as its
 * first parameter and may start others. Results are copies. The pool keeps the process alive until `close`.
 *
 * **Cost:** about 1 us for a task among many; 40-100 us for one alone, which wakes a thread and the event loop.
 * **Limits:** a task cannot be taken back; plain functions must not return promises, since a thread's event loop stands still.
 *
 * @throws {FreeNameError} ``TaskPool.run: `price` uses names that do not exist on another thread: rate …``
 * @example
 * const pool = new TaskPool({ threads: 2 });
 * console.log(await pool.run((a: number, b: number) => a * b, 6, 7)); // prints: 42
 * console.log(await pool.map((n: number) => n * n, [1, 2, 3])); // prints: [ 1, 4, 9 ]
 * await pool.close();
 */
export class TaskPool {
  readonly #program: Program;
  readonly #heap: Heap;
  readonly #functions: Functions;
  readonly #values: Values;
  readonly #tasks = new Slots<Task>();
  readonly #waiting = new Fifo<Task>();
  #batch: number[] = [];
  #becomeIdle: () => void = () => {};
  #closing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: TaskPoolOptions) {
    const { threads, memoryBytes = DEFAULT_MEMORY_BYTES } = options;
    checkProcs("TaskPool", threads);
    checkMemory("TaskPool", memoryBytes);
    this.#program = new Program({
      label: "TaskPool",
      procs: threads,
      memoryBytes,
      main: carry(() => {}),
      hasMain: false,
      args: [],
      hasTrace: false,
    });
    const { words, given } = this.#program;
    this.#heap = new Heap(words);
    this.#functions = new Functions(words, this.#heap, "TaskPool.run", true);
    this.#values = new Values(words, this.#heap, this.#functions, NO_OBJECTS, given);
    this.#program.onBell = () => this.#collect();
    void this.#program.ended.then(({ failure }) => this.#ended(failure?.error));
  }

  /** How many tasks are not settled. */
  get pending(): number {
    return this.#tasks.size + this.#waiting.length;
  }

  /** Runs `fn(...args)` on a thread; resolves to its result, rejects with what it throws. */
  run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<R> {
    return this.#submit(fn as unknown as Callable, args, false);
  }

  /** Runs `body(t, ...args)` as a goroutine; resolves to its result. */
  go<A extends unknown[], R>(body: (t: Machine, ...args: A) => Go<R>, ...args: A): Promise<R> {
    return this.#submit(body as unknown as Callable, args, true);
  }

  /** Runs `fn` for each item; resolves to the results in the order of the items. */
  map<T, R>(fn: (item: T, index: number) => R, items: Iterable<T>): Promise<R[]> {
    return Promise.all(Array.from(items, (item, index) => this.run(fn, item, index)));
  }

  /** Waits until every task is settled, then ends the threads' work. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.pending > 0)
      await new Promise<void>((resolve) => {
        this.#becomeIdle = resolve;
      });
    this.#program.stop();
    await this.#program.ended;
  }

  #submit<R>(body: Callable, args: readonly unknown[], isGoroutine: boolean): Promise<R> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#closing !== undefined) throw new TypeError("TaskPool: the pool is closed");
      const task: Task = { body, args, isGoroutine, resolve: resolve as Task["resolve"], reject };
      if (this.#tasks.size < MOST_IN_FLIGHT) this.#send(task);
      else this.#waiting.push(task); // I1
    });
  }

  #send(task: Task): void {
    const { i32 } = this.#program.words;
    const body = this.#functions.addressOf(task.body, undefined);
    const g = this.#heap.take(G_CLASS);
    try {
      putArgs({ i32, values: this.#values }, g, task.args, undefined);
    } catch (error) {
      this.#heap.give(g, G_CLASS);
      throw error;
    }
    const number = this.#tasks.put(task);
    i32[g + G.M] = -1;
    i32[g + G.BODY] = body;
    i32[g + G.ID] = Atomics.add(i32, S.GOIDS, 1); // ORDER: none needed; numbers only have to differ
    i32[g + G.PARENT] = 0;
    i32[g + G.GROUP] = 0;
    i32[g + G.TASK] = task.isGoroutine ? number : -number;
    const length = this.#batch.push(g);
    if (length === PORTION) this.#publish();
    else if (length === 1) queueMicrotask(() => this.#publish());
  }

  /** I2. */
  #publish(): void {
    if (this.#batch.length === 0) return;
    globalPush(this.#program.words.i32, this.#batch);
    this.#batch.length = 0;
    wakeOne(this.#program.words);
  }

  /** Takes out the results that have come. */
  #collect(): void {
    const { i32 } = this.#program.words;
    for (let g = takeInbox(this.#program.words, HOST); g !== 0; ) {
      const next = i32[g + G.NEXT] as number;
      this.#settle(g);
      g = next;
    }
    while (this.#tasks.size < MOST_IN_FLIGHT) {
      const task = this.#waiting.shift();
      if (task === null) break;
      try {
        this.#send(task);
      } catch (error) {
        task.reject(error);
      }
    }
    if (this.pending === 0) this.#becomeIdle();
  }

  #settle(g: number): void {
    const { i32 } = this.#program.words;
    const number = Math.abs(i32[g + G.TASK] as number);
    const task = this.#tasks.take(number) as Task;
    const hasThrown = i32[g + G.ARGS] === 1;
    const value = this.#values.get(g + G.CELLS);
    this.#heap.give(g, G_CLASS);
    if (!hasThrown) task.resolve(value as never);
    else {
      if (value instanceof Error) value.stack = withoutOurs(mapThreadStack(value.stack ?? ""));
      task.reject(value);
    }
  }

  #ended(error: unknown): void {
    this.#collect();
    this.#failure = { error: error ?? new TeamError("TaskPool: the pool has ended") };
    for (const task of this.#tasks.takeAll()) task.reject(this.#failure.error);
    for (let task = this.#waiting.shift(); task !== null; task = this.#waiting.shift())
      task.reject(this.#failure.error);
  }
}
