// etcd_6873: https://github.com/etcd-io/etcd/pull/6873
//
// A watch proxy has a loop that merges broadcasts, one after the other, each under the mutex. stop() locks that
// mutex, closes the loop's queue and waits for the loop to end. If the loop still has a broadcast to merge, it waits
// for the mutex that stop() holds until the loop has ended.
import { Chan, type Go, go, Mutex, onDefault, select } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Broadcasts {
  readonly mu = new Mutex();
  readonly updates = new Chan<string>(1);
  readonly done = new Chan<never>();
  merged = 0;

  *loop(): Go {
    const broadcasts = this;
    yield* this.updates.forEach(function* () {
      yield* broadcasts.merge();
    });
    yield* this.done.close();
  }

  *merge(): Go {
    yield* this.mu.lock();
    this.merged++;
    yield* this.mu.unlock();
  }

  *update(name: string): Go {
    yield* select(this.updates.onSend(name), onDefault());
  }

  *stopBroken(): Go {
    yield* this.mu.lock();
    yield* this.updates.close();
    yield* this.done.recv(); // the loop may want the mutex
    yield* this.mu.unlock();
  }

  *stopFixed(): Go {
    yield* this.mu.lock();
    yield* this.updates.close();
    yield* this.mu.unlock();
    yield* this.done.recv();
  }
}

function program(stop: (b: Broadcasts) => Go) {
  return {
    setup: () => new Broadcasts(),
    *main(b: Broadcasts): Go {
      yield* go(() => b.loop());
      yield* b.update("a watch");
      yield* go(() => stop(b));
    },
  };
}

export default kernel({
  name: "etcd_6873",
  category: "channel and lock",
  verdicts: ["leak", "partial-deadlock"],
  broken: program((b) => b.stopBroken()),
  fixed: program((b) => b.stopFixed()),
});
