// kubernetes_70277: https://github.com/kubernetes/kubernetes/pull/70277
//
// Waiting for a condition means: a poller sends a tick on a channel until it is told to stop, and the waiter tests the
// condition at each. When the condition holds the waiter returns; what the poller was told to watch is the caller's
// channel, which nobody closes. The repair makes a channel of its own for each wait and closes it at the end.
import { Chan, type Go, go, newTicker, type RecvChan, select } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Condition {
  /** The caller's, who wants to wait until it holds, however long. */
  readonly never = new Chan<void>();
  isMet = false;
}

function* poll(ticks: Chan<void>, done: RecvChan<void>): Go {
  const ticker = newTicker(1);
  for (;;) {
    const tick = yield* select(ticker.c.onRecv(), done.onRecv());
    if (tick.index === 1) break;
    const sent = yield* select(ticks.onSend(undefined), done.onRecv());
    if (sent.index === 1) break;
  }
  ticker.stop();
}

function* waitBroken(c: Condition): Go {
  const ticks = new Chan<void>();
  yield* go(poll, ticks, c.never);
  do yield* ticks.recv();
  while (!c.isMet);
}

function* waitFixed(c: Condition): Go {
  const ticks = new Chan<void>();
  const done = new Chan<void>();
  yield* go(poll, ticks, done);
  do yield* ticks.recv();
  while (!c.isMet);
  yield* done.close();
}

function program(wait: (c: Condition) => Go) {
  return {
    setup: () => new Condition(),
    *main(c: Condition): Go {
      c.isMet = true;
      yield* wait(c);
    },
  };
}

export default kernel({
  name: "kubernetes_70277",
  category: "channel",
  verdicts: ["leak"],
  broken: program(waitBroken),
  fixed: program(waitFixed),
});
