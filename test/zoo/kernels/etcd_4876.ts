// etcd_4876: https://github.com/etcd-io/etcd/pull/4876
//
// How often a watch reports its progress is a variable of the package, so that a test can shorten it. The loop of each
// stream reads it when it starts. The test puts the old value back while such a loop may only be starting.
import { Cell, Chan, type Go, Mutex, newTicker, select, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

const USUAL_MS = 600;
const SHORT_MS = 50;

class Watching {
  readonly lock = new Mutex();
  readonly intervalMs = new Cell(USUAL_MS, "progressReportIntervalMs");
  readonly closed = new Chan<never>();
  readonly wg = new WaitGroup();

  *locked<T>(body: () => Go<T>): Go<T> {
    yield* this.lock.lock();
    const value = yield* body();
    yield* this.lock.unlock();
    return value;
  }

  *sendLoop(access: Access): Go {
    const intervalMs = yield* access.get(this);
    const ticker = newTicker(intervalMs);
    while ((yield* select(ticker.c.onRecv(), this.closed.onRecv())).index === 0);
    ticker.stop();
  }
}

interface Access {
  readonly get: (w: Watching) => Go<number>;
  readonly set: (w: Watching, ms: number) => Go;
}

const plain: Access = {
  *get(w) {
    return yield* w.intervalMs.read();
  },
  *set(w, ms) {
    yield* w.intervalMs.write(ms);
  },
};

const locked: Access = {
  get: (w) => w.locked(() => plain.get(w)),
  set: (w, ms) => w.locked(() => plain.set(w, ms)),
};

function program(access: Access) {
  return {
    setup: () => new Watching(),
    *main(w: Watching): Go {
      yield* access.set(w, SHORT_MS);
      yield* w.wg.go(() => w.sendLoop(access));
      yield* access.set(w, USUAL_MS);
      yield* w.closed.close();
      yield* w.wg.wait();
    },
  };
}

export default kernel({
  name: "etcd_4876",
  category: "data race",
  verdicts: ["race"],
  broken: program(plain),
  fixed: program(locked),
});
