// kubernetes_13058: https://github.com/kubernetes/kubernetes/pull/13058
//
// A test adds and deletes objects and waits, with a wait group, until the controller has seen each deletion. The
// controller hears of a deletion from its watch, and once more from a list that it makes now and then: when the list
// comes in between, the handler runs twice for one deletion, and there is one Done too many.
import { after, Chan, type Go, go, select, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

const OBJECTS = ["a", "b"];
const RESYNC_MS = 10;

class Controller {
  readonly deletions = new Chan<string>();
  readonly deleted = new WaitGroup();
  readonly #known = new Set<string>(OBJECTS);
  /** What the watch has reported; the list finds it missing, too. */
  readonly #missing: string[] = [];

  *loop(onDelete: (name: string) => Go): Go {
    for (;;) {
      const got = yield* select(this.deletions.onRecv(), after(RESYNC_MS).onRecv());
      if (got.index === 1) {
        for (const name of this.#missing.splice(0)) yield* onDelete(name);
      } else if (got.ok) {
        this.#missing.push(got.value as string);
        yield* onDelete(got.value as string);
      } else {
        return;
      }
    }
  }

  *onDeleteBroken(): Go {
    yield* this.deleted.done();
  }

  *onDeleteFixed(name: string): Go {
    if (this.#known.delete(name)) yield* this.deleted.done();
  }
}

function program(onDelete: (c: Controller, name: string) => Go) {
  return {
    setup: () => new Controller(),
    *main(c: Controller): Go {
      yield* c.deleted.add(OBJECTS.length);
      yield* go(() => c.loop((name) => onDelete(c, name)));
      for (const name of OBJECTS) yield* c.deletions.send(name);
      yield* c.deleted.wait();
      yield* c.deletions.close();
    },
  };
}

export default kernel({
  name: "kubernetes_13058",
  category: "wait group",
  verdicts: ["panic"],
  broken: program((c) => c.onDeleteBroken()),
  fixed: program((c, name) => c.onDeleteFixed(name)),
});
