// Row: one line of the table of real threads, as data: what is measured, against which targets, by which body.
//
// Invariants:
//  I1. `run(times)` does `times * batch` operations, tells how long the threads needed, from the first that began to the last
//      that ended, and returns a number that depends on all operations; `expected(times)` says which. Who returns another has not
//      done the work, and the time does not count.
//  I2. A time of several threads is elapsed time by all operations together: two threads that do not hinder each other halve it.

/** What a run of a body tells. */
export interface Ran {
  readonly ns: number;
  readonly check: number;
}

/** What a contestant runs. */
export interface ThreadWork {
  /** Operations per unit of `times`. */
  readonly batch: number;
  run(times: number): Promise<Ran>;
}

export type ThreadUnit = "ns" | "us" | "ms";

/** A target, each the largest that is allowed, but for `speedup`. */
export type Target =
  /** Ratio to Go with GOMAXPROCS=2. */
  | { readonly of: "go"; readonly atMost: number }
  /** Ratio to Node's own means. */
  | { readonly of: "node"; readonly atMost: number }
  /** Time, in the row's unit. */
  | { readonly of: "time"; readonly atMost: number }
  /** How many times the throughput of another row of the library. */
  | { readonly of: "speedup"; readonly row: string; readonly atLeast: number };

export interface ThreadRow extends ThreadWork {
  readonly name: string;
  readonly unit: ThreadUnit;
  /** One line: what an operation is. */
  readonly what: string;
  /** How many threads work at a time. More than cores are labelled. */
  readonly threads: number;
  /** None: the row is reported, not judged. */
  readonly target?: Target;
  /** The twin in the Go program; where its operations are other in number, what it returns. */
  readonly go?: { readonly row: string; readonly expected?: (times: number) => number };
  expected(times: number): number;
  /** The same program in small, for the tests, where one operation takes long. */
  readonly small?: { run(times: number): Promise<Ran>; expected(times: number): number };
}
