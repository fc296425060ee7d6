// istio_18454: https://github.com/istio/istio/pull/18454
//
// A worker collects events and handles them together when it has been quiet for a while. Both ways out of the wait,
// the next event and the order to stop, stop the timer, and receive its tick when it has fired already, so that none is
// left. But the timer may have been stopped by the way before: then there is no tick, and receiving waits for ever. The
// repair receives only what is there.
import { Chan, type Go, newTimer, onDefault, select, type Timer, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class EventWorker {
  readonly wg = new WaitGroup();
  readonly events = new Chan<string>(2);
  readonly stop = new Chan<void>();
}

/** Makes sure that the timer will not tick. */
type Drain = (timer: Timer) => Go;

function* drainBroken(timer: Timer): Go {
  if (!timer.stop()) yield* timer.c.recv();
}

function* drainFixed(timer: Timer): Go {
  if (!timer.stop()) yield* select(timer.c.onRecv(), onDefault());
}

function* work(w: EventWorker, drain: Drain): Go {
  const quiet = newTimer(10);
  for (;;) {
    const got = yield* select(w.events.onRecv(), quiet.c.onRecv(), w.stop.onRecv());
    if (got.index === 0) yield* drain(quiet); // handled at once, with what was collected
    if (got.index === 2) {
      yield* drain(quiet);
      return;
    }
  }
}

function program(drain: Drain) {
  return {
    setup: () => new EventWorker(),
    *main(w: EventWorker): Go {
      yield* w.wg.go(work, w, drain);
      yield* w.events.send("added");
      yield* w.stop.close();
      yield* w.wg.wait();
    },
  };
}

export default kernel({
  name: "istio_18454",
  category: "channel and context",
  verdicts: ["global-deadlock"],
  broken: program(drainBroken),
  fixed: program(drainFixed),
});
