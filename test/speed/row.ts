// Row: one line of the benchmark table, as data: what is measured, against which target, by which body.
//
// Invariants:
//  I1. `run(times)` does `times * batch` operations and returns a number that depends on all of them; `expected(times)`
//      says which. A contestant whose number differs has not done the work, and its time does not count.
//  I2. Every contestant of a row does the same work: the Go twin has the same name in `go/`, the peers in `peers/`.

/** What a contestant runs. */
export interface Work {
  /** Operations per unit of `times`: 1, or the size of a wave (100,000 goroutines, 1000 children). */
  readonly batch: number;
  /** Does the work. Bodies of memory rows call `atPeak` when everything is there. */
  run(times: number, atPeak?: () => void): number | Promise<number>;
  /** The number that `run(times)` returns when it did the work (I1). */
  expected(times: number): number;
}

export type Unit = "ns" | "ms" | "B";

export interface Row extends Work {
  readonly name: string;
  /** `ns` and `ms` per operation, `B` for bytes per item. */
  readonly unit: Unit;
  /** One line: what an operation is. */
  readonly what: string;
  /** The largest ratio library / Go with GOMAXPROCS=1. */
  readonly target: number;
  /** The largest ratio library / Go with GOMAXPROCS=2, where one is set. */
  readonly targetP2?: number;
  /** The largest ratio to another row of the library, where one is set. */
  readonly targetOf?: { readonly row: string; readonly ratio: number };
  /** The row of the Go program, where it has another name. */
  readonly go?: string;
  /** Go is built with its race detector for this row, and the library checks for races. */
  readonly isRace?: true;
  /** The same program in small, for the tests, where one operation takes long. */
  readonly small?: Pick<Work, "run" | "expected">;
  /** `times` of the one measured call, where calibration makes no sense (memory). */
  readonly times?: number;
}
