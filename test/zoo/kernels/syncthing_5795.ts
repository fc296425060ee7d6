// syncthing_5795: https://github.com/syncthing/syncthing/pull/5795
//
// A connection has a loop that hands messages to the model. Closing the connection tells the loop to stop and waits
// until it has. When the model does not like a message it closes the connection, from inside the loop: it waits for
// itself. The repair closes in another goroutine when the loop is the one that asks.
import { Chan, type Go, go, Once, select } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Connection {
  readonly inbox = new Chan<string>();
  readonly closed = new Chan<void>();
  readonly closeOnce = new Once();
  readonly loopStopped = new Chan<void>();
}

function* close(c: Connection): Go {
  yield* c.closeOnce.do(function* () {
    yield* c.closed.close();
    yield* c.loopStopped.recv();
  });
}

/** What the model does with a message that it does not like. */
type Refuse = (c: Connection) => Go;

function* refuseFixed(c: Connection): Go {
  yield* go(close, c);
}

function* dispatch(c: Connection, refuse: Refuse): Go {
  for (;;) {
    const got = yield* select(c.closed.onRecv(), c.inbox.onRecv());
    if (got.index === 0) break;
    if (got.value === "index before cluster config") yield* refuse(c);
  }
  yield* c.loopStopped.close();
}

function program(refuse: Refuse) {
  return {
    setup: () => new Connection(),
    *main(c: Connection): Go {
      yield* go(dispatch, c, refuse);
      yield* c.inbox.send("index before cluster config");
      yield* c.loopStopped.recv();
    },
  };
}

export default kernel({
  name: "syncthing_5795",
  category: "channel",
  verdicts: ["global-deadlock"],
  broken: program(close),
  fixed: program(refuseFixed),
});
