// serving_3148: https://github.com/knative/serving/pull/3148
//
// A fake client answers calls by walking over its chain of reactions. A test starts the controller, which calls the
// client at once, and only then adds its own reaction to the chain.
import { type Go, TracedArray, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

type Reaction = (verb: string) => boolean;

class FakeClient {
  readonly reactions = new TracedArray<Reaction>([(verb) => verb === "get"], "reactionChain");
  readonly wg = new WaitGroup();

  *invoke(verb: string): Go<boolean> {
    for (let i = 0; i < (yield* this.reactions.length()); i++) {
      if ((yield* this.reactions.get(i))?.(verb) === true) return true;
    }
    return false;
  }

  *startController(): Go {
    const client = this;
    yield* this.wg.go(function* () {
      yield* client.invoke("get");
      yield* client.invoke("update");
    });
  }

  *addReaction(): Go {
    yield* this.reactions.push((verb) => verb === "update");
  }
}

function program(main: (c: FakeClient) => Go) {
  return {
    setup: () => new FakeClient(),
    *main(c: FakeClient): Go {
      yield* main(c);
      yield* c.wg.wait();
    },
  };
}

export default kernel({
  name: "serving_3148",
  category: "data race",
  verdicts: ["race"],
  broken: program(function* (c) {
    yield* c.startController();
    yield* c.addReaction();
  }),
  fixed: program(function* (c) {
    yield* c.addReaction();
    yield* c.startController();
  }),
});
