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
import { takeBox } from "./inbox.js";
import { cellsOf, G, G_CLASS, M, S, TASK_CLASS } from "./layout.js";
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

/** Settles a task's promise; with a rejected promise to reject it. All that is kept of a task that the threads have. */
type Settle = (value: unknown) => void;

/** A task that the threads do not have yet. */
interface Waiting {
  readonly body: Callable;
  readonly args: readonly unknown[];
  readonly isGoroutine: boolean;
  readonly settle: Settle;
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
  readonly #tasks = new Slots<Settle>();
  readonly #waiting = new Fifo<Waiting>();
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
    return new Promise((resolve) => {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#closing !== undefined) throw new TypeError("TaskPool: the pool is closed");
      const settle = resolve as Settle;
      if (this.#tasks.size < MOST_IN_FLIGHT) this.#send(body, args, isGoroutine, settle);
      else this.#waiting.push({ body, args, isGoroutine, settle }); // I1
    });
  }

  #send(body: Callable, args: readonly unknown[], isGoroutine: boolean, settle: Settle): void {
    const { i32 } = this.#program.words;
    const bodyAddress = this.#functions.addressOf(body, undefined);
    const size = isGoroutine ? G_CLASS : TASK_CLASS;
    const g = this.#heap.take(size);
    const number = this.#tasks.put(settle);
    i32[g + G.TASK] = isGoroutine ? number : -number;
    try {
      putArgs({ i32, values: this.#values }, g, args, undefined);
    } catch (error) {
      this.#heap.give(g, size);
      this.#tasks.take(number);
      throw error;
    }
    i32[g + G.BODY] = bodyAddress;
    if (isGoroutine) {
      i32[g + G.M] = -1;
      i32[g + G.ID] = Atomics.add(i32, S.GOIDS, 1); // ORDER: none needed; numbers only have to differ
      i32[g + G.PARENT] = 0;
      i32[g + G.GROUP] = 0;
    }
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

  /** Takes out the results that have come; true when there were any. */
  #collect(): boolean {
    const { words } = this.#program;
    const { i32 } = words;
    let hasMail = false;
    for (let id = 0; id < this.#program.ms; id++) {
      const box = words.m(id) + M.OUTBOX;
      if (Atomics.load(i32, box) === 0) continue; // ORDER: acquire; pairs with pushBox
      hasMail = true;
      for (let g = takeBox(i32, box); g !== 0; ) {
        const next = i32[g + G.NEXT] as number;
        this.#settle(g);
        g = next;
      }
    }
    while (this.#tasks.size < MOST_IN_FLIGHT) {
      const task = this.#waiting.shift();
      if (task === null) break;
      try {
        this.#send(task.body, task.args, task.isGoroutine, task.settle);
      } catch (error) {
        task.settle(Promise.reject(error));
      }
    }
    if (this.pending === 0) this.#becomeIdle();
    return hasMail;
  }

  #settle(g: number): void {
    const { i32 } = this.#program.words;
    const task = i32[g + G.TASK] as number;
    const settle = this.#tasks.take(Math.abs(task)) as Settle;
    const hasThrown = i32[g + G.ARGS] === 1;
    const value = this.#values.get(cellsOf(i32, g));
    this.#heap.give(g, task > 0 ? G_CLASS : TASK_CLASS);
    if (!hasThrown) settle(value);
    else {
      if (value instanceof Error) value.stack = withoutOurs(mapThreadStack(value.stack ?? ""));
      settle(Promise.reject(value));
    }
  }

  #ended(error: unknown): void {
    this.#collect();
    const failure = error ?? new TeamError("TaskPool: the pool has ended");
    this.#failure = { error: failure };
    for (const settle of this.#tasks.takeAll()) settle(Promise.reject(failure));
    for (let task = this.#waiting.shift(); task !== null; task = this.#waiting.shift())
      task.settle(Promise.reject(failure));
  }
}
