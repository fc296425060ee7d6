// ContextWait: a goroutine that waits for something of its own and for the end of a context, whichever comes first.
//
// It stands in two queues at once, as a select does: in that of the thing it waits for, and in that of the context's
// done channel. Only shapes are needed here, so any context will do, and no channel is imported.
//
// Invariants:
//  I1. Whoever ends the wait takes it out of both queues before anybody else can run. O(1).
//  I2. A wait that was granted while its context ended, before it could run again, counts as cancelled: `finish` gives
//      back what it was granted.
//
// Source: golang.org/x/sync/semaphore (Acquire), golang.org/x/time/rate (wait).

import { type G, type Operable, Waiter, type WaitQueue } from "../runtime/index.js";

/** What waits need of a context: when it ends at the latest, its done channel, and why it ended. A `Context` is one. */
export interface ContextLike {
  /** Milliseconds of the run's clock. */
  deadline(): number | undefined;
  done(): { onRecv(): { readonly chan: DoneSignal } };
  err(): Error | null;
}

/** What waits need of a done channel. */
export interface DoneSignal {
  /** True when it is closed. */
  readonly canRecv: boolean;
  enqueue(w: Waiter, isSend: boolean): void;
}

/** True when `ctx` has ended already. */
export function isDone(ctx: ContextLike | undefined): boolean {
  return ctx?.done().onRecv().chan.canRecv === true;
}

/** Refuses what is no context. @throws {TypeError} naming `what` and the value */
export function checkContext(what: string, ctx: ContextLike | undefined): void {
  if (ctx === undefined || typeof (ctx as ContextLike | null)?.done === "function") return;
  throw new TypeError(`${what}: expected \`ctx\` to be a Context, got ${String(ctx)}`);
}

/** A place in the done channel's queue. */
class DonePlace extends Waiter {
  readonly #g: G;
  constructor(g: G) {
    super();
    this.#g = g;
    this.caseIndex = 1;
  }
  override get goroutine(): G {
    return this.#g;
  }
}

/** How a wait ended. */
export type Outcome = "granted" | "granted too late" | "cancelled";

/** One wait. It is its own waiter, and what the goroutine calls when it goes on. */
export class ContextWait extends Waiter implements Operable {
  readonly label = "";
  readonly #g: G;
  readonly #ctx: ContextLike | undefined;
  readonly #finish: (outcome: Outcome) => unknown;
  #isGranted = false;

  /** `finish` is called once, by the goroutine itself; what it returns is the operation's value. */
  constructor(g: G, ctx: ContextLike | undefined, finish: (outcome: Outcome) => unknown) {
    super();
    this.#g = g;
    this.#ctx = ctx;
    this.#finish = finish;
  }

  override get goroutine(): G {
    return this.#g;
  }

  /** Parks the goroutine; in `queue`, if somebody will look there for it. */
  begin(queue: WaitQueue | null): void {
    const g = this.#g;
    queue?.pushBack(this);
    if (this.#ctx !== undefined) {
      const place = new DonePlace(g);
      this.#ctx.done().onRecv().chan.enqueue(place, false);
      g.cases = [this, place]; // the channel that takes one of them out takes out the other, too (I1)
    }
    g.again = this;
    g.rt.block(g);
  }

  /**
   * Ends the wait with success, unless the context has ended it already. The caller has taken it out of its own queue.
   */
  grant(): void {
    const g = this.#g;
    if (this.#ctx !== undefined && g.cases === null) return; // cancelled, and not yet running again
    for (const place of g.cases ?? []) place.queue?.remove(place); // I1
    g.cases = null;
    this.#isGranted = true;
    g.rt.wake(g);
  }

  perform(): boolean {
    return true;
  }

  resume(g: G): boolean {
    const isLate = this.#isGranted && isDone(this.#ctx); // I2
    g.value = this.#finish(this.#isGranted ? (isLate ? "granted too late" : "granted") : "cancelled");
    return true;
  }
}
