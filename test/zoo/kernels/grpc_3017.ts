// grpc_3017: https://github.com/grpc/grpc-go/pull/3017
//
// A cache keeps a removed connection for a while, in case the address comes back: a timer deletes it for good. When the
// address does come back, the timer is stopped; if it has fired already and its function waits for the lock, a flag
// tells it to do nothing. It does nothing indeed: it returns without unlocking. The repair unlocks first.
import { afterFunc, type FuncTimer, type Go, Mutex } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Cache {
  readonly mu = new Mutex();
  timer: FuncTimer | null = null;
  isDeletionAborted = false;
  hasConnection = true;
}

type Delete = (c: Cache) => Go;

function* deleteBroken(c: Cache): Go {
  yield* c.mu.lock();
  if (c.isDeletionAborted) return; // still locked
  c.hasConnection = false;
  yield* c.mu.unlock();
}

function* deleteFixed(c: Cache): Go {
  yield* c.mu.lock();
  if (!c.isDeletionAborted) c.hasConnection = false;
  yield* c.mu.unlock();
}

function* remove(c: Cache, deleteLater: Delete): Go {
  yield* c.mu.lock();
  c.timer = afterFunc(10, () => deleteLater(c));
  yield* c.mu.unlock();
}

function* comeBack(c: Cache): Go {
  yield* c.mu.lock();
  if (c.timer !== null && !c.timer.stop()) c.isDeletionAborted = true;
  c.timer = null;
  yield* c.mu.unlock();
}

function program(deleteLater: Delete) {
  return {
    setup: () => new Cache(),
    *main(c: Cache): Go {
      yield* remove(c, deleteLater);
      yield* comeBack(c);
      yield* remove(c, deleteLater);
    },
  };
}

export default kernel({
  name: "grpc_3017",
  category: "double locking",
  verdicts: ["global-deadlock", "leak", "partial-deadlock"],
  broken: program(deleteBroken),
  fixed: program(deleteFixed),
});
