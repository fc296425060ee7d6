// etcd_9446: https://github.com/etcd-io/etcd/pull/9446
//
// A transaction's buffer is a map of buckets. A commit resets it, bucket by bucket, while a reader that began before
// still looks into the same map: reader and buffer have different locks.
import { type Go, GoMap, Mutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Backend {
  readonly buckets = new GoMap<string, string>();
  /** Held by the batch that commits. */
  readonly batchLock = new Mutex();
  /** Held by a reader. */
  readonly readLock = new Mutex();
  readonly wg = new WaitGroup();

  *reset(): Go {
    yield* this.buckets.delete("key");
    yield* this.buckets.delete("lease");
  }

  *range(): Go {
    yield* this.readLock.lock();
    yield* this.buckets.get("key");
    yield* this.buckets.get("lease");
    yield* this.readLock.unlock();
  }
}

function* commitBroken(b: Backend): Go {
  yield* b.batchLock.lock();
  yield* b.reset();
  yield* b.batchLock.unlock();
}

function* commitFixed(b: Backend): Go {
  yield* b.batchLock.lock();
  yield* b.readLock.lock();
  yield* b.reset();
  yield* b.readLock.unlock();
  yield* b.batchLock.unlock();
}

function program(commit: (b: Backend) => Go) {
  return {
    setup: () => new Backend(),
    *main(b: Backend): Go {
      yield* b.buckets.set("key", "v1");
      yield* b.buckets.set("lease", "v1");
      yield* b.wg.go(() => b.range());
      yield* b.wg.go(() => commit(b));
      yield* b.wg.wait();
    },
  };
}

export default kernel({
  name: "etcd_9446",
  category: "data race",
  verdicts: ["fatal", "race"],
  broken: program(commitBroken),
  fixed: program(commitFixed),
});
