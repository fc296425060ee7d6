import { type Go, Mutex, sleep, WaitGroup } from "../../lib/index.js";

/** A holder of 1 s, with five who wait all that time and then hold for nothing. */
export function* convoy(): Go {
  const mu = new Mutex();
  const wg = new WaitGroup();
  wg.go(function* holder() {
    yield* mu.lock();
    yield* sleep(1001);
    yield* mu.unlock();
  });
  yield* sleep(1);
  for (let i = 0; i < 5; i++) {
    wg.go(function* waiter() {
      yield* mu.lock();
      yield* mu.unlock();
    });
  }
  yield* wg.wait();
}
