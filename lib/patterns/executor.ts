// Executors: who runs a task. A fixed pool of goroutines with a bounded queue, or a goroutine per request.
//
// Invariants:
//  I1. FixedPool: at most `workers` tasks run and at most `queue` wait; one more is refused, nobody waits to submit.
//  I2. A task that was accepted runs, also when the executor is closed after that.
//  I3. A task that throws ends its future, not its worker.
//
// Source: java.util.concurrent.ThreadPoolExecutor (fixed size, AbortPolicy); Go's net/http for a goroutine per request.
// Rejected: running the task in the caller when the queue is full (it stops whoever accepts connections).

import { Chan } from "../chan/index.js";
import type { Body, Go } from "../op/index.js";
import { go } from "../runtime/index.js";
import { WaitGroup } from "../sync/index.js";
import { begin, integer } from "./arguments.js";
import { Future } from "./future.js";

/** The executor took no more: the task was not run. */
export class RejectedError extends Error {
  override readonly name: string = "RejectedError";
}

/** Runs tasks. */
export interface Executor {
  /** Hands in `body(...args)`. @throws {RejectedError} when there is no place, or the executor is closed */
  submit<A extends unknown[], T>(body: Body<A, T>, ...args: A): Go<Future<T>>;
  /** Takes no more tasks, and waits until those that were accepted have ended. */
  close(): Go;
}

export interface FixedPoolOptions {
  /** How many tasks run at the same time. */
  workers: number;
  /** How many more may wait. Default 0. */
  queue?: number;
}

/** A task and its future, in one goroutine body that cannot throw. */
type Job = () => Go;

function jobOf<A extends unknown[], T>(
  of: string,
  body: Body<A, T>,
  args: A,
): { job: Job; future: Future<T> } {
  const future = new Future<T>();
  const job = (): Go =>
    future.settle(
      (function* task() {
        return yield* begin(of, body, args);
      })(),
    );
  return { job, future };
}

/**
 * A fixed number of worker goroutines with a bounded queue. Workers are started as tasks come.
 *
 * **Happens-before:** `submit` synchronizes before the start of its task.
 * **Cost:** O(1) per task; memory is bounded by workers and queue. `submit` and `close` are generators.
 * @throws {RejectedError} `pool: full (1 running, 1 waiting)` (from `submit`)
 * @throws {RejectedError} `pool: closed` (from `submit`)
 * @throws {RangeError} `` FixedPool: expected `workers` to be an integer >= 1, got 0 `` and the like
 * @example
 * await run(function* () {
 *   const pool = new FixedPool({ workers: 1, queue: 1 });
 *   const double = function* (n: number) { yield* sleep(10); return 2 * n; };
 *   const first = yield* pool.submit(double, 1);
 *   const second = yield* pool.submit(double, 2);
 *   try { yield* pool.submit(double, 3); } catch (e) { console.log((e as Error).message); }
 *   // prints: pool: full (1 running, 1 waiting)
 *   console.log(yield* first.get(), yield* second.get(), now()); // prints: 2 4 20
 * }, { clock: "jump" });
 */
export class FixedPool implements Executor {
  readonly #workers: number;
  readonly #queue: number;
  readonly #jobs: Chan<Job>;
  readonly #ended = new WaitGroup();
  /** Workers that are running a task or are about to take one from the queue. */
  #busy = 0;
  #isClosed = false;

  constructor(options: FixedPoolOptions) {
    this.#workers = integer("FixedPool", "workers", options.workers, 1);
    this.#queue = integer("FixedPool", "queue", options.queue ?? 0, 0);
    this.#jobs = new Chan<Job>(this.#queue);
  }

  /** How many tasks run. */
  get running(): number {
    return this.#busy;
  }

  /** How many tasks wait. */
  get waiting(): number {
    return this.#jobs.len;
  }

  /** Hands in a task; never waits for a place. */
  *submit<A extends unknown[], T>(body: Body<A, T>, ...args: A): Go<Future<T>> {
    if (this.#isClosed) throw new RejectedError("pool: closed");
    const { job, future } = jobOf("FixedPool", body, args);
    if (this.#busy < this.#workers) {
      this.#busy++;
      this.#ended.add(1); // plain: nobody may see the task accepted and not counted
      yield* go(this.#worker(), job);
    } else if (this.#jobs.len === this.#queue || !this.#jobs.trySend(job)) {
      throw new RejectedError(`pool: full (${this.#busy} running, ${this.#jobs.len} waiting)`); // I1
    }
    return future;
  }

  /** Takes no more tasks, and waits for those that were accepted. A second close waits, too. */
  *close(): Go {
    this.#isClosed = true;
    yield* this.#ended.wait();
  }

  #worker(): Body<[Job]> {
    const pool = this;
    return function* worker(first: Job): Go {
      yield* first();
      for (let next = pool.#jobs.tryRecv(); next !== undefined; next = pool.#jobs.tryRecv()) {
        yield* (next.value as Job)(); // I2
      }
      pool.#busy--;
      yield* pool.#ended.done();
    };
  }
}

/**
 * A goroutine for every task: nobody is refused and nothing waits, so nothing bounds the memory either.
 *
 * **Happens-before:** `submit` synchronizes before the start of its task.
 * **Cost:** one goroutine per task. `submit` and `close` are generators.
 * @throws {RejectedError} `executor: closed` (from `submit`)
 * @example
 * await run(function* () {
 *   const executor = new GoPerRequest();
 *   for (let i = 0; i < 1000; i++) yield* executor.submit(function* () { yield* sleep(10); });
 *   console.log(executor.running); // prints: 1000
 *   yield* executor.close();
 *   console.log(now()); // prints: 10
 * }, { clock: "jump" });
 */
export class GoPerRequest implements Executor {
  readonly #ended = new WaitGroup();
  #running = 0;
  #isClosed = false;

  /** How many tasks run. */
  get running(): number {
    return this.#running;
  }

  /** Hands in a task. */
  *submit<A extends unknown[], T>(body: Body<A, T>, ...args: A): Go<Future<T>> {
    if (this.#isClosed) throw new RejectedError("executor: closed");
    const { job, future } = jobOf("GoPerRequest", body, args);
    const executor = this;
    this.#running++;
    this.#ended.add(1); // plain: nobody may see the task accepted and not counted
    yield* go(function* request(): Go {
      yield* job();
      executor.#running--;
      yield* executor.#ended.done();
    });
    return future;
  }

  /** Takes no more tasks, and waits for those that were accepted. A second close waits, too. */
  *close(): Go {
    this.#isClosed = true;
    yield* this.#ended.wait();
  }
}
