// What goroutines wait for each other with, under n of them; and what ends them.

import {
  Barrier,
  Cond,
  type Go,
  go,
  goexit,
  gosched,
  Latch,
  Mutex,
  Once,
  onceValue,
  recover,
  WaitGroup,
  withDefer,
} from "happens-before";
import { crowd, type Load, load, same } from "./load.js";

const waitGroup = load("WaitGroup", "WaitGroup: n goroutines wait for n others", {
  setup: () => ({ wg: new WaitGroup(), done: 0, seen: 0 }),
  *main(s, n) {
    s.wg.add(n);
    for (let i = 0; i < n; i++) {
      go(function* () {
        yield* gosched();
        s.done++;
        s.wg.done();
      });
    }
    yield* crowd(n, function* () {
      yield* s.wg.wait();
      same("done when Wait returned", s.done, n);
      s.seen++;
    });
  },
  after: (s, n) => same("seen", s.seen, n),
});

const cond = load("Cond", "Cond: half of n waiters by signal, half by one broadcast", {
  setup: () => ({ mu: new Mutex(), waiting: 0, tickets: 0, woken: 0 }),
  *main(s, n) {
    const c = new Cond(s.mu);
    go(function* () {
      for (;;) {
        yield* s.mu.lock();
        if (s.waiting === n) break;
        s.mu.unlock();
        yield* gosched();
      }
      const half = n >> 1;
      s.tickets = half;
      for (let i = 0; i < half; i++) c.signal();
      s.mu.unlock();
      yield* gosched();
      yield* s.mu.lock();
      s.tickets += n - half;
      c.broadcast();
      s.mu.unlock();
    });
    yield* crowd(n, function* () {
      yield* s.mu.lock();
      s.waiting++;
      while (s.tickets === 0) yield* c.wait();
      s.tickets--;
      s.woken++;
      s.mu.unlock();
    });
  },
  after: (s, n) => same("woken", s.woken, n),
});

const latch = load("Latch", "Latch: n wait for n to count down", {
  setup: (n) => ({ latch: new Latch(n), opened: 0 }),
  *main(s, n) {
    yield* crowd(n, function* () {
      s.latch.countDown();
      yield* s.latch.wait();
      same("left", s.latch.left, 0);
      s.opened++;
    });
  },
  after: (s, n) => same("opened", s.opened, n),
});

const barrier = load("Barrier", "Barrier: n parties meet three times, one leads each time", {
  setup: (n) => ({ barrier: new Barrier(n), arrived: 0, leaders: 0 }),
  *main(s, n) {
    yield* crowd(n, function* () {
      for (let round = 1; round <= 3; round++) {
        s.arrived++;
        if (yield* s.barrier.wait()) s.leaders++;
        if (s.arrived < round * n) throw new Error(`round ${round} began with ${s.arrived} arrivals`);
      }
    });
  },
  after: (s) => same("leaders", s.leaders, 3),
});

const once = load(["Once", "onceFunc", "onceValue", "onceValues"], "Once: n callers, one call", {
  setup: () => ({ once: new Once(), calls: 0 }),
  *main(s, n) {
    function* action(): Go<number> {
      yield* gosched();
      return ++s.calls;
    }
    const value = onceValue(action);
    yield* crowd(n, function* () {
      yield* s.once.do(action);
      same("value", yield* value(), 2);
    });
  },
  after: (s) => same("calls", s.calls, 2),
});

const spawned = load("go", "go: a tree of n goroutines, each starts two", {
  setup: () => ({ wg: new WaitGroup(), born: 0 }),
  *main(s, n) {
    function* node(left: number): Go {
      s.born++;
      if (left <= 1) return;
      s.wg.go(node, (left - 1) >> 1);
      s.wg.go(node, left - 1 - ((left - 1) >> 1));
    }
    s.wg.go(node, n);
    yield* s.wg.wait();
  },
  after: (s, n) => same("born, some of them with nothing left", s.born >= n, true),
});

const deferred = load(
  ["withDefer", "recover", "goexit"],
  "withDefer: n goroutines panic or exit, all their deferred functions run",
  {
    setup: () => ({ ran: 0, recovered: 0 }),
    *main(s, n) {
      yield* crowd(n, function* (i) {
        yield* withDefer(function* (defer) {
          defer(function* () {
            s.ran++;
            if (recover() !== null) s.recovered++;
            yield* gosched();
          });
          yield* gosched();
          if (i % 2 === 0) throw new Error("boom");
          yield* goexit();
        });
      });
    },
    after: (s, n) => {
      same("ran", s.ran, n);
      same("recovered", s.recovered, Math.ceil(n / 2));
    },
  },
);

export const WAITING: readonly Load[] = [waitGroup, cond, latch, barrier, once, spawned, deferred];
