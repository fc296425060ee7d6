// OpKind and Operable: what an operation is to the scheduler.
//
// A primitive describes each of its operations once, as an OpKind, and does the work in `perform`. Direct and
// controlled runs call the same `perform`; only the moment differs.

import type { G } from "./g.js";

/**
 * What an operation orders, for whoever looks for races. All but the last two work on the operation's object.
 *
 * - `acquire`, `release`, `both`: comes after what was released into the object; is seen by who acquires it later.
 * - `store`: what was released before is seen no longer (an atomic store). `cas`: `both` when its value is true or has
 *   a true `swapped`, else `acquire`.
 * - `lock`, `unlock`, `rLock`, `rUnlock`: those of a lock. Readers do not order each other. A `lock` or `rLock` whose
 *   value is false did not get the lock and orders nothing.
 * - `read`, `write`: a plain access to the object, which races with others that nothing orders.
 * - `atomicRead`, `atomicWrite`: as `acquire` and `both`, and an access besides, which races with plain ones only.
 * - `none`: orders nobody. `own`: the primitive tells its listener itself.
 */
export type Edge =
  | "acquire"
  | "release"
  | "both"
  | "store"
  | "cas"
  | "lock"
  | "unlock"
  | "rLock"
  | "rUnlock"
  | "read"
  | "write"
  | "atomicRead"
  | "atomicWrite"
  | "none"
  | "own";

/** One kind of operation, e.g. "lock". A constant per operation, compared by identity. */
export interface OpKind {
  /** The API's word: `lock`, `send`, `recv`. */
  readonly name: string;
  /** Go's wait reason while it is blocked, e.g. `sync.Mutex.Lock`; empty for operations that never block. */
  readonly wait: string;
  /**
   * What it orders. Left out: `both` when its object has a label, which at worst hides a race and never invents one;
   * `none` for an object without label.
   */
  readonly edge?: Edge;
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
