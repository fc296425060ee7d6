// cockroach_3710: https://github.com/cockroachdb/cockroach/pull/3710
//
// A store walks over its replicas with its lock held for reading. For each it asks the raft log queue whether there is
// something to do, and that, some calls deeper, asks the store for the replica's status: it locks for reading again.
// A writer that queues between the two holds up the second reader, and waits for the first. The repair collects the
// replicas under the lock and asks afterwards.
import { type Go, RWMutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Store {
  readonly wg = new WaitGroup();
  readonly mu = new RWMutex();
  readonly replicas = [1];
  applied = 0;
}

function* raftStatus(s: Store): Go<number> {
  yield* s.mu.rLock();
  const { applied } = s;
  yield* s.mu.rUnlock();
  return applied;
}

function* shouldQueue(s: Store, _replica: number): Go<boolean> {
  return (yield* raftStatus(s)) > 0;
}

function* scanBroken(s: Store): Go {
  yield* s.mu.rLock();
  for (const replica of s.replicas) yield* shouldQueue(s, replica);
  yield* s.mu.rUnlock();
}

function* scanFixed(s: Store): Go {
  yield* s.mu.rLock();
  const replicas = [...s.replicas];
  yield* s.mu.rUnlock();
  for (const replica of replicas) yield* shouldQueue(s, replica);
}

function* processRaft(s: Store): Go {
  yield* s.mu.lock();
  s.applied++;
  yield* s.mu.unlock();
}

function program(scan: (s: Store) => Go) {
  return {
    setup: () => new Store(),
    *main(s: Store): Go {
      yield* s.wg.go(scan, s);
      yield* s.wg.go(processRaft, s);
      yield* s.wg.wait();
    },
  };
}

export default kernel({
  name: "cockroach_3710",
  category: "RWR",
  verdicts: ["global-deadlock"],
  broken: program(scanBroken),
  fixed: program(scanFixed),
});
