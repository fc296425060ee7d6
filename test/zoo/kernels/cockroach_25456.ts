// cockroach_25456: https://github.com/cockroachdb/cockroach/pull/25456
//
// A test asks a store to check its consistency. Where the checksum is not to be had, the store waits until it is told
// to drain, so that it does not wait for nothing; but in this test nobody ever stops the store. The repair stops it,
// which closes the channel.
import { Chan, type Go, go } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Store {
  readonly draining = new Chan<void>();
  readonly checked = new Chan<boolean>(1);
}

function* checkConsistency(s: Store): Go {
  yield* s.draining.recv();
  yield* s.checked.send(false);
}

function* stopBroken(_: Store): Go {}

function* stopFixed(s: Store): Go {
  yield* s.draining.close();
}

function program(stop: (s: Store) => Go) {
  return {
    setup: () => new Store(),
    *main(s: Store): Go {
      yield* go(checkConsistency, s);
      yield* stop(s);
      yield* s.checked.recv();
    },
  };
}

export default kernel({
  name: "cockroach_25456",
  category: "channel",
  verdicts: ["global-deadlock"],
  broken: program(stopBroken),
  fixed: program(stopFixed),
});
