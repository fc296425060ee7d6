// parallel: a sample of schedules explored by several threads at once.
//
// Invariants:
//  I1. The result does not depend on the number of threads, nor on who is faster: schedules are cut into stretches, and
//      what counts is every stretch up to the first one that failed, in order (stretch.ts, I1).
//  I2. When the search ends, in whatever way, its threads end.

import { Worker } from "node:worker_threads";
import type { ExploreOptions } from "./options.js";
import type { ProgramFile } from "./programfile.js";
import { join, type Stretch } from "./stretch.js";

/** What a thread is told when it starts. */
export interface ThreadJob {
  readonly program: ProgramFile;
  /** The text that schedule strings belong to. */
  readonly source: string;
  readonly options: ExploreOptions;
}

/** What a thread answers to each `[from, to]`. */
export type ThreadAnswer = Stretch<unknown> | { readonly error: unknown };

/** What a search over several threads is given. */
export interface ParallelSearch {
  readonly job: ThreadJob;
  readonly threads: number;
  readonly range: readonly [from: number, to: number];
  /** Called several times a second; false or a throw ends the search. */
  readonly goesOn: (ran: number, verdict: string) => Promise<boolean> | null;
}

/** Schedules of one stretch at most: about 20 ms of a small program. */
const LONGEST_STRETCH = 1000;
/** Stretches per thread at least, so that nobody idles at the end for long. */
const STRETCHES = 8;
/** How often the search looks up when no thread answers. */
const LOOK_UP_MS = 100;

/** Runs the schedules of `range`, up to the first failure or the caller's end. */
export async function runParallel<T>({ job, threads, range, goesOn }: ParallelSearch): Promise<Stretch<T>> {
  const [from, to] = range;
  const stride = Math.min(LONGEST_STRETCH, Math.max(1, Math.ceil((to - from) / (threads * STRETCHES))));
  const work = new Work<T>(from, to, stride, job.options.stopAt !== "never");
  const workers = Array.from({ length: threads }, () => newWorker(job));
  try {
    for (const worker of workers) employ(worker, work);
    while (!work.isOver) {
      await work.news(LOOK_UP_MS);
      const pause = goesOn(work.ran, work.verdict);
      if (pause !== null && !(await pause)) break;
    }
    return join(work.counting());
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate())); // I2
  }
}

/** The stretches: which are to do, which are done. */
class Work<T> {
  readonly #from: number;
  readonly #to: number;
  readonly #stride: number;
  readonly #stopsAtFirst: boolean;
  readonly #done: Stretch<T>[] = [];
  #next: number;
  /** The end of what counts: behind the first failure. */
  #end: number;
  #open = 0;
  #wake: () => void = () => {};
  #failure: { readonly error: unknown } | undefined;
  ran = 0;

  constructor(from: number, to: number, stride: number, stopsAtFirst: boolean) {
    this.#from = from;
    this.#next = from;
    this.#to = to;
    this.#end = to;
    this.#stride = stride;
    this.#stopsAtFirst = stopsAtFirst;
  }

  get isOver(): boolean {
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#open === 0 && this.#next >= this.#end;
  }

  /** Of the failure with the lowest index so far, or `ok`. */
  get verdict(): string {
    const failed = this.#done.filter((stretch) => stretch.failed !== undefined);
    return failed.sort((a, b) => a.from - b.from)[0]?.verdict ?? "ok";
  }

  /** Resolves when a thread has answered, or after `timeoutMs`. */
  news(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timeout = setTimeout(resolve, timeoutMs);
      this.#wake = () => {
        clearTimeout(timeout);
        resolve();
      };
    });
  }

  /** The next stretch to run; undefined when there is none. */
  take(): readonly [from: number, to: number] | undefined {
    if (this.#next >= this.#end) return undefined;
    const from = this.#next;
    this.#next = Math.min(from + this.#stride, this.#to);
    this.#open++;
    return [from, this.#next];
  }

  finish(stretch: Stretch<T>): void {
    this.#open--;
    this.ran += stretch.ran;
    this.#done.push(stretch);
    if (this.#stopsAtFirst && stretch.failed !== undefined) {
      this.#end = Math.min(this.#end, stretch.failed + 1);
    }
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** What counts (I1): without a gap from the start, and nothing behind the first failure. */
  counting(): Stretch<T>[] {
    const inOrder = this.#done.sort((a, b) => a.from - b.from);
    const gap = inOrder.findIndex(({ from }, i) => from !== this.#from + i * this.#stride);
    return inOrder.slice(0, gap < 0 ? undefined : gap).filter(({ from }) => from < this.#end);
  }
}

/** Lets `worker` run stretches as long as there are any. */
function employ<T>(worker: Worker, work: Work<T>): void {
  const next = (): void => {
    const stretch = work.take();
    if (stretch !== undefined) worker.postMessage(stretch);
  };
  worker.on("message", (answer: ThreadAnswer) => {
    if ("error" in answer) work.fail(answer.error);
    else {
      work.finish(answer as Stretch<T>);
      next();
    }
  });
  worker.on("error", (error) => work.fail(error));
  worker.on("exit", (code) => {
    work.fail(new Error(`explore: a thread of the search ended by itself (exit code ${code})`));
  });
  next();
}

/** The thread's program: beside this file, or the built one when this is the source (as under a test runner). */
function newWorker(workerData: ThreadJob): Worker {
  const isSource = import.meta.url.endsWith(".ts");
  const file = isSource ? "../../.build/lib/explore/parallelworker.js" : "./parallelworker.js";
  return new Worker(new URL(file, import.meta.url), {
    name: "hb-explore",
    workerData,
    ...(isSource ? { execArgv: [] } : {}), // the runner's flags say how to load sources
  });
}
