// Maps: two threads on keys of their own, beside one thread.
import { ConcurrentMap, ShardedMap } from "happens-before/threads";
import { race } from "../race.js";
import type { ThreadRow } from "../row.js";

const KEYS = 1024;

const sharded = (threads: number, n: number) =>
  race(threads, n, [new ShardedMap(), KEYS], (t, n, map, keys) => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const key = t.id * keys + (i % keys);
      map.set(key, i);
      sum += map.get(key) as number;
    }
    return sum;
  });

const concurrent = (threads: number, n: number) =>
  race(threads, n, [new ConcurrentMap<number, number>(), KEYS], (t, n, map, keys) => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const key = t.id * keys + (i % keys);
      map.store(key, i);
      sum += map.load(key) as number;
    }
    return sum;
  });

const pair = (
  name: string,
  what: string,
  run: (threads: number, n: number) => ReturnType<typeof sharded>,
): readonly ThreadRow[] => [
  {
    name: `${name}.1`,
    unit: "ns",
    what: `${what}, one thread, 1024 keys: one write and one read`,
    threads: 1,
    batch: 1,
    go: { row: "map.disjoint.1" },
    run: (n) => run(1, n),
    expected: (n) => (n * (n - 1)) / 2,
  },
  {
    name: `${name}.2`,
    unit: "ns",
    what: `${what}, two threads, 1024 keys each of its own: one write and one read`,
    threads: 2,
    batch: 2,
    target: { of: "speedup", row: `${name}.1`, atLeast: 1.6 },
    go: { row: "map.disjoint.2" },
    run: (n) => run(2, n),
    expected: (n) => n * (n - 1),
  },
];

export const maps: readonly ThreadRow[] = [
  ...pair("map.sharded", "ShardedMap", sharded),
  ...pair("map.concurrent", "ConcurrentMap", concurrent),
];
