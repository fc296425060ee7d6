// etcd_10492: https://github.com/etcd-io/etcd/pull/10492
//
// The lessor renews a lease under its lock. A lease that was set up with a checkpoint of its remaining time has to be
// recorded first; the recorder is a callback, and the one that the server installs comes back to the lessor and locks
// it again. The repair calls the recorder before it locks.
import { type Go, Mutex } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Lessor {
  readonly mu = new Mutex();
  remainingMs = 10;
  checkpointMs = 0;
}

/** What the server installs: it stores the time that is left. */
function* record(le: Lessor, remainingMs: number): Go {
  yield* le.mu.lock();
  le.checkpointMs = remainingMs;
  yield* le.mu.unlock();
}

function* renewBroken(le: Lessor): Go {
  yield* le.mu.lock();
  if (le.remainingMs > 0) yield* record(le, 0);
  le.remainingMs = 0;
  yield* le.mu.unlock();
}

function* renewFixed(le: Lessor): Go {
  yield* le.mu.lock();
  const isCheckpointed = le.remainingMs > 0;
  yield* le.mu.unlock();
  if (isCheckpointed) yield* record(le, 0);
  yield* le.mu.lock();
  le.remainingMs = 0;
  yield* le.mu.unlock();
}

function program(renew: (le: Lessor) => Go) {
  return {
    setup: () => new Lessor(),
    *main(le: Lessor): Go {
      yield* renew(le);
    },
  };
}

export default kernel({
  name: "etcd_10492",
  category: "double locking",
  verdicts: ["global-deadlock"],
  broken: program(renewBroken),
  fixed: program(renewFixed),
});
