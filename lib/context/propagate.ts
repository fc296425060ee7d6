// propagate: how a context learns that the one above it was cancelled.
//
// Source: Go src/context/context.go (propagateCancel, parentCancelCtx).

import { nilChan, type RecvChan, select } from "../chan/index.js";
import type { Go } from "../op/index.js";
import { catchUp, PanicError, running } from "../runtime/index.js";
import { CancelCtx } from "./cancelctx.js";
import type { Context } from "./context.js";
import { CANCELLABLE, scopeOf } from "./node.js";

/**
 * Returns why `ctx` was cancelled: the cause it was given, or else `ctx.err()`; null while it is not cancelled.
 *
 * @example
 * await run(function* () {
 *   const [ctx, cancel] = withCancelCause(background());
 *   cancel(new Error("the user left"));
 *   console.log(ctx.err()?.message, "-", cause(ctx)?.message); // prints: context canceled - the user left
 * });
 * @see Go: context.Cause
 */
export function cause(ctx: Context): Error | null {
  const error = ctx.err();
  if (error === null) return null;
  const nearest = ctx.value(CANCELLABLE);
  return nearest instanceof CancelCtx && nearest.reason !== null ? nearest.reason : error;
}

/** Lets `child` be cancelled when `parent` is: at once if it is already. */
export function propagate(parent: Context, child: CancelCtx): void {
  const scope = parent instanceof CancelCtx ? parent : scopeOf(parent);
  if (scope === null) return; // never cancelled
  if (scope instanceof CancelCtx) follow(scope, child);
  else followForeign(scope, child);
}

function follow(parent: CancelCtx, child: CancelCtx): void {
  catchUp();
  if (parent.error === null) parent.adopt(child);
  else child.cancel(parent.err() as Error, parent.reason);
}

function followForeign(parent: Context, child: CancelCtx): void {
  catchUp();
  const done = parent.done() as RecvChan<unknown> | null | undefined;
  if (done === null || done === undefined || done === nilChan()) return;
  if (done.tryRecv() !== undefined) {
    inherit(parent, child);
    return;
  }
  const inside = parent.value(CANCELLABLE);
  if (inside instanceof CancelCtx && inside.done() === done) {
    follow(inside, child); // a foreign context around one of ours
  } else if (parent.afterFunc !== undefined) {
    child.unwatch = parent.afterFunc(() => inherit(parent, child));
  } else {
    running("withCancel").rt.spawn(watch, [parent, child, done]);
  }
}

function* watch(parent: Context, child: CancelCtx, done: RecvChan<unknown>): Go {
  const got = yield* select(done.onRecv(), child.done().onRecv());
  if (got.index === 0) inherit(parent, child);
}

function inherit(parent: Context, child: CancelCtx): void {
  const error = parent.err();
  if (error === null) throw new PanicError("context: internal error: missing cancel error");
  child.cancel(error, cause(parent));
}
