// Contexts, timers and clocks under n goroutines.

import {
  after,
  afterCancel,
  afterFunc,
  background,
  Canceled,
  Chan,
  type Context,
  cause,
  DeadlineExceeded,
  go,
  newTicker,
  newTimer,
  now,
  sleep,
  synctest,
  synctestDate,
  synctestSleep,
  synctestWait,
  WaitGroup,
  withCancel,
  withTimeout,
  withValue,
} from "happens-before";
import { crowd, type Load, load, same } from "./load.js";

const children = load(
  ["withCancel", "cause"],
  "context: n children of one parent, each with a waiter, one cancel",
  {
    setup: () => ({ woken: 0 }),
    *main(s, n) {
      const [ctx, cancel] = withCancel(background());
      const ready = new WaitGroup();
      ready.add(n);
      const all = new WaitGroup();
      for (let i = 0; i < n; i++) {
        all.go(function* () {
          const [child] = withCancel(withValue(ctx, "i", i));
          ready.done();
          yield* child.done().recv();
          same("error", child.err(), Canceled);
          same("cause", cause(child), Canceled);
          s.woken++;
        });
      }
      yield* ready.wait();
      cancel();
      yield* all.wait();
    },
    after: (s, n) => same("woken", s.woken, n),
  },
);

const left = load("withCancel", "context: n children leave a parent that lives on", {
  setup: () => ({ parent: withCancel(background())[0] as Context }),
  *main(s, n) {
    yield* crowd(n, function* () {
      const [child, cancel] = withCancel(s.parent);
      yield* cancel();
      same("error", child.err(), Canceled);
    });
    same("parent", s.parent.err(), null);
  },
});

const timeouts = load(
  ["withTimeout", "afterCancel"],
  "context: n deadlines, half of them met, an afterCancel each",
  {
    setup: () => ({ late: 0, called: 0 }),
    *main(s, n) {
      const calls = new WaitGroup();
      calls.add(n);
      yield* crowd(n, function* (i) {
        const [ctx, cancel] = withTimeout(background(), 1 + (i % 50));
        afterCancel(ctx, function* () {
          s.called++;
          calls.done();
        });
        if (i % 2 === 0) {
          yield* ctx.done().recv();
          same("error", ctx.err(), DeadlineExceeded);
          s.late++;
        } else cancel();
      });
      yield* calls.wait();
    },
    after: (s, n) => {
      same("late", s.late, Math.ceil(n / 2));
      same("called", s.called, n);
    },
  },
);

const sleeps = load(["sleep", "now"], "sleep: n sleepers wake in time, none early", {
  setup: () => ({ woken: 0 }),
  *main(s, n) {
    yield* crowd(n, function* (i) {
      const ms = (i * 7919) % 1000;
      const start = now();
      yield* sleep(ms);
      if (now() - start < ms) throw new Error(`slept ${now() - start} ms instead of ${ms}`);
      s.woken++;
    });
  },
  after: (s, n) => same("woken", s.woken, n),
});

const timers = load(
  ["newTimer", "afterFunc", "after"],
  "timers: n made, a third stopped, a third moved, every other one fires once",
  {
    setup: () => ({ fired: 0 }),
    *main(s, n) {
      const fired = new WaitGroup();
      yield* crowd(n, function* (i) {
        const timer = newTimer(1 + (i % 100));
        if (i % 3 === 0) {
          if (!timer.stop()) throw new Error("the timer had fired already");
        } else {
          if (i % 3 === 1) timer.reset(200 + (i % 100));
          yield* timer.c.recv();
          s.fired++;
        }
        fired.add(1);
        afterFunc(i % 10, function* () {
          s.fired++;
          fired.done();
        });
        if (i % 5 === 0) yield* after(1).recv();
      });
      yield* fired.wait();
    },
    after: (s, n) => same("fired", s.fired, n + n - Math.ceil(n / 3)),
  },
);

const tickers = load("newTicker", "tickers: n of them, three ticks each", {
  setup: () => ({ ticks: 0 }),
  *main(s, n) {
    yield* crowd(n, function* (i) {
      const ticker = newTicker(1 + (i % 10));
      for (let k = 0; k < 3; k++) {
        yield* ticker.c.recv();
        s.ticks++;
      }
      ticker.stop();
    });
  },
  after: (s, n) => same("ticks", s.ticks, 3 * n),
});

const bubble = load(
  ["synctest", "synctestWait", "synctestSleep", "synctestDate"],
  "synctest: n goroutines of a bubble wait for each other, then sleep",
  {
    setup: () => ({ woken: 0 }),
    *main(s, n) {
      yield* synctest(function* () {
        const gate = new Chan<never>();
        for (let i = 0; i < n; i++) {
          go(function* () {
            yield* gate.recv();
            yield* sleep(i % 100);
            s.woken++;
          });
        }
        yield* synctestWait();
        gate.close();
        yield* synctestSleep(100);
        same("woken", s.woken, n);
        same("date", synctestDate().getUTCFullYear(), 2000);
      });
    },
  },
);

export const TIME: readonly Load[] = [children, left, timeouts, sleeps, timers, tickers, bubble];
