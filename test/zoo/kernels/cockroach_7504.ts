// cockroach_7504: https://github.com/cockroachdb/cockroach/pull/7504
//
// A lease on a table is known in two places: in the table's own state and in a cache by name; each has its lock. Giving
// a lease back locks the state and then the cache, to remove the entry. Asking by name locks the cache and then the
// state, to see whether the lease is still good. The repair lets the cache go before it looks at the state.
import { type Go, Mutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Leases {
  readonly wg = new WaitGroup();
  readonly stateMu = new Mutex();
  users = 1;
  readonly cacheMu = new Mutex();
  readonly byName = new Set(["accounts"]);
}

function* release(m: Leases): Go {
  yield* m.stateMu.lock();
  m.users--;
  if (m.users === 0) {
    yield* m.cacheMu.lock();
    m.byName.delete("accounts");
    yield* m.cacheMu.unlock();
  }
  yield* m.stateMu.unlock();
}

function* acquireByNameBroken(m: Leases): Go {
  yield* m.cacheMu.lock();
  if (m.byName.has("accounts")) {
    yield* m.stateMu.lock();
    if (m.users > 0) m.users++;
    yield* m.stateMu.unlock();
  }
  yield* m.cacheMu.unlock();
}

function* acquireByNameFixed(m: Leases): Go {
  yield* m.cacheMu.lock();
  const isKnown = m.byName.has("accounts");
  yield* m.cacheMu.unlock();
  if (!isKnown) return;
  yield* m.stateMu.lock();
  if (m.users > 0) m.users++; // else it was given back in between
  yield* m.stateMu.unlock();
}

function program(acquireByName: (m: Leases) => Go) {
  return {
    setup: () => new Leases(),
    *main(m: Leases): Go {
      yield* m.wg.go(acquireByName, m);
      yield* m.wg.go(release, m);
      yield* m.wg.wait();
    },
  };
}

export default kernel({
  name: "cockroach_7504",
  category: "AB-BA",
  verdicts: ["global-deadlock"],
  broken: program(acquireByNameBroken),
  fixed: program(acquireByNameFixed),
});
