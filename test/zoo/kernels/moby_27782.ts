// moby_27782: https://github.com/moby/moby/pull/27782
//
// Following a log file means reading events of a file watcher. When the file is rotated the follower removes its watch,
// and that waits, on a Cond, until the watcher's reader has seen the kernel's last word about the old file. The reader
// stands in a select, with an event that only the follower could take, or until the watcher is closed, which the
// follower would do next. The repair does not wait for the last word.
import { Chan, Cond, type Go, Mutex, select, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Watcher {
  readonly wg = new WaitGroup();
  /** What the kernel says about the file. */
  readonly kernel = new Chan<string>(3);
  readonly events = new Chan<string>();
  readonly closed = new Chan<void>();
  readonly mu = new Mutex();
  readonly ignored = new Cond(this.mu);
  isWatching = true;
}

function* readEvents(w: Watcher): Go {
  for (;;) {
    const said = yield* select(w.kernel.onRecv(), w.closed.onRecv());
    if (said.index === 1) return;
    if (said.value === "ignored") {
      yield* w.mu.lock();
      w.isWatching = false;
      yield* w.ignored.broadcast();
      yield* w.mu.unlock();
      continue;
    }
    const sent = yield* select(w.events.onSend(said.value ?? ""), w.closed.onRecv());
    if (sent.index === 1) return;
  }
}

/** Gives up the watch of the old file. */
type Remove = (w: Watcher) => Go;

function* removeBroken(w: Watcher): Go {
  yield* w.kernel.send("ignored");
  yield* w.mu.lock();
  while (w.isWatching) yield* w.ignored.wait();
  yield* w.mu.unlock();
}

function* removeFixed(w: Watcher): Go {
  yield* w.kernel.send("ignored");
}

function* follow(w: Watcher, remove: Remove): Go {
  yield* w.events.recv(); // renamed
  yield* remove(w);
  yield* w.closed.close();
}

function* rotate(w: Watcher): Go {
  yield* w.kernel.send("renamed");
  yield* w.kernel.send("written");
}

function program(remove: Remove) {
  return {
    setup: () => new Watcher(),
    *main(w: Watcher): Go {
      yield* w.wg.go(readEvents, w);
      yield* w.wg.go(follow, w, remove);
      yield* w.wg.go(rotate, w);
      yield* w.wg.wait();
    },
  };
}

export default kernel({
  name: "moby_27782",
  category: "cond",
  verdicts: ["global-deadlock"],
  broken: program(removeBroken),
  fixed: program(removeFixed),
});
