// kubernetes_6632: https://github.com/kubernetes/kubernetes/pull/6632
//
// Every frame written to a connection resets its idle timer by a message to a monitor, sent under the write lock. When
// the connection closes, the monitor leaves its loop and takes the write lock to end those messages. A writer that is
// just sending one holds the lock, and the monitor no longer receives.
import { Chan, type Go, go, Mutex, select } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Framer {
  readonly writeLock = new Mutex();
  readonly closed = new Chan<never>();
  reset: Chan<boolean> | null = new Chan();

  *writeFrame(): Go {
    yield* this.writeLock.lock();
    if (this.reset !== null) yield* this.reset.send(true);
    yield* this.writeLock.unlock();
  }

  /** `beforeEnd` runs when the connection has been closed. */
  *monitor(beforeEnd: (reset: Chan<boolean>) => Go): Go {
    const reset = this.reset as Chan<boolean>;
    while ((yield* select(reset.onRecv(), this.closed.onRecv())).index === 0);
    yield* beforeEnd(reset);
    yield* this.writeLock.lock();
    yield* reset.close();
    this.reset = null;
    yield* this.writeLock.unlock();
  }
}

function* nothing(): Go {}

/** Lets writers go on until the channel is closed. */
function* drained(reset: Chan<boolean>): Go {
  yield* go(() => reset.forEach(nothing));
}

function program(beforeEnd: (reset: Chan<boolean>) => Go) {
  return {
    setup: () => new Framer(),
    *main(f: Framer): Go {
      yield* go(() => f.monitor(beforeEnd));
      yield* go(() => f.writeFrame());
      yield* f.closed.close();
    },
  };
}

export default kernel({
  name: "kubernetes_6632",
  category: "channel and lock",
  verdicts: ["leak", "partial-deadlock"],
  broken: program(nothing),
  fixed: program(drained),
});
