// Goroutines: starting, joining, yielding, and what a parked one weighs.
import { Chan, type Go, go, gosched, run, WaitGroup } from "happens-before";
import type { Row } from "../row.js";

const WAVE = 100_000;

interface Count {
  n: number;
}

function* countAndDone(wg: WaitGroup, count: Count): Go {
  count.n++;
  wg.done();
}

function* yieldAndDone(wg: WaitGroup, count: Count): Go {
  yield* gosched();
  count.n++;
  wg.done();
}

function* waves(times: number, body: (wg: WaitGroup, count: Count) => Go): Go<number> {
  const count = { n: 0 };
  for (let wave = 0; wave < times; wave++) {
    const wg = new WaitGroup();
    wg.add(WAVE);
    for (let i = 0; i < WAVE; i++) go(body, wg, count);
    yield* wg.wait();
  }
  return count.n;
}

function* oneByOne(n: number): Go<number> {
  const count = { n: 0 };
  const wg = new WaitGroup();
  for (let i = 0; i < n; i++) {
    wg.add(1);
    go(countAndDone, wg, count);
    yield* wg.wait();
  }
  return count.n;
}

function* yieldOften(wg: WaitGroup, count: Count, n: number): Go {
  for (let i = 0; i < n; i++) {
    count.n++;
    yield* gosched();
  }
  wg.done();
}

function* yielding(goroutines: number, n: number): Go<number> {
  const count = { n: 0 };
  const wg = new WaitGroup();
  wg.add(goroutines);
  for (let i = 0; i < goroutines; i++) go(yieldOften, wg, count, n);
  yield* wg.wait();
  return count.n;
}

function* parkOn(ch: Chan<number>, count: Count): Go {
  count.n++;
  yield* ch.recv();
}

function* parked(n: number, atPeak: () => void): Go<number> {
  const ch = new Chan<number>();
  const count = { n: 0 };
  for (let i = 0; i < n; i++) go(parkOn, ch, count);
  while (count.n < n) yield* gosched();
  atPeak();
  return count.n;
}

export const goroutines: readonly Row[] = [
  {
    name: "spawn.waitgroup",
    unit: "ns",
    what: "one of 100,000 goroutines, started and waited for with a WaitGroup",
    target: 0.5,
    targetP2: 1.3,
    batch: WAVE,
    run: (times) => run(() => waves(times, countAndDone)),
    expected: (times) => times * WAVE,
  },
  {
    name: "spawn.yield.join",
    unit: "ns",
    what: "the same, each yields once before it ends",
    target: 0.4,
    batch: WAVE,
    run: (times) => run(() => waves(times, yieldAndDone)),
    expected: (times) => times * WAVE,
  },
  {
    name: "spawn.sequential",
    unit: "ns",
    what: "one goroutine, started and waited for before the next",
    target: 0.45,
    batch: 1,
    run: (n) => run(() => oneByOne(n)),
    expected: (n) => n,
  },
  {
    name: "gosched.2",
    unit: "ns",
    what: "one yield, 2 goroutines",
    target: 0.4,
    batch: 2,
    run: (n) => run(() => yielding(2, n)),
    expected: (n) => 2 * n,
  },
  {
    name: "gosched.1000",
    unit: "ns",
    what: "one yield, 1000 goroutines",
    target: 0.55,
    batch: 1000,
    run: (n) => run(() => yielding(1000, n)),
    expected: (n) => 1000 * n,
  },
  {
    name: "memory.parked1M",
    unit: "B",
    what: "resident memory per goroutine, 1,000,000 parked on one channel",
    target: 0.25,
    batch: 1,
    times: 1_000_000,
    run: (n, atPeak = () => {}) => run(() => parked(n, atPeak)),
    expected: (n) => n,
  },
];
