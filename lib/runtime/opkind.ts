// OpKind and Operable: what an operation is to the scheduler.
//
// A primitive describes each of its operations once, as an OpKind, and does the work in `perform`. Direct and
// controlled runs call the same `perform`; only the moment differs.

import type { G } from "./g.js";

/** One kind of operation, e.g. "lock". A constant per operation, compared by identity. */
export interface OpKind {
  /** The API's word: `lock`, `send`, `recv`. */
  readonly name: string;
  /** Go's wait reason while it is blocked, e.g. `sync.Mutex.Lock`; empty for operations that never block. */
  readonly wait: string;
}

/** What operations work on: a mutex, a channel, the scheduler itself. */
export interface Operable {
  /** The word for reports: `mutex` in `mutex#1`. */
  readonly label: string;

  /**
   * Performs `kind` for goroutine `g`. Returns true when it is done (its value in `g.value`), or false when `g`
   * now waits in a queue of this object and somebody will call `wake(g)`.
   */
  perform(g: G, kind: OpKind, arg: unknown): boolean;

  /** Throws at the call of a step what can never succeed, e.g. the second close of a channel. */
  check?(g: G, kind: OpKind, arg: unknown): void;

  /**
   * Called when `g` was woken with `g.again === this`: tries to go on. Returns false when it must wait again.
   * Only for operations whose waiters compete after they wake (Go's mutex).
   */
  resume?(g: G): boolean;
}
