// istio_8967: https://github.com/istio/istio/pull/8967
//
// A source watches files in a goroutine that ends when a channel is closed. Stop closes the channel and then sets the
// field that holds it to nil, while the goroutine reads the field at every turn of its loop. It may also find nil there,
// and then wait for ever.
import { Cell, Chan, type Go, go, select } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class FileSource {
  readonly done = new Cell<Chan<never> | null>(new Chan(), "donec");
  readonly events = new Chan<string>(1);

  *start(): Go {
    const source = this;
    yield* go(function* () {
      for (;;) {
        const done = yield* source.done.read();
        const { index } = yield* select(done?.onRecv() ?? null, source.events.onRecv());
        if (index === 0) return;
      }
    });
  }

  *stopBroken(): Go {
    yield* this.stopFixed();
    yield* this.done.write(null);
  }

  *stopFixed(): Go {
    const done = yield* this.done.read();
    if (done !== null) yield* done.close();
  }
}

function program(stop: (s: FileSource) => Go) {
  return {
    setup: () => new FileSource(),
    *main(s: FileSource): Go {
      yield* s.start();
      yield* s.events.send("changed");
      yield* stop(s);
    },
  };
}

export default kernel({
  name: "istio_8967",
  category: "misuse of channel",
  verdicts: ["race"],
  broken: program((s) => s.stopBroken()),
  fixed: program((s) => s.stopFixed()),
});
