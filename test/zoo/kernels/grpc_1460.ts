// grpc_1460: https://github.com/grpc/grpc-go/pull/1460
//
// While a connection has no streams, its keepalive sleeps until the first stream wakes it over a channel. It goes to
// sleep with the connection's mutex locked; opening a stream needs that mutex before it can wake anybody.
import { Chan, type Go, go, Mutex, onDefault, select } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Transport {
  readonly mu = new Mutex();
  readonly awaken: Chan<null>;
  streams = 0;

  constructor(capacity: number) {
    this.awaken = new Chan(capacity);
  }

  *keepaliveBroken(): Go {
    yield* this.mu.lock();
    if (this.streams === 0) yield* this.awaken.recv(); // still locked
    yield* this.mu.unlock();
  }

  *keepaliveFixed(): Go {
    yield* this.mu.lock();
    const isIdle = this.streams === 0;
    yield* this.mu.unlock();
    if (isIdle) yield* this.awaken.recv(); // the channel has a place, so no wake-up is lost
  }

  *newStream(): Go {
    yield* this.mu.lock();
    this.streams++;
    if (this.streams === 1) yield* select(this.awaken.onSend(null), onDefault());
    yield* this.mu.unlock();
  }
}

function program(capacity: number, keepalive: (t: Transport) => Go) {
  return {
    setup: () => new Transport(capacity),
    *main(t: Transport): Go {
      yield* go(() => keepalive(t));
      yield* go(() => t.newStream());
    },
  };
}

export default kernel({
  name: "grpc_1460",
  category: "channel and lock",
  verdicts: ["leak", "partial-deadlock"],
  broken: program(0, (t) => t.keepaliveBroken()),
  fixed: program(1, (t) => t.keepaliveFixed()),
});
