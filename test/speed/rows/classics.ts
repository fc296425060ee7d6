// Programs that every concurrent language has been measured with.
import { Chan, type Go, go, run } from "happens-before";
import type { Row } from "../row.js";
import { sumBelow } from "./channels.js";

const RING = 503;
const PRIMES = 2000;
const LEAVES = 1_000_000;

function* pass(from: Chan<number>, to: Chan<number>, done: Chan<number>, id: number): Go {
  for (;;) {
    const left = (yield* from.recv()) as number;
    if (left === 0) {
      yield* done.send(id);
      return;
    }
    yield* to.send(left - 1);
  }
}

function* ring(hops: number): Go<number> {
  const done = new Chan<number>();
  const first = new Chan<number>();
  let from = first;
  for (let id = 1; id <= RING; id++) {
    const to = id === RING ? first : new Chan<number>();
    go(pass, from, to, done, id);
    from = to;
  }
  yield* first.send(hops);
  return (yield* done.recv()) as number;
}

function* generate(to: Chan<number>): Go {
  for (let i = 2; ; i++) yield* to.send(i);
}

function* filter(from: Chan<number>, to: Chan<number>, prime: number): Go {
  for (;;) {
    const i = (yield* from.recv()) as number;
    if (i % prime !== 0) yield* to.send(i);
  }
}

function* sieve(primes: number): Go<number> {
  let ch = new Chan<number>();
  go(generate, ch);
  let prime = 0;
  for (let i = 0; i < primes; i++) {
    prime = (yield* ch.recv()) as number;
    const next = new Chan<number>();
    go(filter, ch, next, prime);
    ch = next;
  }
  return prime;
}

function* produce(to: Chan<number>, n: number): Go {
  for (let i = 0; i < n; i++) yield* to.send(i);
  to.close();
}

function* addOne(from: Chan<number>, to: Chan<number>): Go {
  for (;;) {
    const { value, ok } = yield* from.recvOk();
    if (!ok) break;
    yield* to.send((value as number) + 1);
  }
  to.close();
}

function* pipeline(n: number): Go<number> {
  let ch = new Chan<number>(128);
  go(produce, ch, n);
  for (let stage = 0; stage < 4; stage++) {
    const next = new Chan<number>(128);
    go(addOne, ch, next);
    ch = next;
  }
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* ch.recv()) as number;
  return sum;
}

function* fanOut(n: number): Go<number> {
  const jobs = new Chan<number>(128);
  const results = new Chan<number>(128);
  go(produce, jobs, n);
  for (let worker = 0; worker < 4; worker++) go(work, jobs, results);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* results.recv()) as number;
  return sum;
}

function* work(jobs: Chan<number>, results: Chan<number>): Go {
  for (;;) {
    const { value, ok } = yield* jobs.recvOk();
    if (!ok) return;
    yield* results.send(value as number);
  }
}

function* skynet(to: Chan<number>, first: number, size: number): Go {
  if (size === 1) {
    yield* to.send(first);
    return;
  }
  const mine = new Chan<number>();
  const part = size / 10;
  for (let i = 0; i < 10; i++) go(skynet, mine, first + i * part, part);
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += (yield* mine.recv()) as number;
  yield* to.send(sum);
}

function* skynets(times: number, leaves: number): Go<number> {
  let sum = 0;
  for (let time = 0; time < times; time++) {
    const result = new Chan<number>();
    go(skynet, result, 0, leaves);
    sum += (yield* result.recv()) as number;
  }
  return sum;
}

export const classics: readonly Row[] = [
  {
    name: "classic.threadring",
    unit: "ns",
    what: "one hop of a token in a ring of 503 goroutines",
    target: 0.45,
    batch: 1,
    run: (n) => run(() => ring(n)),
    expected: (n) => (n % RING) + 1,
  },
  {
    name: "classic.sieve2000",
    unit: "ms",
    what: "the 2000th prime by a chain of 2000 filters",
    target: 0.45,
    batch: 1,
    run: async (times) => {
      let prime = 0;
      // A run of its own each: its filters are dropped with it.
      for (let time = 0; time < times; time++) prime = await run(() => sieve(PRIMES));
      return prime;
    },
    expected: () => 17_389,
    small: { run: () => run(() => sieve(100)), expected: () => 541 },
  },
  {
    name: "classic.pipeline4",
    unit: "ns",
    what: "one item through 4 stages, buffers of 128",
    target: 0.75,
    batch: 1,
    run: (n) => run(() => pipeline(n)),
    expected: (n) => sumBelow(n) + 4 * n,
  },
  {
    name: "classic.fanout4",
    unit: "ns",
    what: "one job to one of 4 workers and its result back, buffers of 128",
    target: 1,
    batch: 1,
    run: (n) => run(() => fanOut(n)),
    expected: sumBelow,
  },
  {
    name: "classic.skynet",
    unit: "ms",
    what: "a tree of 1,111,111 goroutines that sums a million leaves",
    target: 0.3,
    batch: 1,
    run: (times) => run(() => skynets(times, LEAVES)),
    expected: (times) => times * sumBelow(LEAVES),
    small: { run: () => run(() => skynets(1, 1000)), expected: () => sumBelow(1000) },
  },
];
