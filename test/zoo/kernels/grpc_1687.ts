// grpc_1687: https://github.com/grpc/grpc-go/pull/1687
//
// A server's handler writes to its transport by sending functions to one goroutine that runs them. Writing the final
// status closes that channel. A message that another goroutine of the handler still wants to write panics.
import { Chan, type Go, go, select } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

type Write = () => void;

class Transport {
  readonly writes = new Chan<Write>();
  readonly closed = new Chan<never>();
  written = 0;

  readonly #write: Write = () => {
    this.written++;
  };

  *runBroken(): Go {
    yield* this.writes.forEach(function* (write) {
      write();
    });
  }

  *sendBroken(): Go {
    yield* this.writes.send(this.#write);
  }

  *writeStatusBroken(): Go {
    yield* this.sendBroken();
    yield* this.writes.close();
  }

  *runFixed(): Go {
    for (;;) {
      const got = yield* select(this.writes.onRecv(), this.closed.onRecv());
      if (got.index === 1) return;
      got.value?.();
    }
  }

  *sendFixed(): Go {
    yield* select(this.writes.onSend(this.#write), this.closed.onRecv());
  }

  *writeStatusFixed(): Go {
    yield* this.sendFixed();
    yield* this.closed.close(); // nobody sends on this one
  }
}

interface Way {
  readonly run: (t: Transport) => Go;
  readonly send: (t: Transport) => Go;
  readonly writeStatus: (t: Transport) => Go;
}

function program({ run, send, writeStatus }: Way) {
  return {
    setup: () => new Transport(),
    *main(t: Transport): Go {
      yield* go(() => run(t));
      yield* go(() => send(t));
      yield* writeStatus(t);
    },
  };
}

export default kernel({
  name: "grpc_1687",
  category: "misuse of channel",
  verdicts: ["panic"],
  broken: program({
    run: (t) => t.runBroken(),
    send: (t) => t.sendBroken(),
    writeStatus: (t) => t.writeStatusBroken(),
  }),
  fixed: program({
    run: (t) => t.runFixed(),
    send: (t) => t.sendFixed(),
    writeStatus: (t) => t.writeStatusFixed(),
  }),
});
