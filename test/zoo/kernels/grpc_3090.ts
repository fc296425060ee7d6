// grpc_3090: https://github.com/grpc/grpc-go/pull/3090
//
// A connection's wrapper builds its resolver and keeps it in a field. Building starts a goroutine that reports the
// first state at once; the state is bad, so the callback asks the wrapper's resolver to try again. That reads the
// field which the constructor is still about to assign.
import { Cell, type Go, Mutex, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Resolver {
  tries = 0;

  resolveNow(): void {
    this.tries++;
  }
}

class Wrapper {
  readonly mu = new Mutex();
  readonly resolver = new Cell<Resolver | null>(null, "resolver");
  readonly wg = new WaitGroup();

  /** The callback. */
  *updateState(): Go {
    (yield* this.resolver.read())?.resolveNow();
  }

  *build(report: () => Go): Go<Resolver> {
    yield* this.wg.go(report);
    return new Resolver();
  }
}

function* constructBroken(w: Wrapper): Go {
  yield* w.resolver.write(yield* w.build(() => w.updateState()));
}

function* constructFixed(w: Wrapper): Go {
  yield* w.mu.lock();
  const resolver = yield* w.build(function* () {
    yield* w.mu.lock();
    yield* w.updateState();
    yield* w.mu.unlock();
  });
  yield* w.resolver.write(resolver);
  yield* w.mu.unlock();
}

function program(construct: (w: Wrapper) => Go) {
  return {
    setup: () => new Wrapper(),
    *main(w: Wrapper): Go {
      yield* construct(w);
      yield* w.wg.wait();
    },
  };
}

export default kernel({
  name: "grpc_3090",
  category: "data race",
  verdicts: ["race"],
  broken: program(constructBroken),
  fixed: program(constructFixed),
});
