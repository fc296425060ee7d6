// kubernetes_49404: https://github.com/kubernetes/kubernetes/pull/49404
//
// A test sends a request through a proxy and then looks at a flag that the server's handler sets. The answer reaches
// the client before the handler has returned, so nothing orders the handler's write before the test's read.
import { Cell, Chan, type Go, go } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Server {
  readonly requests = new Chan<Chan<number>>();
  readonly isCalled = new Cell(false, "called");
  readonly handled = new Chan<never>();

  *serve(): Go {
    const answer = yield* this.requests.recv();
    if (answer !== undefined) yield* answer.send(200);
    yield* this.isCalled.write(true);
    yield* this.handled.close();
  }

  *request(): Go<number | undefined> {
    const answer = new Chan<number>(1);
    yield* this.requests.send(answer);
    return yield* answer.recv();
  }
}

function* lookBroken(s: Server): Go {
  yield* s.isCalled.read();
}

function* lookFixed(s: Server): Go {
  yield* s.handled.recv();
  yield* s.isCalled.read();
}

function program(look: (s: Server) => Go) {
  return {
    setup: () => new Server(),
    *main(s: Server): Go {
      yield* go(() => s.serve());
      yield* s.request();
      yield* look(s);
    },
  };
}

export default kernel({
  name: "kubernetes_49404",
  category: "data race",
  verdicts: ["race"],
  broken: program(lookBroken),
  fixed: program(lookFixed),
});
