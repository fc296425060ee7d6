// moby_30408: https://github.com/moby/moby/pull/30408
//
// Whoever needs a plugin waits on a condition until it is active or has failed. Activating it notes a failure, and
// tells nobody: in the whole program there is no signal that belongs to the wait. Whoever came before the failure
// waits for ever.
import { Cond, type Go, Mutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Plugin {
  readonly changed = new Cond(new Mutex());
  readonly wg = new WaitGroup();
  isActive = false;
  error: Error | null = null;

  *waitActive(): Go {
    yield* this.changed.L.lock();
    while (!this.isActive && this.error === null) yield* this.changed.wait();
    yield* this.changed.L.unlock();
  }

  *failBroken(): Go {
    yield* this.changed.L.lock();
    this.error = new Error("some junk");
    yield* this.changed.L.unlock();
  }

  *failFixed(): Go {
    yield* this.failBroken();
    yield* this.changed.broadcast();
  }
}

function program(fail: (p: Plugin) => Go) {
  return {
    setup: () => new Plugin(),
    *main(p: Plugin): Go {
      yield* p.wg.go(() => p.waitActive());
      yield* p.wg.go(() => p.waitActive());
      yield* fail(p);
      yield* p.wg.wait();
    },
  };
}

export default kernel({
  name: "moby_30408",
  category: "cond",
  verdicts: ["global-deadlock"],
  broken: program((p) => p.failBroken()),
  fixed: program((p) => p.failFixed()),
});
