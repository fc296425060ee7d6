// serving_5865: https://github.com/knative/serving/pull/5865
//
// Watchers of revisions send what they find to a manager's channel. When the manager is told to stop, it closes that
// channel at once; a watcher that has something to send then panics.
import { Chan, type Go, go, select, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

const REVISIONS = ["blue", "green"];

class Manager {
  readonly stop = new Chan<never>();
  readonly updates = new Chan<string>();
  readonly watchers = new WaitGroup();

  *watch(revision: string): Go {
    yield* select(this.updates.onSend(revision), this.stop.onRecv());
  }

  *closeBroken(): Go {
    yield* this.stop.recv();
    yield* this.updates.close();
  }

  *closeFixed(): Go {
    yield* this.stop.recv();
    yield* this.watchers.wait(); // who sends has to be gone before the channel is closed
    yield* this.updates.close();
  }
}

function program(close: (m: Manager) => Go) {
  return {
    setup: () => new Manager(),
    *main(m: Manager): Go {
      for (const revision of REVISIONS) yield* m.watchers.go(() => m.watch(revision));
      yield* go(() => close(m));
      yield* m.updates.recv();
      yield* m.stop.close();
      yield* m.updates.forEach(function* () {});
    },
  };
}

export default kernel({
  name: "serving_5865",
  category: "misuse of channel",
  verdicts: ["panic"],
  broken: program((m) => m.closeBroken()),
  fixed: program((m) => m.closeFixed()),
});
