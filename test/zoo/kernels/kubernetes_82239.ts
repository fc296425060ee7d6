// kubernetes_82239: https://github.com/kubernetes/kubernetes/pull/82239
//
// A fake cluster answers with a deep copy of its node, made by walking over the map of the node's labels. A test
// changes a label of that very node, which it handed over before, while the controller asks for it.
import { type Go, GoMap, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

type Labels = GoMap<string, string>;

class Cluster {
  readonly labels: Labels = new GoMap();
  readonly wg = new WaitGroup();

  /** Deep copy. */
  *get(): Go<Labels> {
    const copy: Labels = new GoMap();
    yield* this.labels.forEach(function* (key, value) {
      yield* copy.set(key, value);
    });
    return copy;
  }
}

/** The labels that the cluster itself holds. */
function* ownBroken(c: Cluster): Go<Labels> {
  return c.labels;
}

function* ownFixed(c: Cluster): Go<Labels> {
  return yield* c.get();
}

function program(own: (c: Cluster) => Go<Labels>) {
  return {
    setup: () => new Cluster(),
    *main(c: Cluster): Go {
      yield* c.labels.set("zone", "a");
      yield* c.labels.set("arch", "arm64");
      yield* c.wg.go(() => c.get());
      const labels = yield* own(c);
      yield* labels.set("zone", "b");
      yield* c.wg.wait();
    },
  };
}

export default kernel({
  name: "kubernetes_82239",
  category: "data race",
  verdicts: ["fatal", "race"],
  broken: program(ownBroken),
  fixed: program(ownFixed),
});
