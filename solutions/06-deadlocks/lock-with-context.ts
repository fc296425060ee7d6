// exercise: 06-deadlocks/lock-with-context
// A lock that one can stop waiting for. This version is the one that most people write first: a
// goroutine waits in our place. When the context ends, the caller goes, and the goroutine stays.
// Change the class: a cancelled wait leaves no lock held, nobody behind, and no waiter forgotten.
// Check: npx hb check 06-deadlocks/lock-with-context
// Fails: after a wait that was cancelled nobody can lock any more
import { Chan, type Context, type Go, select } from "happens-before";

export class ContextMutex {
  // A channel with one place: who has put something in holds the lock. A select can wait for that.
  readonly #place = new Chan<null>(1);

  /** Locks; waits as long as it takes. */
  *lock(): Go {
    yield* this.#place.send(null);
  }

  /** Unlocks. Only who holds the lock calls this. */
  *unlock(): Go {
    yield* this.#place.recv();
  }

  /** Locks and returns null; or, when `ctx` ends, returns `ctx.err()` without the lock. */
  *lockWithContext(ctx: Context): Go<Error | null> {
    // When both cases are ready, select takes either: a context that has ended is asked first.
    if (ctx.err() !== null) return ctx.err();
    const { index } = yield* select(this.#place.onSend(null), ctx.done().onRecv());
    return index === 0 ? null : ctx.err();
  }
}
