// Three workers, two jobs and a late third one: a schedule shows two links of a circle of three locks.
import { gosched, Mutex, WaitGroup } from "happens-before";

export default {
  setup: () => ({ locks: [new Mutex(), new Mutex(), new Mutex()], jobs: 2 }),
  *main(s) {
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++) {
      wg.go(function* worker() {
        yield* gosched();
        if (s.jobs === 0) return;
        s.jobs--;
        yield* s.locks[i].lock();
        yield* s.locks[(i + 1) % 3].lock();
        yield* s.locks[(i + 1) % 3].unlock();
        yield* s.locks[i].unlock();
      });
    }
    for (let i = 0; i < 60; i++) yield* gosched();
    s.jobs++;
    yield* wg.wait();
  },
};
