// moby_21233: https://github.com/moby/moby/pull/21233
//
// A pull shows its progress on a channel that its owner reads to the end. A test of pulling read only until it had seen
// what it wanted, and returned: the downloads of the other layers go on to report, and wait for ever. The repair reads
// the rest as well.
import { Chan, type Go, go, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

interface Progress {
  readonly layer: number;
  readonly percent: number;
}

class Pull {
  readonly wg = new WaitGroup();
  readonly progress = new Chan<Progress>();
  hasLayer = false;
}

function* download(p: Pull, layer: number): Go {
  for (const percent of [50, 100]) yield* p.progress.send({ layer, percent });
}

function* start(p: Pull): Go {
  for (const layer of [1, 2]) yield* p.wg.go(download, p, layer);
  yield* go(function* closeAtEnd() {
    yield* p.wg.wait();
    yield* p.progress.close();
  });
}

function* watchBroken(p: Pull): Go {
  while (!p.hasLayer) {
    const { value } = yield* p.progress.recvOk();
    if (value?.percent === 100) p.hasLayer = true;
  }
}

function* watchFixed(p: Pull): Go {
  for (;;) {
    const { value, ok } = yield* p.progress.recvOk();
    if (!ok) return;
    if (value?.percent === 100) p.hasLayer = true;
  }
}

function program(watch: (p: Pull) => Go) {
  return {
    setup: () => new Pull(),
    *main(p: Pull): Go {
      yield* start(p);
      yield* watch(p);
    },
  };
}

export default kernel({
  name: "moby_21233",
  category: "channel",
  verdicts: ["leak"],
  broken: program(watchBroken),
  fixed: program(watchFixed),
});
