// kubernetes_1321: https://github.com/kubernetes/kubernetes/pull/1321
//
// A broadcaster hands every event to all its watchers, under its lock. A watcher that stops asks the broadcaster to
// forget it and to close its channel, which needs the lock. If an event is on its way to that watcher, nobody receives
// it: the broadcaster keeps the lock, and the watcher waits for it.
import { Chan, type Go, Mutex, select, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

interface Watcher {
  readonly result: Chan<string>;
  readonly stopped: Chan<never>;
}

type Send = (w: Watcher, event: string) => Go;
type Stop = (b: Broadcaster, w: Watcher) => Go;

class Broadcaster {
  readonly lock = new Mutex();
  readonly incoming = new Chan<string>();
  readonly wg = new WaitGroup();
  readonly #watchers = new Set<Watcher>();

  *watch(): Go<Watcher> {
    const w: Watcher = { result: new Chan(), stopped: new Chan() };
    yield* this.lock.lock();
    this.#watchers.add(w);
    yield* this.lock.unlock();
    return w;
  }

  *loop(send: Send): Go {
    const broadcaster = this;
    yield* this.incoming.forEach(function* (event) {
      yield* broadcaster.distribute(event, send);
    });
  }

  *distribute(event: string, send: Send): Go {
    yield* this.lock.lock();
    for (const w of this.#watchers) yield* send(w, event);
    yield* this.lock.unlock();
  }

  *forget(w: Watcher): Go {
    yield* this.lock.lock();
    this.#watchers.delete(w);
    yield* w.result.close();
    yield* this.lock.unlock();
  }
}

function* sendBroken(w: Watcher, event: string): Go {
  yield* w.result.send(event);
}

function* stopBroken(b: Broadcaster, w: Watcher): Go {
  yield* b.forget(w);
}

function* sendFixed(w: Watcher, event: string): Go {
  yield* select(w.result.onSend(event), w.stopped.onRecv());
}

function* stopFixed(b: Broadcaster, w: Watcher): Go {
  yield* w.stopped.close(); // first, so that nobody keeps the lock for its sake
  yield* b.forget(w);
}

function program(send: Send, stop: Stop) {
  return {
    setup: () => new Broadcaster(),
    *main(b: Broadcaster): Go {
      yield* b.wg.go(() => b.loop(send));
      const w = yield* b.watch();
      yield* b.incoming.send("added");
      yield* stop(b, w);
      yield* b.incoming.close();
      yield* b.wg.wait();
    },
  };
}

export default kernel({
  name: "kubernetes_1321",
  category: "channel and lock",
  verdicts: ["global-deadlock"],
  broken: program(sendBroken, stopBroken),
  fixed: program(sendFixed, stopFixed),
});
