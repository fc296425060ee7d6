// CancelCtx: a context that can be cancelled, and the tree of those that are cancelled with it.
//
// Invariants:
//  I1. `error` is set once, and `reason` with it; from then on `done()` is closed and there are no children.
//  I2. A child is in the list of its `owner` and in no other; it leaves in O(1) when it is cancelled first. The list is
//      a ring of which the owner knows the last one: one link from an old object to a new one, which is what costs.
//  I3. A tree is cancelled as one: no goroutine runs while a part of it is cancelled and another is not.
//
// Source: Go src/context/context.go (cancelCtx). Differs: children form a list instead of a map, so they are cancelled
// in the order in which they were made, and a tree of any depth is cancelled without recursion.

import type { RecvChan } from "../chan/index.js";
import type { Step } from "../op/index.js";
import {
  acquires,
  catchUp,
  current,
  type G,
  happened,
  type Operable,
  type OpKind,
  releases,
  step,
} from "../runtime/index.js";
import type { CancelFunc, Context } from "./context.js";
import { CLOSED, DoneChan } from "./done.js";
import { Canceled } from "./errors.js";
import { CANCELLABLE, Node, scopeOf } from "./node.js";

const CANCEL: OpKind = { name: "cancel", wait: "", edge: "own" };

export class CancelCtx extends Node implements Operable {
  error: Error | null = null;
  reason: Error | null = null;
  #done: DoneChan | null = null;
  /** The last child; its #after is the first. */
  #last: CancelCtx | null = null;
  #before: CancelCtx | null = null;
  #after: CancelCtx | null = null;
  #owner: CancelCtx | null = null;
  /** Ends the watching of a foreign parent. */
  unwatch: (() => unknown) | null = null;

  constructor(parent: Context) {
    super(parent, CANCELLABLE, undefined);
    this.own = this;
  }

  get label(): string {
    return "context";
  }

  get scope(): this {
    return this;
  }

  protected get suffix(): string {
    return ".WithCancel";
  }

  override deadline(): number | undefined {
    let scope = scopeOf(this.parent as Context);
    while (scope instanceof CancelCtx) {
      if (scope.ownDeadlineMs !== undefined) return scope.ownDeadlineMs;
      scope = scopeOf(scope.parent as Context);
    }
    return scope?.deadline();
  }

  /** Its own deadline, in milliseconds of the run's clock. */
  get ownDeadlineMs(): number | undefined {
    return undefined;
  }

  override done(): RecvChan<unknown> {
    catchUp();
    if (this.error !== null) acquires(this);
    this.#done ??= this.error === null ? new DoneChan() : CLOSED;
    return this.#done;
  }

  override err(): Error | null {
    catchUp();
    if (this.error !== null) acquires(this);
    return this.error;
  }

  override get afterFunc(): (f: () => void) => () => boolean {
    return (f) => this.#callAfter(f);
  }

  /** Calls `f` when this context is cancelled, or now; the function returned takes that back. */
  #callAfter(f: () => void): () => boolean {
    const c = new CallingCtx(this, f);
    if (this.error === null) this.adopt(c);
    else c.cancel(this.error, this.reason);
    return () => c.stop();
  }

  /** Takes `child` among those that are cancelled with this one. */
  adopt(child: CancelCtx): void {
    const last = this.#last ?? child;
    const first = last.#after ?? child;
    child.#owner = this;
    child.#before = last;
    child.#after = first;
    last.#after = child;
    first.#before = child;
    this.#last = child;
  }

  /** Cancels this context and all below it. Only the first time counts. */
  cancel(error: Error, cause: Error | null): void {
    if (this.error !== null) return;
    if (this.#owner !== null) this.#leave(this.#owner);
    const reason = cause ?? error;
    if (this.#last === null) this.#end(error, reason);
    else this.#endAll(error, reason);
    if (this.unwatch === null) return;
    this.unwatch();
    this.unwatch = null;
  }

  #end(error: Error, reason: Error): void {
    this.error = error; // I1
    this.reason = reason;
    releases(this);
    this.#done?.closeNow();
    this.cancelled();
  }

  #endAll(error: Error, reason: Error): void {
    this.#flatten();
    for (let c: CancelCtx | null = this; c !== null; c = c.#after) {
      c.error = error; // I1, I3
      c.reason = reason;
      releases(c);
    }
    for (let c: CancelCtx | null = this; c !== null; ) {
      const next: CancelCtx | null = c.#after;
      c.#after = null;
      c.#before = null;
      c.#owner = null;
      c.#done?.closeNow();
      c.cancelled();
      c = next;
    }
  }

  /** Called when it has just been cancelled. */
  protected cancelled(): void {}

  perform(_g: G, _kind: OpKind, arg: unknown): boolean {
    this.cancel(Canceled, (arg as Error | null | undefined) ?? null);
    return true;
  }

  /** Leaves its owner's ring (I2). */
  #leave(owner: CancelCtx): void {
    const before = this.#before as CancelCtx;
    const after = this.#after as CancelCtx;
    if (after === this) owner.#last = null;
    else {
      before.#after = after;
      after.#before = before;
      if (owner.#last === this) owner.#last = before;
    }
    this.#owner = null;
    this.#before = null;
    this.#after = null;
  }

  /** Makes one list of the whole tree, parents before children, linked by #after. */
  #flatten(): void {
    for (let c: CancelCtx | null = this; c !== null; c = c.#after) {
      const last: CancelCtx | null = c.#last;
      if (last === null) continue;
      const first: CancelCtx | null = last.#after;
      last.#after = c.#after;
      c.#after = first;
      c.#last = null;
    }
  }
}

/** Calls a function when the context above it is cancelled. */
class CallingCtx extends CancelCtx {
  #f: (() => void) | null;

  constructor(parent: CancelCtx, f: () => void) {
    super(parent);
    this.#f = f;
  }

  /** Says whether it was in time. */
  stop(): boolean {
    const isInTime = this.#f !== null;
    this.#f = null;
    this.cancel(Canceled, null);
    return isInTime;
  }

  protected override cancelled(): void {
    const f = this.#f;
    this.#f = null;
    f?.();
  }
}

/** Cancels `c` on behalf of the goroutine that runs, as a step. */
export function cancelStep(c: CancelCtx, cause?: Error | null): Step {
  if (!current.isFast) return step(CANCEL, c, cause);
  c.cancel(Canceled, cause ?? null);
  return happened();
}

function cancelThis(this: CancelCtx): Step {
  return cancelStep(this);
}

/** The function that cancels `c`. A bound function is smaller than a closure, and one is made per context. */
export function cancelFunc(c: CancelCtx): CancelFunc {
  return cancelThis.bind(c);
}
