// moby_28462: https://github.com/moby/moby/pull/28462
//
// A container's health is probed by a monitor, which takes the container's lock to note each result. When the
// container stops, its state changes under that lock, and the monitor is told to stop by a message. If the monitor is
// noting a result then, it waits for the lock, and the message waits for the monitor.
import { after, Chan, type Go, go, Mutex, select } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

const INTERVAL_MS = 10;
const PROBES = 3;

class Container {
  readonly lock = new Mutex();
  readonly stop = new Chan<null>();
  isHealthy = false;

  *monitor(): Go {
    for (let i = 0; i < PROBES; i++) {
      const { index } = yield* select(this.stop.onRecv(), after(INTERVAL_MS).onRecv());
      if (index === 0) return;
      yield* this.lock.lock();
      this.isHealthy = true;
      yield* this.lock.unlock();
    }
    yield* this.stop.recv();
  }

  *stateChanged(tell: (stop: Chan<null>) => Go): Go {
    yield* this.lock.lock();
    this.isHealthy = false;
    yield* tell(this.stop);
    yield* this.lock.unlock();
  }
}

function* tellBroken(stop: Chan<null>): Go {
  yield* stop.send(null); // waits for the monitor, under the lock
}

function* tellFixed(stop: Chan<null>): Go {
  yield* stop.close();
}

function program(tell: (stop: Chan<null>) => Go) {
  return {
    setup: () => new Container(),
    *main(c: Container): Go {
      yield* go(() => c.monitor());
      yield* go(() => c.stateChanged(tell));
    },
  };
}

export default kernel({
  name: "moby_28462",
  category: "channel and lock",
  verdicts: ["leak", "partial-deadlock"],
  broken: program(tellBroken),
  fixed: program(tellFixed),
});
