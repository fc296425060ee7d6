// cockroach_16167: https://github.com/cockroachdb/cockroach/pull/16167
//
// A statement runs with the executor's configuration locked for reading. A statement that creates a table then waits
// until the configuration has been updated, on a Cond whose lock is the same lock's reading half under another name. So
// it reads twice, and `wait` gives only one of the two back: the update, a writer, never comes in. The repair ends the
// first reading before it waits.
import { Cond, type Go, RWMutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Executor {
  readonly wg = new WaitGroup();
  readonly configMu = new RWMutex();
  readonly updated = new Cond(this.configMu.rLocker());
  version = 0;
}

function* update(e: Executor): Go {
  yield* e.configMu.lock();
  e.version++;
  yield* e.configMu.unlock();
  yield* e.updated.broadcast();
}

function* waitForUpdate(e: Executor): Go {
  yield* e.updated.L.lock();
  while (e.version === 0) yield* e.updated.wait();
  yield* e.updated.L.unlock();
}

function* executeBroken(e: Executor): Go {
  yield* e.configMu.rLock();
  yield* waitForUpdate(e);
  yield* e.configMu.rUnlock();
}

function* executeFixed(e: Executor): Go {
  yield* e.configMu.rLock();
  yield* e.configMu.rUnlock();
  yield* waitForUpdate(e);
}

function program(execute: (e: Executor) => Go) {
  return {
    setup: () => new Executor(),
    *main(e: Executor): Go {
      yield* e.wg.go(update, e);
      yield* e.wg.go(execute, e);
      yield* e.wg.wait();
    },
  };
}

export default kernel({
  name: "cockroach_16167",
  category: "RWR",
  verdicts: ["global-deadlock"],
  broken: program(executeBroken),
  fixed: program(executeFixed),
});
