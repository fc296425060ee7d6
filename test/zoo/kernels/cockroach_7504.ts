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

/** Returns whether there is a lease, which the caller now uses. */
type AcquireByName = (m: Leases) => Go<boolean>;

function* acquireByNameBroken(m: Leases): Go<boolean> {
  let isGood = false;
  yield* m.cacheMu.lock();
  if (m.byName.has("accounts")) isGood = yield* use(m);
  yield* m.cacheMu.unlock();
  return isGood;
}

function* acquireByNameFixed(m: Leases): Go<boolean> {
  yield* m.cacheMu.lock();
  const isKnown = m.byName.has("accounts");
  yield* m.cacheMu.unlock();
  return isKnown && (yield* use(m));
}

/** Adds a user, unless the lease was given back in between. */
function* use(m: Leases): Go<boolean> {
  yield* m.stateMu.lock();
  const isGood = m.users > 0;
  if (isGood) m.users++;
  yield* m.stateMu.unlock();
  return isGood;
}

function* query(m: Leases, acquireByName: AcquireByName): Go {
  if (yield* acquireByName(m)) yield* release(m);
}

function program(acquireByName: AcquireByName) {
  return {
    setup: () => new Leases(),
    *main(m: Leases): Go {
      yield* m.wg.go(query, m, acquireByName);
      yield* m.wg.go(query, m, acquireByName);
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
