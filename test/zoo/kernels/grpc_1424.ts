// grpc_1424: https://github.com/grpc/grpc-go/pull/1424
//
// Dialling with a balancer starts a watcher of its address lists, and waits until the watcher has connected to the
// first list and says so by closing a channel. When the balancer is closed before it has sent a list, the watcher's
// loop ends and the watcher returns without a word. The repair closes the channel however it ends.
import { Chan, type Go, go } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Dialling {
  readonly lists = new Chan<readonly string[]>();
  readonly done = new Chan<void>();
  addresses: readonly string[] = [];
}

function* watchBroken(d: Dialling): Go {
  let isFirst = true;
  for (;;) {
    const { value, ok } = yield* d.lists.recvOk();
    if (!ok) return;
    d.addresses = value ?? [];
    if (isFirst) yield* d.done.close();
    isFirst = false;
  }
}

function* watchFixed(d: Dialling): Go {
  let isFirst = true;
  for (;;) {
    const { value, ok } = yield* d.lists.recvOk();
    if (ok) d.addresses = value ?? [];
    if (isFirst) yield* d.done.close();
    isFirst = false;
    if (!ok) return;
  }
}

function program(watch: (d: Dialling) => Go) {
  return {
    setup: () => new Dialling(),
    *main(d: Dialling): Go {
      yield* go(watch, d);
      yield* go(function* closeBalancer() {
        yield* d.lists.close();
      });
      yield* d.done.recv();
    },
  };
}

export default kernel({
  name: "grpc_1424",
  category: "channel",
  verdicts: ["global-deadlock"],
  broken: program(watchBroken),
  fixed: program(watchFixed),
});
