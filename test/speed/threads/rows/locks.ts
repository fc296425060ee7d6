// Atomics and locks, on one thread and on two.
import { Mutex, RWMutex } from "happens-before/threads";
import { race } from "../race.js";
import type { ThreadRow } from "../row.js";

const cells = (): Int32Array => new Int32Array(new SharedArrayBuffer(64));

const add = (threads: number, n: number) => {
  const shared = cells();
  return race(threads, n, [shared], (_t, n, cell) => {
    for (let i = 0; i < n; i++) Atomics.add(cell, 0, 1);
    return n;
  }).then(({ ns }) => ({ ns, check: shared[0] as number }));
};

/** What no lock can be cheaper than. */
const exchange = (n: number) =>
  race(1, n, [cells()], (_t, n, cell) => {
    let taken = 0;
    for (let i = 0; i < n; i++) {
      if (Atomics.compareExchange(cell, 0, 0, 1) === 0) taken++;
      Atomics.compareExchange(cell, 0, 1, 0);
    }
    return taken;
  });

/** What everybody does who looks before a step, or after one whether somebody waits. */
const load = (n: number) =>
  race(1, n, [cells()], (_t, n, cell) => {
    cell[0] = 1;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Atomics.load(cell, 0);
    return sum;
  });

const lock = (threads: number, n: number) => {
  const shared = cells();
  return race(threads, n, [new Mutex(), shared], (_t, n, mu, cell) => {
    for (let i = 0; i < n; i++) {
      mu.lock();
      cell[0] = (cell[0] as number) + 1; // plain: two at a time would lose some
      mu.unlock();
    }
    return 0;
  }).then(({ ns }) => ({ ns, check: shared[0] as number }));
};

const read = (threads: number, n: number) =>
  race(threads, n, [new RWMutex()], (_t, n, rw) => {
    let count = 0;
    for (let i = 0; i < n; i++) {
      rw.rLock();
      count++;
      rw.rUnlock();
    }
    return count;
  });

export const locks: readonly ThreadRow[] = [
  {
    name: "atomic.add.1",
    unit: "ns",
    what: "Atomics.add, one thread",
    threads: 1,
    batch: 1,
    go: { row: "atomic.add.1" },
    run: (n) => add(1, n),
    expected: (n) => n,
  },
  {
    name: "atomic.cas.1",
    unit: "ns",
    what: "Atomics.compareExchange there and back, one thread: the two steps without which there is no lock",
    threads: 1,
    batch: 1,
    go: { row: "atomic.cas.1" },
    run: exchange,
    expected: (n) => n,
  },
  {
    name: "atomic.load.1",
    unit: "ns",
    what: "Atomics.load, one thread: in Go the processor's ordinary load",
    threads: 1,
    batch: 1,
    go: { row: "atomic.load.1" },
    run: load,
    expected: (n) => n,
  },
  {
    name: "atomic.add.2",
    unit: "ns",
    what: "Atomics.add to one word, two threads",
    threads: 2,
    batch: 2,
    target: { of: "go", atMost: 2.2 },
    go: { row: "atomic.add.2" },
    run: (n) => add(2, n),
    expected: (n) => 2 * n,
  },
  {
    name: "mutex.1",
    unit: "ns",
    what: "Mutex: lock, count, unlock, one thread",
    threads: 1,
    batch: 1,
    target: { of: "go", atMost: 2.2 },
    go: { row: "mutex.uncontended" },
    run: (n) => lock(1, n),
    expected: (n) => n,
  },
  {
    name: "mutex.2",
    unit: "ns",
    what: "Mutex: lock, count, unlock, two threads at one lock",
    threads: 2,
    batch: 2,
    target: { of: "go", atMost: 4.5 },
    go: { row: "mutex.contended.2" },
    run: (n) => lock(2, n),
    expected: (n) => 2 * n,
  },
  {
    name: "rlock.1",
    unit: "ns",
    what: "RWMutex: rLock, rUnlock, one thread",
    threads: 1,
    batch: 1,
    target: { of: "go", atMost: 2 },
    go: { row: "rwmutex.rlock.uncontended" },
    run: (n) => read(1, n),
    expected: (n) => n,
  },
  {
    name: "rlock.2",
    unit: "ns",
    what: "RWMutex: rLock, rUnlock, two threads at one lock",
    threads: 2,
    batch: 2,
    target: { of: "go", atMost: 2.5 },
    go: { row: "rwmutex.rlock.2" },
    run: (n) => read(2, n),
    expected: (n) => 2 * n,
  },
];
