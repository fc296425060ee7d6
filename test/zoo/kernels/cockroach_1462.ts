// cockroach_1462: https://github.com/cockroachdb/cockroach/pull/1462
//
// Workers of a stopper run until it stops, and stopping waits for all of them. One worker produces events, another
// consumes them; both look whether they should stop. The consumer stops first: the producer, in the middle of a send,
// never looks again, is never done, and the stopper waits.
import { Chan, type Go, onDefault, select, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

const EVENTS = 3;

class Stopper {
  readonly stopping = new Chan<never>();
  readonly workers = new WaitGroup();
  readonly events = new Chan<number>();

  *produceBroken(): Go {
    for (let i = 0; i < EVENTS; i++) {
      const { index } = yield* select(this.stopping.onRecv(), onDefault());
      if (index === 0) return;
      yield* this.events.send(i); // the consumer may have stopped
    }
  }

  *produceFixed(): Go {
    for (let i = 0; i < EVENTS; i++) {
      const { index } = yield* select(this.stopping.onRecv(), this.events.onSend(i));
      if (index === 0) return;
    }
  }

  *consume(): Go {
    while ((yield* select(this.events.onRecv(), this.stopping.onRecv())).index === 0);
  }

  *stop(): Go {
    yield* this.stopping.close();
    yield* this.workers.wait();
  }
}

function program(produce: (s: Stopper) => Go) {
  return {
    setup: () => new Stopper(),
    *main(s: Stopper): Go {
      yield* s.workers.go(() => produce(s));
      yield* s.workers.go(() => s.consume());
      yield* s.stop();
    },
  };
}

export default kernel({
  name: "cockroach_1462",
  category: "wait group",
  verdicts: ["global-deadlock"],
  broken: program((s) => s.produceBroken()),
  fixed: program((s) => s.produceFixed()),
});
