// kubernetes_70892: https://github.com/kubernetes/kubernetes/pull/70892
//
// Several workers score the nodes: each takes the number of a node from a channel and writes its score. The function
// they run loops over all nodes by a variable of the same name as its parameter, so it writes every score, not its own.
import { Chan, type Go, TracedArray, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

const WORKERS = 2;
const NODES = 2;

function* scoreBroken(results: TracedArray<number>, _node: number): Go {
  for (let node = 0; node < NODES; node++) yield* results.set(node, node * 10);
}

function* scoreFixed(results: TracedArray<number>, node: number): Go {
  yield* results.set(node, node * 10);
}

/** Calls `work` for each piece, in several workers. */
function* parallelize(pieces: number, work: (piece: number) => Go): Go {
  const wg = new WaitGroup();
  const todo = new Chan<number>(pieces);
  for (let piece = 0; piece < pieces; piece++) yield* todo.send(piece);
  yield* todo.close();
  for (let i = 0; i < WORKERS; i++) yield* wg.go(() => todo.forEach(work));
  yield* wg.wait();
}

function program(score: (results: TracedArray<number>, node: number) => Go) {
  return {
    setup: () => new TracedArray<number>(new Array(NODES).fill(0), "results"),
    *main(results: TracedArray<number>): Go {
      yield* parallelize(NODES, (node) => score(results, node));
    },
  };
}

export default kernel({
  name: "kubernetes_70892",
  category: "anonymous function",
  verdicts: ["race"],
  broken: program(scoreBroken),
  fixed: program(scoreFixed),
});
