// serving_2137: https://github.com/knative/serving/pull/2137
//
// A breaker lets one request run and queues the others. A test starts two requests that each hold until it unlocks
// them, then unlocks the first and waits for its end, then the second. If the second one has got the breaker's only
// place, it waits to be unlocked, the first waits for the place, and the test waits for the first.
import { Chan, type Go, go, Mutex, onDefault, select } from "../../../lib/index.js";
import { kernel } from "../kernel.js";

class Breaker {
  readonly #pending: Chan<null>;
  readonly #active: Chan<null>;

  constructor(queued: number, running: number) {
    this.#pending = new Chan(queued + running);
    this.#active = new Chan(running);
  }

  /** Runs `body` when there is a place; false when the queue is full. */
  *maybe(body: () => Go): Go<boolean> {
    const { index } = yield* select(this.#pending.onSend(null), onDefault());
    if (index === 1) return false;
    yield* this.#active.send(null);
    yield* body();
    yield* this.#active.recv();
    yield* this.#pending.recv();
    return true;
  }
}

interface Request {
  readonly lock: Mutex;
  readonly accepted: Chan<boolean>;
}

/** A request that goes on when its lock is unlocked. */
function* begin(b: Breaker): Go<Request> {
  const request: Request = { lock: new Mutex(), accepted: new Chan(1) };
  yield* request.lock.lock();
  yield* go(function* () {
    const isAccepted = yield* b.maybe(function* () {
      yield* request.lock.lock();
      yield* request.lock.unlock();
    });
    yield* request.accepted.send(isAccepted);
  });
  return request;
}

function* finishBroken(requests: readonly Request[]): Go {
  for (const { lock, accepted } of requests) {
    yield* lock.unlock();
    yield* accepted.recv();
  }
}

function* finishFixed(requests: readonly Request[]): Go {
  for (const { lock } of requests) yield* lock.unlock();
  for (const { accepted } of requests) yield* accepted.recv();
}

function program(finish: (requests: readonly Request[]) => Go) {
  return {
    setup: () => new Breaker(1, 1),
    *main(b: Breaker): Go {
      const first = yield* begin(b);
      const second = yield* begin(b);
      yield* finish([first, second]);
    },
  };
}

export default kernel({
  name: "serving_2137",
  category: "channel and lock",
  verdicts: ["global-deadlock"],
  broken: program(finishBroken),
  fixed: program(finishFixed),
});
