// kubernetes_10182: https://github.com/kubernetes/kubernetes/pull/10182
//
// A status manager keeps the pods' statuses under a lock and sends each change to a loop that publishes it. The send
// happens under the lock. The loop, having received one change, may have to delete that pod's status, under the same
// lock: by then the next change holds it, waiting for the loop.
import { Chan, type Go, go, Mutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class StatusManager {
  readonly lock = new Mutex();
  readonly changes = new Chan<string>();
  readonly setters = new WaitGroup();
  readonly statuses = new Map<string, string>();

  *syncLoop(): Go {
    const manager = this;
    yield* this.changes.forEach(function* (pod) {
      yield* manager.lock.lock();
      manager.statuses.delete(pod);
      yield* manager.lock.unlock();
    });
  }

  *setBroken(pod: string): Go {
    yield* this.lock.lock();
    this.statuses.set(pod, "running");
    yield* this.changes.send(pod); // still locked
    yield* this.lock.unlock();
  }

  *setFixed(pod: string): Go {
    yield* this.lock.lock();
    this.statuses.set(pod, "running");
    yield* this.lock.unlock();
    yield* this.changes.send(pod);
  }
}

function program(set: (m: StatusManager, pod: string) => Go) {
  return {
    setup: () => new StatusManager(),
    *main(m: StatusManager): Go {
      yield* go(() => m.syncLoop());
      for (const pod of ["web", "db"]) yield* m.setters.go(() => set(m, pod));
      yield* go(function* () {
        yield* m.setters.wait();
        yield* m.changes.close();
      });
    },
  };
}

export default kernel({
  name: "kubernetes_10182",
  category: "channel and lock",
  verdicts: ["leak", "partial-deadlock"],
  broken: program((m, pod) => m.setBroken(pod)),
  fixed: program((m, pod) => m.setFixed(pod)),
});
