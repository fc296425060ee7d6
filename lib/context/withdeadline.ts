// withDeadline and withTimeout: contexts that are cancelled when their time is over.

import { catchUp, type Runtime, running, Timer } from "../runtime/index.js";
import { CancelCtx, cancelFunc } from "./cancelctx.js";
import type { CancelFunc, Context } from "./context.js";
import { DeadlineExceeded } from "./errors.js";
import { checkParent } from "./node.js";
import { propagate } from "./propagate.js";
import { withCancel } from "./withcancel.js";

/** Cancels `ctx` when its time is over. */
class Expiry extends Timer {
  readonly #ctx: DeadlineCtx;

  constructor(ctx: DeadlineCtx) {
    super();
    this.#ctx = ctx;
  }

  override get startsGoroutine(): boolean {
    return true; // what afterCancel has been given
  }

  override fire(): void {
    this.#ctx.expire();
  }
}

class DeadlineCtx extends CancelCtx {
  readonly #rt: Runtime;
  readonly #endNs: number;
  readonly #cause: Error | null;
  #timer: Timer | null = null;

  constructor(parent: Context, rt: Runtime, endNs: number, why: Error | null) {
    super(parent);
    this.#rt = rt;
    this.#endNs = endNs;
    this.#cause = why;
  }

  override get ownDeadlineMs(): number {
    return this.#endNs / 1e6;
  }

  override deadline(): number {
    return this.ownDeadlineMs;
  }

  protected override get suffix(): string {
    return `.WithDeadline(${this.ownDeadlineMs}ms [${(this.#endNs - this.#rt.nowNs) / 1e6}ms])`;
  }

  /** Starts its clock; when the time is over already, it is cancelled at once. */
  start(): void {
    if (this.error !== null) return;
    if (this.#endNs <= this.#rt.nowNs) {
      this.expire();
      return;
    }
    this.#timer = new Expiry(this);
    this.#rt.timers.add(this.#timer, this.#endNs);
  }

  expire(): void {
    this.cancel(DeadlineExceeded, this.#cause);
  }

  protected override cancelled(): void {
    if (this.#timer !== null) this.#rt.timers.remove(this.#timer);
    this.#timer = null;
  }
}

function until(
  name: string,
  parent: Context,
  timeMs: number,
  isFromNow: boolean,
  why: Error | null,
): [ctx: Context, cancel: CancelFunc] {
  checkParent(parent);
  if (typeof timeMs !== "number" || Number.isNaN(timeMs)) {
    const what = isFromNow ? "timeoutMs" : "deadlineMs";
    throw new RangeError(`${name}: expected \`${what}\` to be a number, got ${String(timeMs)}`);
  }
  const { rt } = running(name);
  catchUp();
  const endNs = (isFromNow ? rt.nowNs : 0) + timeMs * 1e6;
  const earlierMs = parent.deadline();
  if (earlierMs !== undefined && earlierMs < endNs / 1e6) return withCancel(parent);
  const c = new DeadlineCtx(parent, rt, endNs, why);
  propagate(parent, c);
  c.start();
  return [c, cancelFunc(c)];
}

/**
 * As `withCancel`; the context is also cancelled at `deadlineMs` of the run's clock (see `now`), with the error
 * `DeadlineExceeded`: at once when that is over. A later deadline than the parent's changes nothing.
 *
 * **Cost:** O(log timers). Call `cancel` when the work is done, or its timer stays until the deadline.
 * @throws {PanicError} `cannot create context from nil parent`
 * @throws {RangeError} `` withDeadline: expected `deadlineMs` to be a number, got NaN ``
 * @example
 * await run(function* () {
 *   const [ctx] = withDeadline(background(), now() + 50);
 *   yield* ctx.done().recv();
 *   console.log(now(), ctx.err()?.message); // prints: 50 context deadline exceeded
 * }, { clock: "jump" });
 * @see Go: context.WithDeadline
 */
export function withDeadline(parent: Context, deadlineMs: number): [ctx: Context, cancel: CancelFunc] {
  return until("withDeadline", parent, deadlineMs, false, null);
}

/**
 * As `withDeadline`; `why` is the cause when the deadline has passed. Its `cancel` does not set the cause.
 *
 * @throws {PanicError} `cannot create context from nil parent`
 * @throws {RangeError} `` withDeadlineCause: expected `deadlineMs` to be a number, got NaN ``
 * @example
 * await run(function* () {
 *   const [ctx] = withDeadlineCause(background(), 0, new Error("the train has left"));
 *   console.log(cause(ctx)?.message); // prints: the train has left
 * }, { clock: "jump" });
 * @see Go: context.WithDeadlineCause
 */
export function withDeadlineCause(
  parent: Context,
  deadlineMs: number,
  why: Error | null,
): [ctx: Context, cancel: CancelFunc] {
  return until("withDeadlineCause", parent, deadlineMs, false, why);
}

/**
 * As `withDeadline`, `timeoutMs` from now.
 *
 * @throws {PanicError} `cannot create context from nil parent`
 * @throws {RangeError} `` withTimeout: expected `timeoutMs` to be a number, got NaN ``
 * @example
 * await run(function* () {
 *   const [ctx, cancel] = withTimeout(background(), 50);
 *   const answer = after(20);
 *   const got = yield* select(answer.onRecv(), ctx.done().onRecv());
 *   cancel();
 *   console.log(got.index, ctx.err()?.message); // prints: 0 context canceled
 * }, { clock: "jump" });
 * @see Go: context.WithTimeout
 */
export function withTimeout(parent: Context, timeoutMs: number): [ctx: Context, cancel: CancelFunc] {
  return until("withTimeout", parent, timeoutMs, true, null);
}

/**
 * As `withTimeout`; `why` is the cause when the time is over. Its `cancel` does not set the cause.
 *
 * @throws {PanicError} `cannot create context from nil parent`
 * @throws {RangeError} `` withTimeoutCause: expected `timeoutMs` to be a number, got NaN ``
 * @example
 * await run(function* () {
 *   const [ctx] = withTimeoutCause(background(), 5, new Error("upstream is slow"));
 *   yield* ctx.done().recv();
 *   console.log(ctx.err()?.message, "-", cause(ctx)?.message); // prints: context deadline exceeded - upstream is slow
 * }, { clock: "jump" });
 * @see Go: context.WithTimeoutCause
 */
export function withTimeoutCause(
  parent: Context,
  timeoutMs: number,
  why: Error | null,
): [ctx: Context, cancel: CancelFunc] {
  return until("withTimeoutCause", parent, timeoutMs, true, why);
}
