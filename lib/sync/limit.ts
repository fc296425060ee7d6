// Limit: a wait that ends early, because its time is up, or somebody cancelled it, by a signal or a context.
//
// A lock parks the goroutine as it always does; then this wraps how the wait ends. So the locks know nothing of
// clocks and signals: all they need is `leave`, which takes a waiter out of its queue.
//
// Invariants:
//  I1. A wait ends once: by the lock (true) or by its limit (false). A waiter that the lock has woken before the
//      limit came still competes; it gives up only if it would have to queue again.
//  I2. When the wait has ended, its timer and its listener are gone.
//
// Source: the shape of golang.org/x/sync/semaphore.Acquire(ctx): the cancelled waiter leaves its queue at once.

import { current, type G, type Operable, Timer } from "../runtime/index.js";

/** What can cancel a wait. An AbortSignal is one. */
export interface Cancellation {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What waits need of a context that ends them. A `Context` is one; a foreign one needs the method `afterFunc`. */
export interface EndingContext {
  /** Null until it has ended. */
  err(): Error | null;
  /** Calls `f` once it has ended; the function returned takes that back. */
  readonly afterFunc?: ((f: () => void) => () => boolean) | undefined;
}

/**
 * How long to wait at most: milliseconds of the run's clock, or any of a time, a signal and a context, of which the
 * first to end it counts.
 */
export type WaitLimit =
  | number
  | { readonly timeoutMs?: number; readonly signal?: Cancellation; readonly ctx?: EndingContext };

/** Something that goroutines wait for and can stop waiting for. */
export interface Leavable {
  /**
   * Takes `g` out of the queue in which it waits and passes on what it stood in the way of. Returns false when `g`
   * does not wait there: it was woken already. O(1).
   */
  leave(g: G): boolean;
}

/** Refuses what is no limit. @throws {TypeError | RangeError} naming `what` and the value */
export function checkLimit(what: string, limit: WaitLimit): void {
  const timeoutMs = typeof limit === "object" && limit !== null ? (limit.timeoutMs ?? 0) : limit;
  if (typeof timeoutMs !== "number" || Number.isNaN(timeoutMs)) {
    throw new RangeError(`${what}: expected \`timeoutMs\` to be a number, got ${String(timeoutMs)}`);
  }
  const signal = typeof limit === "object" ? limit.signal : undefined;
  if (signal !== undefined && typeof signal.addEventListener !== "function") {
    throw new TypeError(`${what}: expected \`signal\` to be an AbortSignal, got ${String(signal)}`);
  }
  const ctx = typeof limit === "object" ? limit.ctx : undefined;
  if (ctx !== undefined && typeof ctx?.afterFunc !== "function") {
    throw new TypeError(`${what}: expected \`ctx\` to be a Context with \`afterFunc\`, got ${String(ctx)}`);
  }
}

/** True when the signal of `limit` was aborted or its context has ended already: then nothing is even tried. */
export function isCancelled(limit: WaitLimit): boolean {
  if (typeof limit !== "object") return false;
  return limit.signal?.aborted === true || (limit.ctx !== undefined && limit.ctx.err() !== null);
}

/** The milliseconds of `limit`; without any, infinitely many. */
export function timeoutOf(limit: WaitLimit): number {
  return typeof limit === "number" ? limit : (limit.timeoutMs ?? Number.POSITIVE_INFINITY);
}

/**
 * Performs a wait of `g` with a limit; its value is whether it succeeded. `attempt` never waits; `enter` succeeds or
 * parks `g` in a queue of `object`.
 */
export function performFor(
  g: G,
  object: Leavable,
  limit: WaitLimit,
  attempt: () => boolean,
  enter: () => boolean,
): boolean {
  if (isCancelled(limit)) {
    g.value = false;
    return true;
  }
  const timeoutMs = timeoutOf(limit);
  if (timeoutMs <= 0 ? attempt() : enter()) {
    g.value = true;
    return true;
  }
  if (timeoutMs <= 0) {
    g.value = false;
    return true;
  }
  new LimitedWait(g, object).begin(timeoutMs, typeof limit === "object" ? limit : {});
  return false;
}

class LimitedWait implements Operable {
  readonly label = "";
  readonly #g: G;
  readonly #object: Leavable;
  /** How the lock itself goes on when it wakes the waiter; null when the waker has done everything. */
  #inner: Operable | null;
  #isOver = false;
  #hasLeft = false;
  #signal: Cancellation | null = null;
  /** Ends the watching of the context. */
  #unwatch: (() => boolean) | null = null;
  #isHost = false;
  readonly #timer = new Timer(() => this.#expire());
  readonly #onAbort = (): void => this.#expire();

  constructor(g: G, object: Leavable) {
    this.#g = g;
    this.#object = object;
    this.#inner = g.again;
    g.again = this;
  }

  begin(timeoutMs: number, { signal, ctx }: Exclude<WaitLimit, number>): void {
    const { rt } = this.#g;
    this.#unwatch = ctx?.afterFunc?.(this.#onAbort) ?? null;
    if (timeoutMs < Number.POSITIVE_INFINITY) rt.timers.add(this.#timer, rt.nowNs + timeoutMs * 1e6);
    if (signal === undefined) return;
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort);
    this.#isHost = rt.config.clock === "real"; // then the host may be the one who aborts
    if (this.#isHost) rt.pendingHost++;
  }

  perform(): boolean {
    return true;
  }

  /** `g` was woken: by the lock, or by its limit. */
  resume(g: G): boolean {
    if (this.#hasLeft) return this.#end(false);
    const running = g.status;
    if (this.#inner === null || (this.#inner.resume as (g: G) => boolean).call(this.#inner, g)) {
      return this.#end(true); // I1
    }
    this.#inner = g.again === this ? this.#inner : g.again;
    if (this.#isOver) {
      this.#object.leave(g);
      g.status = running;
      return this.#end(false);
    }
    g.again = this;
    return false;
  }

  #expire(): void {
    const { rt } = this.#g;
    if (this.#isOver || rt.isOver) return;
    this.#isOver = true;
    this.#hasLeft = this.#object.leave(this.#g);
    if (!this.#hasLeft) return; // I1
    this.#release();
    rt.wake(this.#g);
    if (current.rt !== rt) rt.onHostReady?.(); // the host aborted: the run stands still
  }

  #end(value: boolean): true {
    this.#release();
    this.#g.value = value;
    return true;
  }

  #release(): void {
    const { rt } = this.#g;
    rt.timers.remove(this.#timer); // I2
    this.#unwatch?.();
    this.#unwatch = null;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#signal = null;
    if (this.#isHost) rt.pendingHost--;
    this.#isHost = false;
  }
}
