// kubernetes_62464: https://github.com/kubernetes/kubernetes/pull/62464
//
// The state of the CPU manager is a table under a read-write lock. Asking for a container's processors, or else the
// default ones, locks for reading and then calls the getter, which locks for reading again. The loop that reconciles
// does so while containers are removed: a writer between the two. The repair looks into the table directly.
import { type Go, RWMutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class State {
  readonly wg = new WaitGroup();
  readonly mu = new RWMutex();
  readonly assigned = new Map([["web", "0-1"]]);
}

type Get = (s: State, container: string) => Go<string>;

function* getOwn(s: State, container: string): Go<string | undefined> {
  yield* s.mu.rLock();
  const cpus = s.assigned.get(container);
  yield* s.mu.rUnlock();
  return cpus;
}

function* getBroken(s: State, container: string): Go<string> {
  yield* s.mu.rLock();
  const cpus = (yield* getOwn(s, container)) ?? "default";
  yield* s.mu.rUnlock();
  return cpus;
}

function* getFixed(s: State, container: string): Go<string> {
  yield* s.mu.rLock();
  const cpus = s.assigned.get(container) ?? "default";
  yield* s.mu.rUnlock();
  return cpus;
}

function* reconcile(s: State, get: Get): Go {
  for (let round = 0; round < 2; round++) yield* get(s, "web");
}

function* removeContainer(s: State): Go {
  yield* s.mu.lock();
  s.assigned.delete("web");
  yield* s.mu.unlock();
}

function program(get: Get) {
  return {
    setup: () => new State(),
    *main(s: State): Go {
      yield* s.wg.go(reconcile, s, get);
      yield* s.wg.go(removeContainer, s);
      yield* s.wg.wait();
    },
  };
}

export default kernel({
  name: "kubernetes_62464",
  category: "RWR",
  verdicts: ["global-deadlock"],
  broken: program(getBroken),
  fixed: program(getFixed),
});
