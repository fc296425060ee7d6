// kubernetes_79631: https://github.com/kubernetes/kubernetes/pull/79631
//
// A scheduler's queue keeps pods that have to wait a while in a heap of their own; a goroutine takes them out under the
// queue's lock when their time has come. A test looks a pod up in that heap without the lock.
import { Cell, type Go, go, Mutex, sleep } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

const BACKOFF_MS = 5;

class SchedulingQueue {
  readonly lock = new Mutex();
  readonly #backoff = new Cell<readonly string[]>(["pod-1", "pod-2"], "backoff");

  *pop(): Go {
    yield* this.lock.lock();
    const pods = yield* this.#backoff.read();
    yield* this.#backoff.write(pods.slice(1));
    yield* this.lock.unlock();
  }

  *get(pod: string): Go<boolean> {
    return (yield* this.#backoff.read()).includes(pod);
  }

  *getLocked(pod: string): Go<boolean> {
    yield* this.lock.lock();
    const isThere = yield* this.get(pod);
    yield* this.lock.unlock();
    return isThere;
  }
}

function program(get: (q: SchedulingQueue) => Go<boolean>) {
  return {
    setup: () => new SchedulingQueue(),
    *main(q: SchedulingQueue): Go {
      yield* go(function* () {
        for (let i = 0; i < 2; i++) {
          yield* sleep(BACKOFF_MS);
          yield* q.pop();
        }
      });
      yield* get(q);
    },
  };
}

export default kernel({
  name: "kubernetes_79631",
  category: "data race",
  verdicts: ["race"],
  broken: program((q) => q.get("pod-2")),
  fixed: program((q) => q.getLocked("pod-2")),
});
