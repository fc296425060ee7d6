// Go: sync_test.go, pool_test.go, time_test.go
import {
  afterFunc,
  Chan,
  Cond,
  type Go,
  go,
  Mutex,
  newTicker,
  newTimer,
  Pool,
  type RecvChan,
  type RWMutex,
  sleep,
} from "../../../lib/index.js";
import { cases, panics, type Variable, variable } from "./case.js";

/** Waits until `condition` is 1. */
function* waitFor(cond: Cond, condition: Variable): Go {
  yield* cond.L.lock();
  while ((yield* condition.read()) !== 1) yield* cond.wait();
  yield* cond.L.unlock();
}

function* announce(cond: Cond, condition: Variable): Go {
  yield* cond.L.lock();
  yield* condition.write(1);
  yield* cond.signal();
  yield* cond.L.unlock();
}

/** A tick of `c` lets a goroutine write v; main writes before `again` and after it was told. */
function* ticks(v: Variable, c: RecvChan<number>, again: () => Go<unknown>): Go {
  const told = new Chan<number>();
  yield* go(function* () {
    yield* c.recv();
    yield* v.write(1);
    yield* told.send(0);
  });
  yield* again();
  yield* told.recv();
  yield* v.write(3);
}

/** A timer or ticker that is made after main has written v. */
function* ticksOnce(make: () => { c: RecvChan<number> }): Go {
  const v = variable("v");
  yield* v.write(2);
  yield* ticks(v, make().c, function* () {});
}

/** One that is stopped, and started again after main has written v. */
function* ticksAgain(timer: { c: RecvChan<number>; stop(): unknown; reset(ms: number): unknown }): Go {
  const v = variable("v");
  yield* ticks(v, timer.c, function* () {
    timer.stop();
    yield* v.write(2);
    timer.reset(0.001);
  });
}

/** `first` and then `second` write x, each after its time. */
function* twoTimers(): Go {
  const c = new Chan<boolean>(2);
  const x = variable();
  for (const k of [1, 2]) {
    afterFunc(10 * k, function* () {
      yield* x.write(k);
      yield* c.send(true);
    });
  }
  yield* c.recv();
  yield* c.recv();
}

export const clean = cases({
  *Cond() {
    const x = variable("x");
    const condition = variable("condition");
    const cond = new Cond(new Mutex());
    yield* go(function* () {
      yield* x.write(1);
      yield* announce(cond, condition);
    });
    yield* waitFor(cond, condition);
    yield* x.write(2);
  },
  *AfterFunc1() {
    const i = variable("i", 2);
    const c = new Chan<boolean>();
    function* f(): Go {
      const left = (yield* i.read()) - 1;
      yield* i.write(left);
      if (left >= 0) afterFunc(0, f);
      else yield* c.send(true);
    }
    afterFunc(0, f);
    yield* c.recv();
  },
  *AfterFunc2() {
    const x = variable();
    const timer = afterFunc(0.00001, function* () {
      yield* x.write(1);
    });
    timer.stop();
  },
  *AfterFunc3() {
    const c = new Chan<boolean>(1);
    const x = variable();
    afterFunc(10, function* () {
      yield* x.write(1);
      yield* c.send(true);
    });
    yield* c.recv();
  },
  *NilMutexCrash() {
    const mutex = new Mutex();
    const other = null as unknown as RWMutex;
    if (!(yield* panics(() => other.rLock() as unknown as Go))) throw new Error("no panic");
    yield* mutex.lock();
    yield* mutex.unlock();
  },
  *Pool() {
    for (let i = 0; i < 3; i++) {
      const pool = new Pool(() => variable("bytes"));
      const x = yield* pool.get();
      yield* x.write(1);
      yield* pool.put(x);
      yield* go(function* () {
        const y = yield* pool.get();
        yield* y.write(2);
        yield* pool.put(y);
      });
      yield* sleep(100);
      yield* (yield* pool.get()).write(3);
    }
  },
  *AfterFunc() {
    const v = variable("v");
    const c = new Chan<number>();
    yield* v.write(2);
    afterFunc(0.001, function* () {
      yield* v.write(1);
      yield* c.send(0);
    });
    yield* c.recv();
    yield* v.write(3);
  },
  *AfterFuncReset() {
    const v = variable("v");
    const c = new Chan<number>();
    const timer = afterFunc(3_600_000, function* () {
      yield* v.write(1);
      yield* c.send(0);
    });
    timer.stop();
    yield* v.write(2);
    timer.reset(0.001);
    yield* c.recv();
    yield* v.write(3);
  },
  Timer: () => ticksOnce(() => newTimer(0.001)),
  *TimerReset() {
    yield* ticksAgain(newTimer(3_600_000));
  },
  Ticker: () => ticksOnce(() => newTicker(0.001)),
  *TickerReset() {
    yield* ticksAgain(newTicker(3_600_000));
  },
});

export const racy = cases({
  *Cond() {
    const done = new Chan<boolean>();
    const x = variable("x");
    const condition = variable("condition");
    const cond = new Cond(new Mutex());
    yield* go(function* () {
      yield* sleep(10);
      yield* x.write(1);
      yield* announce(cond, condition);
      yield* sleep(10);
      yield* cond.L.lock();
      yield* x.write(3);
      yield* cond.L.unlock();
      yield* done.send(true);
    });
    yield* waitFor(cond, condition);
    yield* x.write(2);
    yield* done.recv();
  },
  *AnnounceThreads() {
    const done = new Chan<boolean>(7);
    const x = variable();
    function* writes(): Go {
      yield* x.write(1);
      yield* done.send(true);
    }
    function* g(): Go {
      for (let i = 0; i < 2; i++) {
        yield* go(writes);
        yield* done.send(true);
      }
    }
    function* f(): Go {
      yield* x.write(1);
      yield* go(g);
      yield* go(writes);
      yield* x.write(2);
      yield* done.send(true);
    }
    yield* go(function* h(): Go {
      yield* x.write(1);
      yield* x.write(2);
      yield* go(f);
      yield* done.send(true);
    });
    for (let i = 0; i < 7; i++) yield* done.recv();
  },
  AfterFunc3: twoTimers,
  *GoroutineCreationStack() {
    const x = variable();
    const ch = new Chan<boolean>(1);
    function* f1(): Go {
      yield* x.write(1);
      yield* ch.send(true);
    }
    function* f2(): Go {
      yield* go(f1);
    }
    function* f3(): Go {
      yield* go(f2);
    }
    yield* go(function* f4(): Go {
      yield* go(f3);
    });
    yield* x.write(2);
    yield* ch.recv();
  },
  *Pool() {
    for (let i = 0; i < 10; i++) {
      const c = new Chan<number>();
      const pool = new Pool(() => variable("bytes"));
      const x = yield* pool.get();
      yield* x.write(1);
      yield* pool.put(x);
      yield* go(function* () {
        yield* (yield* pool.get()).write(2);
        yield* c.send(1);
      });
      yield* x.write(3);
      yield* c.recv();
    }
  },
});
