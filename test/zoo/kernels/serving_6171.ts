// serving_6171: https://github.com/knative/serving/pull/6171
//
// A prober works in a goroutine of its own and logs through the test that started it. The test ends without waiting for
// it. A test that has completed does not take log lines any more: it panics.
import { Chan, type Go, go, PanicError, RWMutex, select } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

/** As much of Go's testing.T as logging needs. */
class Test {
  readonly #mu = new RWMutex();
  readonly #lines: string[] = [];
  #isDone = false;

  *log(line: string): Go {
    yield* this.#mu.lock();
    if (this.#isDone) throw new PanicError(`Log in goroutine after Test has completed: ${line}`);
    this.#lines.push(line);
    yield* this.#mu.unlock();
  }

  *run(body: (t: Test) => Go): Go {
    yield* body(this);
    yield* this.#mu.lock();
    this.#isDone = true;
    yield* this.#mu.unlock();
  }
}

class Prober {
  readonly stop = new Chan<never>();
  readonly stopped = new Chan<never>();
  readonly probes = new Chan<string>(1);

  *loop(t: Test): Go {
    for (;;) {
      const { index, value } = yield* select(this.stop.onRecv(), this.probes.onRecv());
      if (index === 0) break;
      yield* t.log(`probed ${value}`);
    }
    yield* this.stopped.close();
  }
}

function* endBroken(p: Prober): Go {
  yield* p.stop.close();
}

function* endFixed(p: Prober): Go {
  yield* p.stop.close();
  yield* p.stopped.recv();
}

function program(end: (p: Prober) => Go) {
  return {
    setup: () => new Test(),
    *main(test: Test): Go {
      yield* test.run(function* (t) {
        const p = new Prober();
        yield* go(() => p.loop(t));
        yield* p.probes.send("10.0.0.1");
        yield* end(p);
      });
    },
  };
}

export default kernel({
  name: "serving_6171",
  category: "testing library",
  verdicts: ["panic"],
  broken: program(endBroken),
  fixed: program(endFixed),
});
