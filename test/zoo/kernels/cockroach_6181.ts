// cockroach_6181: https://github.com/cockroachdb/cockroach/pull/6181
//
// The cache of range descriptors is read under a lock for reading, and a log line there prints the cache; printing it
// locks for reading, too. Some lookups miss and go on to write. When such a writer queues between the two read locks
// of another lookup, both wait for ever. The repair prints what it holds without locking.
import { type Go, RWMutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Cache {
  readonly wg = new WaitGroup();
  readonly mu = new RWMutex();
  readonly ranges = new Map([["a", 1]]);
}

function* print(c: Cache): Go<string> {
  yield* c.mu.rLock();
  const text = printLocked(c);
  yield* c.mu.rUnlock();
  return text;
}

/** The caller holds the lock. */
function printLocked({ ranges }: Cache): string {
  return [...ranges].join(" ");
}

type Lookup = (c: Cache, key: string) => Go;

function* lookupBroken(c: Cache, key: string): Go {
  yield* c.mu.rLock();
  yield* print(c);
  const found = c.ranges.has(key);
  yield* c.mu.rUnlock();
  if (!found) yield* fill(c, key);
}

function* lookupFixed(c: Cache, key: string): Go {
  yield* c.mu.rLock();
  printLocked(c);
  const found = c.ranges.has(key);
  yield* c.mu.rUnlock();
  if (!found) yield* fill(c, key);
}

function* fill(c: Cache, key: string): Go {
  yield* c.mu.lock();
  c.ranges.set(key, c.ranges.size + 1);
  yield* c.mu.unlock();
}

function program(lookup: Lookup) {
  return {
    setup: () => new Cache(),
    *main(c: Cache): Go {
      for (const key of ["a", "b", "c"]) yield* c.wg.go(lookup, c, key);
      yield* c.wg.wait();
      yield* print(c);
    },
  };
}

export default kernel({
  name: "cockroach_6181",
  category: "RWR",
  verdicts: ["global-deadlock"],
  broken: program(lookupBroken),
  fixed: program(lookupFixed),
});
