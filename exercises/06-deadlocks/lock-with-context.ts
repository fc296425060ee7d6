// exercise: 06-deadlocks/lock-with-context
// A lock that one can stop waiting for. This version is the one that most people write first: a
// goroutine waits in our place. When the context ends, the caller goes, and the goroutine stays.
// Change the class: a cancelled wait leaves no lock held, nobody behind, and no waiter forgotten.
// Check: npx hb check 06-deadlocks/lock-with-context
// Fails: after a wait that was cancelled nobody can lock any more
import { Chan, type Context, type Go, go, Mutex, select } from "happens-before";

export class ContextMutex {
  // TODO: a Mutex has no way to leave its queue. Which thing that goroutines wait for has one?
  readonly #mu = new Mutex();

  /** Locks; waits as long as it takes. */
  *lock(): Go {
    yield* this.#mu.lock();
  }

  /** Unlocks. Only who holds the lock calls this. */
  *unlock(): Go {
    yield* this.#mu.unlock();
  }

  /** Locks and returns null; or, when `ctx` ends, returns `ctx.err()` without the lock. */
  *lockWithContext(ctx: Context): Go<Error | null> {
    const mu = this.#mu;
    const locked = new Chan<null>();
    yield* go(function* waitInOurPlace() {
      yield* mu.lock();
      yield* locked.send(null);
    });
    const { index } = yield* select(locked.onRecv(), ctx.done().onRecv());
    return index === 0 ? null : ctx.err();
  }
}
