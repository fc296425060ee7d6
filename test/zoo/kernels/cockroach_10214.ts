// cockroach_10214: https://github.com/cockroachdb/cockroach/pull/10214
//
// A store collects the heartbeats of its replicas under one lock and sends them together; while it sends, it reports
// to each replica, which locks that replica's raft lock. A replica that ticks holds its raft lock and its own lock, and
// then adds a heartbeat to the collection. Three locks, one ring. The repair takes the heartbeats out under the lock
// and reports after it has let it go.
import { type Go, Mutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Store {
  readonly wg = new WaitGroup();
  readonly coalescedMu = new Mutex();
  heartbeats: string[] = ["r1"];
  readonly replica = { raftMu: new Mutex(), mu: new Mutex(), unreachable: 0 };
}

function* reportUnreachable({ replica }: Store): Go {
  yield* replica.raftMu.lock();
  yield* replica.mu.lock();
  replica.unreachable++;
  yield* replica.mu.unlock();
  yield* replica.raftMu.unlock();
}

function* sendHeartbeatsBroken(s: Store): Go {
  yield* s.coalescedMu.lock();
  for (const _ of s.heartbeats) yield* reportUnreachable(s);
  s.heartbeats = [];
  yield* s.coalescedMu.unlock();
}

function* sendHeartbeatsFixed(s: Store): Go {
  yield* s.coalescedMu.lock();
  const taken = s.heartbeats;
  s.heartbeats = [];
  yield* s.coalescedMu.unlock();
  for (const _ of taken) yield* reportUnreachable(s);
}

function* tick(s: Store): Go {
  yield* s.replica.raftMu.lock();
  yield* s.replica.mu.lock();
  yield* s.coalescedMu.lock();
  s.heartbeats.push("r1");
  yield* s.coalescedMu.unlock();
  yield* s.replica.mu.unlock();
  yield* s.replica.raftMu.unlock();
}

function program(sendHeartbeats: (s: Store) => Go) {
  return {
    setup: () => new Store(),
    *main(s: Store): Go {
      yield* s.wg.go(sendHeartbeats, s);
      yield* s.wg.go(tick, s);
      yield* s.wg.wait();
    },
  };
}

export default kernel({
  name: "cockroach_10214",
  category: "AB-BA",
  verdicts: ["global-deadlock"],
  broken: program(sendHeartbeatsBroken),
  fixed: program(sendHeartbeatsFixed),
});
