// hugo_3251: https://github.com/gohugoio/hugo/pull/3251
//
// Remote resources are fetched once: a table holds a lock for each URL. Locking a URL locks the table, finds or makes
// the lock, and takes it, all under the table's lock. Whoever has the URL must read the table to give its lock back,
// and cannot while somebody waits for that URL. The repair takes the URL's lock after it has let the table go.
import { type Go, Mutex, RWMutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class UrlLocks {
  readonly wg = new WaitGroup();
  readonly tableMu = new RWMutex();
  readonly byUrl = new Map<string, Mutex>();
}

type Lock = (t: UrlLocks, url: string) => Go;

function lockOf({ byUrl }: UrlLocks, url: string): Mutex {
  const mu = byUrl.get(url) ?? new Mutex();
  byUrl.set(url, mu);
  return mu;
}

function* lockBroken(t: UrlLocks, url: string): Go {
  yield* t.tableMu.lock();
  yield* lockOf(t, url).lock();
  yield* t.tableMu.unlock();
}

function* lockFixed(t: UrlLocks, url: string): Go {
  yield* t.tableMu.lock();
  const mu = lockOf(t, url);
  yield* t.tableMu.unlock();
  yield* mu.lock();
}

function* unlock(t: UrlLocks, url: string): Go {
  yield* t.tableMu.rLock();
  const mu = t.byUrl.get(url);
  if (mu !== undefined) yield* mu.unlock();
  yield* t.tableMu.rUnlock();
}

function* fetchOnce(t: UrlLocks, lock: Lock): Go {
  yield* lock(t, "https://example.org/data.json");
  yield* unlock(t, "https://example.org/data.json");
}

function program(lock: Lock) {
  return {
    setup: () => new UrlLocks(),
    *main(t: UrlLocks): Go {
      for (let i = 0; i < 3; i++) yield* t.wg.go(fetchOnce, t, lock);
      yield* t.wg.wait();
    },
  };
}

export default kernel({
  name: "hugo_3251",
  category: "AB-BA",
  verdicts: ["global-deadlock"],
  broken: program(lockBroken),
  fixed: program(lockFixed),
});
