// kubernetes_11298: https://github.com/kubernetes/kubernetes/pull/11298
//
// A process of the Mesos scheduler waits on a Cond until it is told that its backlog has something to do. It does not
// look at the backlog before it waits, and a signal that nobody waits for is lost. When the work comes first, it is
// never done. The repair waits only as long as the backlog is empty.
import { Cond, type Go, Mutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Process {
  readonly wg = new WaitGroup();
  readonly mu = new Mutex();
  readonly hasWork = new Cond(this.mu);
  readonly backlog: string[] = [];
}

function* takeBroken(p: Process): Go {
  yield* p.mu.lock();
  yield* p.hasWork.wait();
  p.backlog.shift();
  yield* p.mu.unlock();
}

function* takeFixed(p: Process): Go {
  yield* p.mu.lock();
  while (p.backlog.length === 0) yield* p.hasWork.wait();
  p.backlog.shift();
  yield* p.mu.unlock();
}

function* submit(p: Process): Go {
  yield* p.mu.lock();
  p.backlog.push("launch");
  yield* p.mu.unlock();
  yield* p.hasWork.signal();
}

function program(take: (p: Process) => Go) {
  return {
    setup: () => new Process(),
    *main(p: Process): Go {
      yield* p.wg.go(take, p);
      yield* p.wg.go(submit, p);
      yield* p.wg.wait();
    },
  };
}

export default kernel({
  name: "kubernetes_11298",
  category: "cond",
  verdicts: ["global-deadlock"],
  broken: program(takeBroken),
  fixed: program(takeFixed),
});
