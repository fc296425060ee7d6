// Go: waitgroup_test.go
import { Chan, type Go, go, gosched, sleep, WaitGroup } from "../../../lib/index.js";
import { cases, panics, type Variable, variable } from "./case.js";

function* writers(n: number): Go {
  const x = variable();
  const wg = new WaitGroup();
  for (let i = 0; i < n; i++) {
    yield* wg.add(1);
    yield* go(function* () {
      yield* x.write(i);
      yield* wg.done();
    });
  }
  yield* wg.wait();
}

function* increment(v: Variable): Go {
  yield* v.write((yield* v.read()) + 1);
}

function makeData(): Variable[] {
  return Array.from({ length: 3 }, (_, i) => variable(`data${i}`));
}

/** A goroutine for each of `data` that changes it and says `done`. */
function* round(wg: WaitGroup, data: readonly Variable[], change: (v: Variable) => Go<unknown>): Go {
  yield* wg.add(data.length);
  for (const v of data) {
    yield* go(function* () {
      yield* change(v);
      yield* wg.done();
    });
  }
}

/** Two goroutines that each say `add`, then `body`, and report to a channel; main does `then`. */
function* lateAdds(between: () => Go<unknown>, before: () => Go<unknown>, x: Variable | null): Go {
  const c = new Chan<boolean>(2);
  const wg = new WaitGroup();
  for (const value of [1, 2]) {
    yield* go(function* () {
      yield* wg.add(1);
      yield* between();
      yield* x?.write(value) ?? gosched();
      yield* wg.done();
      yield* c.send(true);
    });
  }
  yield* before();
  yield* wg.wait();
  yield* c.recv();
  yield* c.recv();
}

function* waits(counted: number): Go {
  const c = new Chan<boolean>(2);
  const wg = new WaitGroup();
  if (counted > 0) yield* wg.add(counted);
  for (let i = 0; i < 2; i++) {
    yield* go(function* () {
      if (counted > 0) yield* wg.done();
      yield* wg.wait();
      yield* c.send(true);
    });
  }
  yield* wg.wait();
  yield* c.recv();
  yield* c.recv();
}

export const clean = cases({
  WaitGroup: () => writers(1),
  *WaitGroup2() {
    const x = variable();
    const wg = new WaitGroup();
    yield* wg.add(1);
    yield* go(function* () {
      yield* x.write(1);
      yield* wg.done();
    });
    yield* wg.wait();
    yield* x.write(2);
  },
  WaitGroupMultipleWait: () => waits(0),
  WaitGroupMultipleWait2: () => waits(2),
  *WaitGroupMultipleWait3() {
    const data = makeData();
    const done = new Chan<boolean>(data.length);
    const wg = new WaitGroup();
    yield* round(wg, data, (v) => v.write(42) as unknown as Go);
    for (const _ of data) {
      yield* go(function* () {
        yield* wg.wait();
        for (const v of data) yield* v.read();
        yield* done.send(true);
      });
    }
    for (const _ of data) yield* done.recv();
  },
  *WaitGroupPanicRecover() {
    const x = variable();
    const wg = new WaitGroup();
    yield* panics(function* () {
      yield* x.write(1);
      yield* wg.add(-1);
    });
    yield* x.write(2);
  },
  *WaitGroupPanicRecover2() {
    const x = variable();
    const wg = new WaitGroup();
    const ch = new Chan<boolean>(1);
    yield* go(function* () {
      yield* panics(function* () {
        yield* x.write(1);
        yield* wg.add(-1);
      });
      yield* go(function* () {
        yield* x.write(2);
        yield* ch.send(true);
      });
    });
    yield* ch.recv();
  },
  *WaitGroupTransitive() {
    const x = variable("x");
    const y = variable("y");
    const wg = new WaitGroup();
    yield* wg.add(2);
    yield* go(function* () {
      yield* x.write(42);
      yield* wg.done();
    });
    yield* go(function* () {
      yield* sleep(10);
      yield* y.write(42);
      yield* wg.done();
    });
    yield* wg.wait();
    yield* x.read();
    yield* y.read();
  },
  *WaitGroupReuse() {
    const data = makeData();
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++) {
      yield* round(wg, data, increment);
      yield* wg.wait();
      for (const v of data) yield* increment(v);
    }
  },
  *WaitGroupReuse2() {
    const data = makeData();
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++) {
      yield* round(wg, data, increment);
      const done = new Chan<boolean>();
      yield* go(function* () {
        yield* wg.wait();
        for (const v of data) yield* increment(v);
        yield* done.send(true);
      });
      yield* wg.wait();
      yield* done.recv();
      for (const v of data) yield* increment(v);
    }
  },
  *WaitGroupConcurrentAdd() {
    const waiting = new Chan<boolean>(4);
    const wg = new WaitGroup();
    for (let i = 0; i < 4; i++) {
      yield* go(function* () {
        yield* wg.add(1);
        yield* waiting.send(true);
        yield* wg.done();
      });
    }
    for (let i = 0; i < 4; i++) yield* waiting.recv();
    yield* wg.wait();
  },
});

export const racy = cases({
  WaitGroup: () => writers(2),
  *WaitGroupAsMutex() {
    const x = variable();
    const wg = new WaitGroup();
    const c = new Chan<boolean>(2);
    for (const value of [1, 2]) {
      yield* go(function* () {
        yield* wg.wait();
        yield* sleep(100);
        yield* wg.add(1);
        yield* x.write(value);
        yield* wg.add(-1);
        yield* c.send(true);
      });
    }
    yield* c.recv();
    yield* c.recv();
  },
  *WaitGroupWrongWait() {
    yield* lateAdds(
      () => gosched() as unknown as Go,
      function* () {},
      variable(),
    );
  },
  *WaitGroupWrongAdd() {
    yield* lateAdds(
      () => sleep(100) as unknown as Go,
      () => sleep(50) as unknown as Go,
      null,
    );
  },
  *WaitGroup2() {
    const x = variable();
    const wg = new WaitGroup();
    yield* wg.add(2);
    for (const value of [1, 2]) {
      yield* go(function* () {
        yield* x.write(value);
        yield* wg.done();
      });
    }
    yield* wg.wait();
  },
  *WaitGroupReuse() {
    const done = new Chan<boolean>(3);
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++) {
      const data = makeData();
      yield* round(wg, data, function* (v) {
        yield* sleep(50);
        yield* increment(v);
      });
      yield* go(function* () {
        yield* wg.wait();
        for (const v of data) yield* increment(v);
        yield* done.send(true);
      });
      yield* sleep(100);
      yield* wg.wait();
    }
    for (let i = 0; i < 3; i++) yield* done.recv();
  },
});
