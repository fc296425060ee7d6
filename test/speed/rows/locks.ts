// Locks: Mutex and RWMutex, free, wanted by many, and held over a yield; conditions and semaphores.
import { Cond, type Go, go, gosched, Mutex, RWMutex, run, Semaphore, WaitGroup } from "happens-before";
import type { Row } from "../row.js";

interface Count {
  n: number;
}

function* lockFree(n: number): Go<number> {
  const mu = new Mutex();
  let count = 0;
  for (let i = 0; i < n; i++) {
    yield* mu.lock();
    count++;
    mu.unlock();
  }
  return count;
}

function* tryFirst(n: number): Go<number> {
  const mu = new Mutex();
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (!mu.tryLock()) yield* mu.lock();
    count++;
    mu.unlock();
  }
  return count;
}

function* lockOften(wg: WaitGroup, mu: Mutex, count: Count, n: number): Go {
  for (let i = 0; i < n; i++) {
    yield* mu.lock();
    count.n++;
    mu.unlock();
  }
  wg.done();
}

function* lockOverYield(wg: WaitGroup, mu: Mutex, count: Count, n: number): Go {
  for (let i = 0; i < n; i++) {
    yield* mu.lock();
    const before = count.n;
    yield* gosched();
    count.n = before + 1;
    mu.unlock();
  }
  wg.done();
}

function* contend(goroutines: number, body: typeof lockOften, n: number): Go<number> {
  const wg = new WaitGroup();
  const mu = new Mutex();
  const count = { n: 0 };
  wg.add(goroutines);
  for (let i = 0; i < goroutines; i++) go(body, wg, mu, count, n);
  yield* wg.wait();
  return count.n;
}

function* readLock(n: number): Go<number> {
  const mu = new RWMutex();
  let count = 0;
  for (let i = 0; i < n; i++) {
    yield* mu.rLock();
    count++;
    mu.rUnlock();
  }
  return count;
}

function* writeLock(n: number): Go<number> {
  const mu = new RWMutex();
  let count = 0;
  for (let i = 0; i < n; i++) {
    yield* mu.lock();
    count++;
    mu.unlock();
  }
  return count;
}

interface Turn {
  isPing: boolean;
  readonly mu: Mutex;
  readonly changed: Cond;
}

function* takeTurns(turn: Turn, isPing: boolean, n: number, count: Count): Go {
  for (let i = 0; i < n; i++) {
    yield* turn.mu.lock();
    while (turn.isPing !== isPing) yield* turn.changed.wait();
    turn.isPing = !isPing;
    count.n++;
    turn.changed.signal();
    turn.mu.unlock();
  }
}

function* condPingPong(n: number): Go<number> {
  const mu = new Mutex();
  const turn = { isPing: true, mu, changed: new Cond(mu) };
  const count = { n: 0 };
  const wg = new WaitGroup();
  wg.go(takeTurns, turn, false, n, count);
  yield* takeTurns(turn, true, n, count);
  yield* wg.wait();
  return count.n;
}

function* acquireFree(n: number): Go<number> {
  const sem = new Semaphore(1);
  let count = 0;
  for (let i = 0; i < n; i++) {
    yield* sem.acquire(1);
    count++;
    sem.release(1);
  }
  return count;
}

function* acquireOverYield(wg: WaitGroup, sem: Semaphore, count: Count, n: number): Go {
  for (let i = 0; i < n; i++) {
    yield* sem.acquire(1);
    yield* gosched();
    count.n++;
    sem.release(1);
  }
  wg.done();
}

function* eightOfTwo(n: number): Go<number> {
  const sem = new Semaphore(2);
  const wg = new WaitGroup();
  const count = { n: 0 };
  wg.add(8);
  for (let i = 0; i < 8; i++) go(acquireOverYield, wg, sem, count, n);
  yield* wg.wait();
  return count.n;
}

const same = (n: number): number => n;

export const locks: readonly Row[] = [
  {
    name: "mutex.uncontended",
    unit: "ns",
    what: "lock and unlock, nobody else",
    target: 0.8,
    batch: 1,
    run: (n) => run(() => lockFree(n)),
    expected: same,
  },
  {
    name: "mutex.trylock",
    go: "mutex.uncontended",
    unit: "ns",
    what: "the same by tryLock first, against Go's Lock",
    target: 0.3,
    batch: 1,
    run: (n) => run(() => tryFirst(n)),
    expected: same,
  },
  {
    name: "mutex.contended.2",
    unit: "ns",
    what: "lock and unlock by 2 goroutines, never held over a yield",
    target: 0.8,
    batch: 2,
    run: (n) => run(() => contend(2, lockOften, n)),
    expected: (n) => 2 * n,
  },
  {
    name: "mutex.contended.100",
    unit: "ns",
    what: "the same by 100 goroutines",
    target: 0.8,
    batch: 100,
    run: (n) => run(() => contend(100, lockOften, n)),
    expected: (n) => 100 * n,
  },
  {
    name: "mutex.held.yield.2",
    unit: "ns",
    what: "lock, yield, unlock by 2 goroutines",
    target: 0.4,
    batch: 2,
    run: (n) => run(() => contend(2, lockOverYield, n)),
    expected: (n) => 2 * n,
  },
  {
    name: "mutex.held.yield.100",
    unit: "ns",
    what: "lock, yield, unlock by 100 goroutines",
    target: 0.4,
    batch: 100,
    run: (n) => run(() => contend(100, lockOverYield, n)),
    expected: (n) => 100 * n,
  },
  {
    name: "rwmutex.rlock.uncontended",
    unit: "ns",
    what: "rLock and rUnlock, nobody else",
    target: 0.85,
    batch: 1,
    run: (n) => run(() => readLock(n)),
    expected: same,
  },
  {
    name: "rwmutex.lock.uncontended",
    unit: "ns",
    what: "lock and unlock of an RWMutex, nobody else",
    target: 0.45,
    batch: 1,
    run: (n) => run(() => writeLock(n)),
    expected: same,
  },
  {
    name: "cond.pingpong",
    unit: "ns",
    what: "round trip of a turn between 2 goroutines, by a condition",
    target: 0.45,
    batch: 1,
    run: (n) => run(() => condPingPong(n)),
    expected: (n) => 2 * n,
  },
  {
    name: "semaphore.uncontended",
    unit: "ns",
    what: "acquire and release of a weighted semaphore, nobody else",
    target: 0.4,
    batch: 1,
    run: (n) => run(() => acquireFree(n)),
    expected: same,
  },
  {
    name: "semaphore.held.yield.8of2",
    unit: "ns",
    what: "acquire, yield, release by 8 goroutines of a semaphore of 2",
    target: 0.4,
    batch: 8,
    run: (n) => run(() => eightOfTwo(n)),
    expected: (n) => 8 * n,
  },
];
