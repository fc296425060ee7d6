// kubernetes_88331: https://github.com/kubernetes/kubernetes/pull/88331
//
// The scheduler's heap of pods counts, for its metrics, how many are left; Pop and Add run under the queue's lock. Len,
// which the metrics read now and then, does not take it.
import { type Go, go, RWMutex, TracedObject } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Heap {
  readonly lock = new RWMutex();
  readonly #data = new TracedObject({ items: ["pod-1", "pod-2"] as readonly string[] }, "heap");

  *pop(): Go {
    yield* this.lock.lock();
    const items = yield* this.#data.get("items");
    yield* this.#data.set("items", items.slice(1));
    yield* this.lock.unlock();
  }

  *len(): Go<number> {
    return (yield* this.#data.get("items")).length;
  }

  *lenLocked(): Go<number> {
    yield* this.lock.rLock();
    const length = yield* this.len();
    yield* this.lock.rUnlock();
    return length;
  }
}

function program(len: (h: Heap) => Go<number>) {
  return {
    setup: () => new Heap(),
    *main(h: Heap): Go {
      yield* go(() => h.pop());
      yield* len(h);
    },
  };
}

export default kernel({
  name: "kubernetes_88331",
  category: "data race",
  verdicts: ["race"],
  broken: program((h) => h.len()),
  fixed: program((h) => h.lenLocked()),
});
