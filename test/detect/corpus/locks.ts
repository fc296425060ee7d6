// Go: mutex_test.go, rwmutex_test.go
import { Chan, type Go, go, Mutex, type Op, RWMutex, type Step, sleep } from "../../../lib/index.js";
import { cases, type Variable, variable } from "./case.js";

interface Lock {
  lock(): Op<void>;
  unlock(): Step;
}

/** Two goroutines, each with its body; main waits for both. */
function* both(...bodies: (() => Go<unknown>)[]): Go {
  const ch = new Chan<boolean>(bodies.length);
  for (const body of bodies) {
    yield* go(function* () {
      yield* body();
      yield* ch.send(true);
    });
  }
  for (const _ of bodies) yield* ch.recv();
}

function* writeUnder(mu: Lock, x: Variable, value: number): Go {
  yield* mu.lock();
  yield* x.write(value);
  yield* mu.unlock();
}

function* twoLocks(mu1: Lock, mu2: Lock): Go {
  const x = variable();
  const ch = new Chan<boolean>(2);
  yield* go(function* () {
    yield* mu1.lock();
    yield* x.write(1);
    yield* ch.send(true);
    yield* mu1.unlock();
  });
  yield* go(function* () {
    yield* writeUnder(mu2, x, 2);
    yield* ch.send(true);
  });
  yield* ch.recv();
  yield* ch.recv();
}

function* readers(read: (x: Variable, k: number) => Go<unknown>): Go {
  const mu = new RWMutex();
  const x = variable("x");
  function reader(k: number) {
    return function* (): Go {
      yield* mu.rLock();
      yield* read(x, k);
      yield* mu.rUnlock();
    };
  }
  yield* both(() => writeUnder(mu, x, 2), reader(1), reader(2), reader(3));
}

export const clean = cases({
  *Mutex() {
    const mu = new Mutex();
    yield* twoLocks(mu, mu);
  },
  *MutexPureHappensBefore() {
    const mu = new Mutex();
    const x = variable("x");
    const written = variable("written", false);
    yield* both(
      function* () {
        yield* x.write(1);
        yield* mu.lock();
        yield* written.write(true);
        yield* mu.unlock();
      },
      function* () {
        yield* sleep(0.1);
        yield* mu.lock();
        while (!(yield* written.read())) {
          yield* mu.unlock();
          yield* sleep(0.1);
          yield* mu.lock();
        }
        yield* mu.unlock();
        yield* x.write(1);
      },
    );
  },
  *MutexSemaphore() {
    const mu = new Mutex();
    const x = variable();
    yield* mu.lock();
    yield* both(
      function* () {
        yield* x.write(1);
        yield* mu.unlock();
      },
      () => writeUnder(mu, x, 2),
    );
  },
  *MutexExampleFromHtml() {
    const l = new Mutex();
    const a = variable("a", "");
    yield* l.lock();
    yield* go(function* () {
      yield* a.write("hello, world");
      yield* l.unlock();
    });
    yield* l.lock();
    yield* a.read();
  },
  *RWMutex() {
    const mu = new RWMutex();
    const x = variable("x");
    const y = variable("y", 1);
    yield* both(
      () => writeUnder(mu, x, 2),
      function* () {
        yield* mu.rLock();
        yield* y.write(yield* x.read());
        yield* mu.rUnlock();
      },
    );
  },
  RWMutexMultipleReaders: () =>
    readers(function* (x, k) {
      return (yield* x.read()) + k;
    }),
  *RWMutexTransitive() {
    const mu = new RWMutex();
    const x = variable();
    const ch = new Chan<boolean>(2);
    for (const delayMs of [0, 10]) {
      yield* go(function* () {
        yield* sleep(delayMs);
        yield* mu.rLock();
        yield* x.read();
        yield* mu.rUnlock();
        yield* ch.send(true);
      });
    }
    yield* sleep(20);
    yield* writeUnder(mu, x, 42);
    yield* ch.recv();
    yield* ch.recv();
  },
});

export const racy = cases({
  *Mutex() {
    const mu = new Mutex();
    const x = variable();
    function* late(value: number): Go {
      yield* x.write(value);
      yield* mu.lock();
      yield* mu.unlock();
    }
    yield* both(
      () => late(1),
      () => late(2),
    );
  },
  Mutex2: () => twoLocks(new Mutex(), new Mutex()),
  *MutexOverwrite() {
    const c = new Chan<boolean>(1);
    const mu = variable("mu", new Mutex());
    yield* go(function* () {
      yield* mu.write(new Mutex());
      yield* c.send(true);
    });
    yield* (yield* mu.read()).lock();
    yield* c.recv();
  },
  MutexRWMutex: () => twoLocks(new Mutex(), new RWMutex()),
  *RWMutexMultipleReaders() {
    const y = variable("y", 1);
    yield* readers(function* (x, k) {
      yield* y.write((yield* x.read()) + k);
    });
  },
});
