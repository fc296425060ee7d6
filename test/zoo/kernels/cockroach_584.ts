// cockroach_584: https://github.com/cockroachdb/cockroach/pull/584
//
// The gossip loop locks, looks at its state, and leaves the loop with `break` when it is closed. The unlock stands at
// the end of the loop's body, so `break` jumps over it: whoever locks next waits for ever.
import { type Go, Mutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Gossip {
  readonly mu = new Mutex();
  readonly wg = new WaitGroup();
  isClosed = true;
}

function* bootstrapBroken(g: Gossip): Go {
  for (;;) {
    yield* g.mu.lock();
    if (g.isClosed) break; // still locked
    yield* g.mu.unlock();
  }
}

function* bootstrapFixed(g: Gossip): Go {
  for (;;) {
    yield* g.mu.lock();
    if (g.isClosed) {
      yield* g.mu.unlock();
      break;
    }
    yield* g.mu.unlock();
  }
}

function* manage(g: Gossip): Go {
  yield* g.mu.lock();
  g.isClosed = true;
  yield* g.mu.unlock();
}

function program(bootstrap: (g: Gossip) => Go) {
  return {
    setup: () => new Gossip(),
    *main(g: Gossip): Go {
      yield* g.wg.go(function* () {
        yield* bootstrap(g);
        yield* manage(g);
      });
      yield* g.wg.wait();
    },
  };
}

export default kernel({
  name: "cockroach_584",
  category: "double locking",
  verdicts: ["global-deadlock"],
  broken: program(bootstrapBroken),
  fixed: program(bootstrapFixed),
});
