// Kernel: one real concurrency bug, cut down to the goroutines, locks and channels that it needs, and its repair.
import type { Program, Verdict } from "../../lib/index.js";

/** GoBench's classes of bugs: the cause of the wait, or the kind of the mistake. */
export type Category =
  | "double locking"
  | "AB-BA"
  | "RWR"
  | "channel"
  | "channel and context"
  | "cond"
  | "channel and lock"
  | "wait group"
  | "data race"
  | "order violation"
  | "anonymous function"
  | "misuse of channel"
  | "testing library";

export interface Kernel {
  /** Project and number of the public pull request, e.g. `etcd_5509`; the file has the same name. */
  readonly name: string;
  readonly category: Category;
  /** The verdicts of which exploring `broken` must give one. */
  readonly verdicts: readonly Verdict[];
  readonly broken: Program<unknown>;
  /** The same program without the bug: nothing may be reported. */
  readonly fixed: Program<unknown>;
}

/** Declares a kernel; the states of its two programs need not have the same type. */
export function kernel<B, F>(spec: {
  readonly name: string;
  readonly category: Category;
  readonly verdicts: readonly Verdict[];
  readonly broken: Program<B>;
  readonly fixed: Program<F>;
}): Kernel {
  return spec;
}
