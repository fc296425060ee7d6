// kubernetes_30872: https://github.com/kubernetes/kubernetes/pull/30872
//
// Three parts of a cluster federation call each other with their locks held: the queue delivers a change to the
// informer, the informer asks the namespace controller whether it is ready, and the controller looks at the queue. Each
// pair looks harmless; together they are a ring. The repair lets the informer ask before it locks itself.
import { type Go, Mutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Federation {
  readonly wg = new WaitGroup();
  readonly queueMu = new Mutex();
  readonly queue: string[] = ["cluster-1"];
  readonly informerMu = new Mutex();
  readonly clusters = new Set<string>();
  readonly namespacesMu = new Mutex();
  isReady = false;
}

function* deliver(f: Federation): Go {
  yield* f.queueMu.lock();
  yield* f.informerMu.lock();
  for (const cluster of f.queue.splice(0)) f.clusters.add(cluster);
  yield* f.informerMu.unlock();
  yield* f.queueMu.unlock();
}

function* askReady(f: Federation): Go<boolean> {
  yield* f.namespacesMu.lock();
  const { isReady } = f;
  yield* f.namespacesMu.unlock();
  return isReady;
}

function* syncBroken(f: Federation): Go {
  yield* f.informerMu.lock();
  if (!(yield* askReady(f))) f.clusters.clear();
  yield* f.informerMu.unlock();
}

function* syncFixed(f: Federation): Go {
  const isReady = yield* askReady(f);
  yield* f.informerMu.lock();
  if (!isReady) f.clusters.clear();
  yield* f.informerMu.unlock();
}

function* reconcile(f: Federation): Go {
  yield* f.namespacesMu.lock();
  yield* f.queueMu.lock();
  f.isReady = f.queue.length === 0;
  yield* f.queueMu.unlock();
  yield* f.namespacesMu.unlock();
}

function program(sync: (f: Federation) => Go) {
  return {
    setup: () => new Federation(),
    *main(f: Federation): Go {
      yield* f.wg.go(deliver, f);
      yield* f.wg.go(sync, f);
      yield* f.wg.go(reconcile, f);
      yield* f.wg.wait();
    },
  };
}

export default kernel({
  name: "kubernetes_30872",
  category: "AB-BA",
  verdicts: ["global-deadlock"],
  broken: program(syncBroken),
  fixed: program(syncFixed),
});
