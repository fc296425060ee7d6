// moby_33781: https://github.com/moby/moby/pull/33781
//
// The health monitor of a container starts each probe in a goroutine and waits for its result, for a timeout, or for
// the order to stop. After an order to stop it cancels the probe and returns; the probe comes back all the same and
// waits for somebody to take its result. The repair gives the channel room for it.
import {
  background,
  Chan,
  type Context,
  type Go,
  go,
  onDefault,
  select,
  withTimeout,
} from "../../../lib/index.js";
import { kernel } from "../kernel.js";

interface Monitor {
  readonly stop: Chan<void>;
  readonly results: Chan<boolean>;
  readonly done: Chan<void>;
}

function* probe(ctx: Context, results: Chan<boolean>): Go {
  const isCancelled = (yield* select(ctx.done().onRecv(), onDefault())).index === 0;
  yield* results.send(!isCancelled);
}

function* monitor(m: Monitor): Go {
  const [ctx, cancel] = withTimeout(background(), 30);
  yield* go(probe, ctx, m.results);
  const got = yield* select(m.stop.onRecv(), m.results.onRecv(), ctx.done().onRecv());
  if (got.index === 2) yield* m.results.recv(); // it knows of the timeout, too
  yield* cancel();
  yield* m.done.close();
}

function program(capacity: number) {
  return {
    setup: (): Monitor => ({ stop: new Chan(), results: new Chan(capacity), done: new Chan() }),
    *main(m: Monitor): Go {
      yield* go(monitor, m);
      yield* m.stop.close();
      yield* m.done.recv();
    },
  };
}

export default kernel({
  name: "moby_33781",
  category: "channel and context",
  verdicts: ["leak"],
  broken: program(0),
  fixed: program(1),
});
