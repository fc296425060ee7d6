// Goroutines over several threads: work for the processors, and the classics.
import type { Go } from "happens-before";
import { type Chan, type Machine, runThreads } from "happens-before/mn";
import { elapsed, sumBelow } from "../race.js";
import type { Ran, ThreadRow } from "../row.js";

const PARTS = 64;
const LEAVES = 1_000_000;
const PRIMES = 2000;
const MEMORY_BYTES = 2 ** 28;

const fanOut = (threads: number, times: number): Promise<Ran> =>
  elapsed(() =>
    runThreads(
      threads,
      function* (t, times, parts) {
        function* part(_t: Machine, id: number, done: Chan<number>): Go {
          const compute = (x: number): number => {
            for (let i = 0; i < 200_000; i++) x = (Math.imul(x, 1_103_515_245) + 12_345) | 0;
            return x;
          };
          yield* done.send(compute(id) === 0 ? 0 : 1);
        }
        const done = t.chan<number>(parts);
        let sum = 0;
        for (let time = 0; time < times; time++) {
          for (let id = 1; id <= parts; id++) t.go(part, id, done);
          for (let id = 1; id <= parts; id++) sum += (yield* done.recv()) as number;
        }
        return sum;
      },
      { args: [times, PARTS] },
    ),
  );

function skynet(leaves: number): Promise<number> {
  return runThreads(
    2,
    function* (t, leaves) {
      function* node(t: Machine, to: Chan<number>, first: number, size: number): Go {
        if (size === 1) {
          yield* to.send(first);
          return;
        }
        const mine = t.chan<number>();
        for (let i = 0; i < 10; i++) t.go(node, mine, first + (i * size) / 10, size / 10);
        let sum = 0;
        for (let i = 0; i < 10; i++) sum += (yield* mine.recv()) as number;
        yield* to.send(sum);
      }
      const result = t.chan<number>();
      t.go(node, result, 0, leaves);
      return (yield* result.recv()) as number;
    },
    { args: [leaves], memoryBytes: MEMORY_BYTES },
  );
}

function sieve(primes: number): Promise<number> {
  return runThreads(
    2,
    function* (t, primes) {
      function* generate(_t: Machine, to: Chan<number>): Go {
        for (let i = 2; ; i++) yield* to.send(i);
      }
      function* filter(_t: Machine, from: Chan<number>, to: Chan<number>, prime: number): Go {
        for (;;) {
          const i = (yield* from.recv()) as number;
          if (i % prime !== 0) yield* to.send(i);
        }
      }
      let from = t.chan<number>();
      t.go(generate, from);
      let prime = 0;
      for (let i = 0; i < primes; i++) {
        prime = (yield* from.recv()) as number;
        const to = t.chan<number>();
        t.go(filter, from, to, prime);
        from = to;
      }
      return prime;
    },
    { args: [primes], memoryBytes: MEMORY_BYTES },
  );
}

/** A run of its own each time: what one leaves behind goes with it. */
const inTurn = (times: number, run: () => Promise<number>, add: (sum: number, value: number) => number) =>
  elapsed(async () => {
    let result = 0;
    for (let time = 0; time < times; time++) result = add(result, await run());
    return result;
  });

const plus = (sum: number, value: number): number => sum + value;
const last = (_: number, value: number): number => value;

const fan = (threads: 1 | 2): ThreadRow => ({
  name: `mn.fanout.${threads}`,
  unit: "us",
  what: `a goroutine that computes for 200,000 turns, 64 of them on ${threads === 1 ? "one thread" : "two threads"}`,
  threads,
  batch: PARTS,
  go: { row: `mn.fanout.${threads}` },
  ...(threads === 1 ? {} : { target: { of: "speedup", row: "mn.fanout.1", atLeast: 1.7 } }),
  run: (times) => fanOut(threads, times),
  expected: (times) => times * PARTS,
  small: { run: () => fanOut(threads, 1), expected: () => PARTS },
});

export const goroutines: readonly ThreadRow[] = [
  fan(1),
  fan(2),
  {
    name: "mn.skynet",
    unit: "ms",
    what: "a tree of 1,111,111 goroutines that sums a million leaves, two threads",
    threads: 2,
    batch: 1,
    go: { row: "classic.skynet" },
    run: (times) => inTurn(times, () => skynet(LEAVES), plus),
    expected: (times) => times * sumBelow(LEAVES),
    small: { run: () => inTurn(1, () => skynet(1000), plus), expected: () => sumBelow(1000) },
  },
  {
    name: "mn.sieve2000",
    unit: "ms",
    what: "the 2000th prime by a chain of 2000 filters, two threads",
    threads: 2,
    batch: 1,
    go: { row: "classic.sieve2000" },
    run: (times) => inTurn(times, () => sieve(PRIMES), last),
    expected: () => 17_389,
    small: { run: () => inTurn(1, () => sieve(100), last), expected: () => 541 },
  },
];
