// grpc_660: https://github.com/grpc/grpc-go/pull/660
//
// A benchmark client starts a worker that makes one call after the other and reports each on a channel, until it is
// told to stop. The client takes what it needs, tells it to stop and returns; the worker comes back from its last call
// with a report that nobody takes. The repair lets it wait for either.
import { Chan, type Go, go, onDefault, select } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Benchmark {
  readonly stop = new Chan<void>();
  readonly done = new Chan<number>();
}

/** Hands in the report of one call. */
type HandIn = (b: Benchmark) => Go;

function* handInBroken(b: Benchmark): Go {
  yield* b.done.send(1);
}

function* handInFixed(b: Benchmark): Go {
  yield* select(b.done.onSend(1), b.stop.onRecv());
}

function* work(b: Benchmark, handIn: HandIn): Go {
  for (;;) {
    const got = yield* select(b.stop.onRecv(), onDefault());
    if (got.index === 0) return;
    yield* handIn(b);
  }
}

function program(handIn: HandIn) {
  return {
    setup: () => new Benchmark(),
    *main(b: Benchmark): Go {
      yield* go(work, b, handIn);
      yield* b.done.recv();
      yield* b.stop.close();
    },
  };
}

export default kernel({
  name: "grpc_660",
  category: "channel",
  verdicts: ["leak"],
  broken: program(handInBroken),
  fixed: program(handInFixed),
});
