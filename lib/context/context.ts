// Context: deadlines, cancellation and request-scoped values, handed down from caller to callee.
//
// Source: Go src/context/context.go.

import type { RecvChan } from "../chan/index.js";
import type { Step } from "../op/index.js";

/**
 * Carries a deadline, a cancellation and values across calls. Pass it on as the first parameter; do not store it.
 *
 * Anybody may implement it ("a foreign context"). Contexts that are derived from a foreign one follow it through a
 * goroutine each, or, if it has a method `afterFunc`, through that.
 * @see Go: context.Context
 */
export interface Context {
  /** When work should be cancelled, in milliseconds of the run's clock; undefined when there is no deadline. */
  deadline(): number | undefined;
  /** A channel that is closed when work should be cancelled; the nil channel when that never happens. */
  done(): RecvChan<unknown>;
  /** Null until `done()` is closed; then why: `Canceled` or `DeadlineExceeded`. */
  err(): Error | null;
  /** The value for `key`, of this context or the nearest above it; undefined when there is none. */
  value(key: unknown): unknown;
  /**
   * Optional, for foreign contexts: calls `f` once cancelled; the function returned takes that back, and says whether
   * it was in time.
   */
  readonly afterFunc?: ((f: () => void) => () => boolean) | undefined;
}

/** Cancels a context; only the first call does anything. Does not wait for the work to stop. */
export type CancelFunc = () => Step;

/** Cancels a context and says why: `cause(ctx)`. Without a cause it is `Canceled`. */
export type CancelCauseFunc = (cause?: Error | null) => Step;
