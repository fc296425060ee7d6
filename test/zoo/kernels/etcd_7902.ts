// etcd_7902: https://github.com/etcd-io/etcd/pull/7902
//
// A tester of elections runs rounds: one client leads, the others follow. At the end of a round the followers wait
// until the leader closes the round's channel. Everybody does that under one mutex: a follower who comes first holds
// the mutex while it waits for the leader, who waits for the mutex.
import { Chan, type Go, Mutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

const ROUNDS = 2;

class Election {
  readonly mu = new Mutex();
  readonly wg = new WaitGroup();
  /** One for each round, closed by its leader. */
  readonly over = Array.from({ length: ROUNDS }, () => new Chan<never>());
  validated = 0;
}

function* release(over: Chan<never>, isLeader: boolean): Go {
  if (isLeader) yield* over.close();
  yield* over.recv();
}

function* roundBroken(e: Election, over: Chan<never>, isLeader: boolean): Go {
  yield* e.mu.lock();
  e.validated++;
  yield* release(over, isLeader); // followers wait here, under the mutex
  yield* e.mu.unlock();
}

function* roundFixed(e: Election, over: Chan<never>, isLeader: boolean): Go {
  yield* e.mu.lock();
  e.validated++;
  yield* e.mu.unlock();
  yield* release(over, isLeader);
}

function program(round: (e: Election, over: Chan<never>, isLeader: boolean) => Go) {
  return {
    setup: () => new Election(),
    *main(e: Election): Go {
      for (const isLeader of [true, false, false]) {
        yield* e.wg.go(function* () {
          for (const over of e.over) yield* round(e, over, isLeader);
        });
      }
      yield* e.wg.wait();
    },
  };
}

export default kernel({
  name: "etcd_7902",
  category: "channel and lock",
  verdicts: ["global-deadlock"],
  broken: program(roundBroken),
  fixed: program(roundFixed),
});
