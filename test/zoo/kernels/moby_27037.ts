// moby_27037: https://github.com/moby/moby/pull/27037
//
// A test starts goroutines in a loop, and each asks for a container by the number in the loop's counter. The counter is
// one variable for all of them: they read it while the loop counts on.
import { Cell, type Go, WaitGroup } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

const CONTAINERS = 3;

interface State {
  readonly counter: Cell<number>;
  readonly wg: WaitGroup;
}

function* inspect(_name: string): Go {}

function* startBroken({ counter, wg }: State): Go {
  yield* wg.go(function* () {
    yield* inspect(`container-${yield* counter.read()}`);
  });
}

function* startFixed({ counter, wg }: State): Go {
  const i = yield* counter.read();
  yield* wg.go(function* () {
    yield* inspect(`container-${i}`);
  });
}

function program(start: (s: State) => Go) {
  return {
    setup: () => ({ counter: new Cell(0, "i"), wg: new WaitGroup() }),
    *main(s: State): Go {
      for (; (yield* s.counter.read()) < CONTAINERS; yield* s.counter.write((yield* s.counter.read()) + 1)) {
        yield* start(s);
      }
      yield* s.wg.wait();
    },
  };
}

export default kernel({
  name: "moby_27037",
  category: "anonymous function",
  verdicts: ["race"],
  broken: program(startBroken),
  fixed: program(startFixed),
});
