// kubernetes_81091: https://github.com/kubernetes/kubernetes/pull/81091
//
// A scheduler asks its filters about many nodes with several workers at once, which take the nodes from a channel. A
// filter made for tests counts its calls with `n++`. Two workers that both get a node lose a count.
import { Cell, Chan, type Go, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

const WORKERS = 2;
const NODES = 2;

function* filterBroken(calls: Cell<number>): Go {
  yield* calls.write((yield* calls.read()) + 1);
}

function* filterFixed(calls: Cell<number>): Go {
  yield* calls.atomicAdd(1);
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

function program(filter: (calls: Cell<number>) => Go) {
  return {
    setup: () => new Cell(0, "numFilterCalled"),
    *main(calls: Cell<number>): Go {
      yield* parallelize(NODES, () => filter(calls));
    },
  };
}

export default kernel({
  name: "kubernetes_81091",
  category: "data race",
  verdicts: ["race"],
  broken: program(filterBroken),
  fixed: program(filterFixed),
});
