// What goroutines share: WaitGroup, Once, Pool, maps.
import { type Go, Mutex, Once, Pool, run, SyncMap, WaitGroup } from "happens-before";
import type { Row } from "../row.js";

const KEYS = 1024;

function* addDone(n: number): Go<number> {
  const wg = new WaitGroup();
  let count = 0;
  for (let i = 0; i < n; i++) {
    wg.add(1);
    count++;
    wg.done();
  }
  yield* wg.wait();
  return count;
}

let onces = 0;

function* countOnce(): Go {
  onces++;
}

function* doOnce(n: number): Go<number> {
  const once = new Once();
  onces = 0;
  for (let i = 0; i < n; i++) yield* once.do(countOnce);
  return onces;
}

function* lookOnce(n: number): Go<number> {
  const once = new Once();
  onces = 0;
  for (let i = 0; i < n; i++) if (!once.isDone) yield* once.do(countOnce);
  return onces;
}

interface Buffer {
  used: number;
}

function* getPut(n: number): Go<number> {
  const pool = new Pool<Buffer>(() => ({ used: 0 }));
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const buffer = yield* pool.get();
    buffer.used = 1;
    sum += buffer.used;
    pool.put(buffer);
  }
  return sum;
}

function* tryGetPut(n: number): Go<number> {
  const pool = new Pool<Buffer>(() => ({ used: 0 }));
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const buffer = pool.tryGet();
    buffer.used = 1;
    sum += buffer.used;
    pool.put(buffer);
  }
  return sum;
}

function* lockedMap(n: number): Go<number> {
  const mu = new Mutex();
  const map = new Map<number, number>();
  for (let i = 0; i < KEYS; i++) map.set(i, 1);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    yield* mu.lock();
    sum += map.get(i & (KEYS - 1)) as number;
    mu.unlock();
  }
  return sum;
}

function* mapLoad(n: number): Go<number> {
  const map = new SyncMap<number, number>();
  for (let i = 0; i < KEYS; i++) yield* map.store(i, 1);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* map.load(i & (KEYS - 1))) as number;
  return sum;
}

function* mapTryLoad(n: number): Go<number> {
  const map = new SyncMap<number, number>();
  for (let i = 0; i < KEYS; i++) yield* map.store(i, 1);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += map.tryLoad(i & (KEYS - 1)) as number;
  return sum;
}

function* mapStore(n: number): Go<number> {
  const map = new SyncMap<number, number>();
  for (let i = 0; i < n; i++) yield* map.store(i & (KEYS - 1), i);
  return (yield* map.load((n - 1) & (KEYS - 1))) as number;
}

export const shared: readonly Row[] = [
  {
    name: "waitgroup.adddone",
    unit: "ns",
    what: "add(1) and done()",
    target: 0.3,
    batch: 1,
    run: (n) => run(() => addDone(n)),
    expected: (n) => n,
  },
  {
    name: "once.do.fast",
    unit: "ns",
    what: "do() after the first time (Go: one inlined load)",
    target: 10,
    batch: 1,
    run: (n) => run(() => doOnce(n)),
    expected: () => 1,
  },
  {
    name: "once.isdone",
    go: "once.do.fast",
    unit: "ns",
    what: "the same by a look at isDone first, against Go's Do",
    target: 10,
    batch: 1,
    run: (n) => run(() => lookOnce(n)),
    expected: () => 1,
  },
  {
    name: "pool.getput",
    unit: "ns",
    what: "get and put of a pooled object",
    target: 0.8,
    batch: 1,
    run: (n) => run(() => getPut(n)),
    expected: (n) => n,
  },
  {
    name: "pool.tryget",
    go: "pool.getput",
    unit: "ns",
    what: "the same by tryGet, against Go's Get",
    target: 0.8,
    batch: 1,
    run: (n) => run(() => tryGetPut(n)),
    expected: (n) => n,
  },
  {
    name: "map.mutex+map.load",
    unit: "ns",
    what: "read of one of 1024 numbers in a map under a Mutex",
    target: 1,
    batch: 1,
    run: (n) => run(() => lockedMap(n)),
    expected: (n) => n,
  },
  {
    name: "map.sync.Map.load",
    unit: "ns",
    what: "load of one of 1024 numbers from a sync.Map",
    target: 0.7,
    batch: 1,
    run: (n) => run(() => mapLoad(n)),
    expected: (n) => n,
  },
  {
    name: "map.sync.Map.tryload",
    go: "map.sync.Map.load",
    unit: "ns",
    what: "the same by tryLoad, against Go's Load",
    target: 0.7,
    batch: 1,
    run: (n) => run(() => mapTryLoad(n)),
    expected: (n) => n,
  },
  {
    name: "map.sync.Map.store",
    unit: "ns",
    what: "store to one of 1024 numbers of a sync.Map",
    target: 0.2,
    batch: 1,
    run: (n) => run(() => mapStore(n)),
    expected: (n) => n - 1,
  },
];
