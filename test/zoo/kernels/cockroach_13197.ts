// cockroach_13197: https://github.com/cockroachdb/cockroach/pull/13197
//
// Go's database/sql gives each transaction a context and a goroutine that waits for its end, to roll back. Ending the
// transaction cancels the context. A client that returns early on an error, and neither commits nor rolls back, leaves
// the goroutine behind. The repair rolls back.
import {
  background,
  type CancelFunc,
  type Context,
  type Go,
  go,
  Mutex,
  withCancel,
} from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Transaction {
  readonly mu = new Mutex();
  isOver = false;
  readonly #cancel: CancelFunc;

  constructor(cancel: CancelFunc) {
    this.#cancel = cancel;
  }

  *end(): Go {
    yield* this.mu.lock();
    this.isOver = true;
    yield* this.mu.unlock();
    yield* this.#cancel();
  }

  *awaitDone(ctx: Context): Go {
    yield* ctx.done().recv();
    yield* this.mu.lock();
    this.isOver = true;
    yield* this.mu.unlock();
  }
}

function* begin(parent: Context): Go<Transaction> {
  const [ctx, cancel] = withCancel(parent);
  const tx = new Transaction(cancel);
  yield* go(() => tx.awaitDone(ctx));
  return tx;
}

function* abandon(_: Transaction): Go {}

function* rollBack(tx: Transaction): Go {
  yield* tx.end();
}

function program(leave: (tx: Transaction) => Go) {
  return {
    setup: () => background(),
    *main(ctx: Context): Go {
      const tx = yield* begin(ctx);
      yield* leave(tx); // a statement has failed
    },
  };
}

export default kernel({
  name: "cockroach_13197",
  category: "channel and context",
  verdicts: ["leak"],
  broken: program(abandon),
  fixed: program(rollBack),
});
