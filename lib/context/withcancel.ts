// withCancel and withCancelCause: contexts that are cancelled by a call.

import { CancelCtx, cancelFunc, cancelStep } from "./cancelctx.js";
import type { CancelCauseFunc, CancelFunc, Context } from "./context.js";
import { checkParent } from "./node.js";
import { propagate } from "./propagate.js";

function derive(parent: Context): CancelCtx {
  checkParent(parent);
  const c = new CancelCtx(parent);
  propagate(parent, c);
  return c;
}

/**
 * Returns a context below `parent` and the function that cancels it. It is also cancelled when `parent` is. Call
 * `cancel` in any case when the work is done: until then the parent keeps the child.
 *
 * **Happens-before:** the first cancellation synchronizes before a receive from `done()` that returns because of it.
 * **Cost:** O(1); cancelling is O(contexts below), leaving the parent O(1).
 * @throws {PanicError} `cannot create context from nil parent`
 * @example
 * await run(function* () {
 *   const [ctx, cancel] = withCancel(background());
 *   go(function* () { yield* cancel(); });
 *   yield* ctx.done().recv();
 *   console.log(ctx.err()?.message); // prints: context canceled
 * });
 * @see Go: context.WithCancel
 */
export function withCancel(parent: Context): [ctx: Context, cancel: CancelFunc] {
  const c = derive(parent);
  return [c, cancelFunc(c)];
}

/**
 * As `withCancel`; what is given to `cancel` is what `cause(ctx)` returns. The first cancellation counts.
 *
 * @throws {PanicError} `cannot create context from nil parent`
 * @example
 * await run(function* () {
 *   const [ctx, cancel] = withCancelCause(background());
 *   cancel(new Error("disk full"));
 *   cancel(new Error("too late"));
 *   console.log(cause(ctx)?.message); // prints: disk full
 * });
 * @see Go: context.WithCancelCause
 */
export function withCancelCause(parent: Context): [ctx: Context, cancel: CancelCauseFunc] {
  const c = derive(parent);
  return [c, (why) => cancelStep(c, why)];
}
