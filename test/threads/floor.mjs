// What the primitives cost beside bare Atomics, in one run: `node test/threads/floor.mjs [rounds]`, after `npm run build`;
// with 0 rounds only how long a team takes to start and to return.
//
// Variants alternate. Alone, the least of all batches counts: the one that was disturbed least. Two threads at once: the
// middle; those rows mean something only on a machine with two quiet cores, because threads that do not overlap do
// not contend. Trust the ratios.

import {
  Counter,
  carry,
  Disruptor,
  DistributedRWMutex,
  dismissIdle,
  FairRWMutex,
  MSQueue,
  Mutex,
  Queue,
  ReadersFirstRWMutex,
  RWMutex,
  Snapshot,
  TreiberStack,
  team,
  UpgradableRWMutex,
  WorkDeque,
} from "happens-before/threads";

const rounds = Number(process.argv[2] ?? 7);
const OPS = 1_000_000;
const cells = () => new Int32Array(new SharedArrayBuffer(256));

/** Nanoseconds for one operation, on `threads` threads at once: the mean over the threads. */
async function ns(threads, setup, loop, shared) {
  const times = await team(
    threads,
    (t, setup, loop, shared, ops) => {
      const state = setup(t, shared);
      loop(state, ops / 10);
      t.barrier();
      const batches = Array.from({ length: 50 }, () => {
        const start = performance.now();
        loop(state, ops / 50);
        return ((performance.now() - start) * 1e6) / (ops / 50);
      }).sort((a, b) => a - b);
      return batches[t.count === 1 ? 0 : 25]; // alone: the least disturbed; together: the middle, for they must meet
    },
    { args: [carry(setup), carry(loop), shared, OPS] },
  );
  return times.reduce((a, b) => a + b) / threads;
}

const same = (_t, shared) => shared;
const loops = {
  "bare add": [
    same,
    cells,
    (c, n) => {
      for (let i = 0; i < n; i++) Atomics.add(c, 0, 1);
    },
  ],
  "bare compare-exchange twice": [
    same,
    cells,
    (c, n) => {
      for (let i = 0; i < n; i++) {
        Atomics.compareExchange(c, 0, 0, 1);
        Atomics.compareExchange(c, 0, 1, 0);
      }
    },
  ],
  "bare three-state mutex": [
    same,
    cells,
    (c, n) => {
      for (let i = 0; i < n; i++) {
        let s = Atomics.compareExchange(c, 0, 0, 1);
        if (s !== 0) {
          if (s !== 2) s = Atomics.exchange(c, 0, 2);
          while (s !== 0) {
            Atomics.wait(c, 0, 2);
            s = Atomics.exchange(c, 0, 2);
          }
        }
        c[1]++;
        if (Atomics.exchange(c, 0, 0) === 2) Atomics.notify(c, 0, 1);
      }
    },
  ],
  "Mutex lock+unlock": [
    same,
    () => new Mutex(),
    (mu, n) => {
      for (let i = 0; i < n; i++) {
        mu.lock();
        mu.unlock();
      }
    },
  ],
  "Mutex withLock": [
    same,
    () => new Mutex(),
    (mu, n) => {
      let x = 0;
      const body = () => x++;
      for (let i = 0; i < n; i++) mu.withLock(body);
    },
  ],
  "bare add twice": [
    same,
    cells,
    (c, n) => {
      for (let i = 0; i < n; i++) {
        Atomics.add(c, 0, 1);
        Atomics.add(c, 0, -1);
      }
    },
  ],
  "RWMutex rLock+rUnlock": [
    same,
    () => new RWMutex(),
    (rw, n) => {
      for (let i = 0; i < n; i++) {
        rw.rLock();
        rw.rUnlock();
      }
    },
  ],
  "RWMutex lock+unlock": [
    same,
    () => new RWMutex(),
    (rw, n) => {
      for (let i = 0; i < n; i++) {
        rw.lock();
        rw.unlock();
      }
    },
  ],
  "bare load": [
    same,
    cells,
    (c, n) => {
      let s = 0;
      for (let i = 0; i < n; i++) s += Atomics.load(c, 0);
      return s;
    },
  ],
  "Snapshot load": [
    same,
    () => new Snapshot(new Float64Array(8)),
    (snap, n) => {
      let s = 0;
      for (let i = 0; i < n; i++) s += snap.load()[3];
      return s;
    },
  ],
  "Snapshot read": [
    same,
    () => new Snapshot(new Float64Array(8)),
    (snap, n) => {
      let s = 0;
      const body = (d) => d[3];
      for (let i = 0; i < n; i++) s += snap.read(body);
      return s;
    },
  ],
  "Counter add": [
    same,
    () => new Counter(),
    (counter, n) => {
      for (let i = 0; i < n; i++) counter.add();
    },
  ],
  "MSQueue tryPush+pop": [
    same,
    () => new MSQueue(),
    (it, n) => {
      for (let i = 0; i < n; i++) {
        it.tryPush(i);
        it.pop();
      }
    },
  ],
  "TreiberStack tryPush+pop": [
    same,
    () => new TreiberStack(),
    (it, n) => {
      for (let i = 0; i < n; i++) {
        it.tryPush(i);
        it.pop();
      }
    },
  ],
  "WorkDeque push+pop": [
    (t, deque) => (t.id === 0 ? deque : undefined),
    () => new WorkDeque(),
    (deque, n) => {
      for (let i = 0; i < n; i++) {
        deque.tryPush(i);
        deque.pop();
      }
    },
  ],
  "Queue trySend+tryRecv": [
    same,
    () => new Queue(),
    (queue, n) => {
      for (let i = 0; i < n; i++) {
        queue.trySend(i);
        queue.tryRecv();
      }
    },
  ],
};

const rwVariants = { ReadersFirstRWMutex, FairRWMutex, UpgradableRWMutex, DistributedRWMutex };
for (const [name, Variant] of Object.entries(rwVariants)) {
  const make = () => new Variant();
  loops[`${name} rLock+rUnlock`] = [same, make, loops["RWMutex rLock+rUnlock"][2]];
  loops[`${name} lock+unlock`] = [same, make, loops["RWMutex lock+unlock"][2]];
}

const rows = [
  ["Mutex lock+unlock", "bare compare-exchange twice", 1],
  ["Mutex lock+unlock", "bare three-state mutex", 2],
  ["Mutex withLock", "bare compare-exchange twice", 1],
  ["RWMutex rLock+rUnlock", "bare add twice", 1],
  ["RWMutex rLock+rUnlock", "bare add twice", 2],
  ["RWMutex lock+unlock", "bare compare-exchange twice", 1],
  ["Snapshot load", "bare load", 1],
  ["Snapshot load", "bare load", 2],
  ["Snapshot read", "bare load", 1],
  ["Counter add", "bare add", 1],
  ["Counter add", "bare add", 2],
  ["MSQueue tryPush+pop", "Queue trySend+tryRecv", 1],
  ["MSQueue tryPush+pop", "Queue trySend+tryRecv", 2],
  ["TreiberStack tryPush+pop", "Queue trySend+tryRecv", 1],
  ["TreiberStack tryPush+pop", "Queue trySend+tryRecv", 2],
  ["WorkDeque push+pop", "bare compare-exchange twice", 1],
  ...Object.keys(rwVariants).flatMap((name) => [
    [`${name} rLock+rUnlock`, "bare add twice", 1],
    [`${name} rLock+rUnlock`, "bare add twice", 2],
    [`${name} lock+unlock`, "bare compare-exchange twice", 1],
  ]),
];

for (const [name, floor, threads] of rounds === 0 ? [] : rows) {
  const seen = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [at, what] of [name, floor].entries()) {
      const [setup, share, loop] = loops[what];
      seen[at].push(await ns(threads, setup, loop, share()));
    }
    dismissIdle(); // each round in fresh threads, whose compiler knows only these loops
  }
  const [mine, bare] = seen.map((list) => list.sort((x, y) => x - y)[threads === 1 ? 0 : list.length >> 1]);
  console.log(
    `${name}, ${threads} thread${threads > 1 ? "s" : ""}: ${mine.toFixed(1)} ns; ${floor}: ${bare.toFixed(1)} ns; ratio ${(mine / bare).toFixed(2)}`,
  );
}

const starts = [];
for (let i = 0; i < 200; i++) await team(2, () => 0);
for (let i = 0; i < 400; i++) {
  const begin = performance.timeOrigin + performance.now();
  const at = await team(2, () => performance.timeOrigin + performance.now());
  starts.push((Math.max(...at) - begin) * 1000, (performance.timeOrigin + performance.now() - begin) * 1000);
}
const sorted = (odd) => starts.filter((_, i) => i % 2 === odd).sort((a, b) => a - b);
const [begun, done] = [sorted(0), sorted(1)];
const at = (list, q) => list[Math.floor(list.length * q)].toFixed(0);
console.log(
  `team of 2, kept threads: both bodies begin after ${at(begun, 0.1)} us (10%), ${at(begun, 0.5)} us (50%)`,
);
console.log(
  `team of 2, kept threads: results are back after ${at(done, 0.1)} us (10%), ${at(done, 0.5)} us (50%)`,
);

// How a Disruptor's threads wait: one producer, one consumer, each item by itself, then in batches of 64. With fewer quiet
// cores than threads "busy-spin" is far behind; that is a result, too.
const ITEMS = 200_000;
async function itemNs(wait, batch) {
  const ring = new Disruptor({ capacityItems: 1024, wait });
  const times = await team(
    2,
    (t, ring, items, batch) => {
      const block = new Float64Array(batch);
      const consumer = ring.consumer();
      t.barrier();
      const start = performance.now();
      if (t.id === 0) {
        for (let i = 0; i < items; i += batch) ring.publish(batch === 1 ? i : block);
        ring.close();
      } else while (consumer.take(block) > 0);
      return performance.now() - start;
    },
    { args: [ring, ITEMS, batch] },
  );
  return (Math.max(...times) * 1e6) / ITEMS;
}
for (const batch of [1, 64]) {
  const seen = { "busy-spin": [], yielding: [], blocking: [] };
  for (let round = 0; round < rounds; round++) {
    for (const wait of Object.keys(seen)) seen[wait].push(await itemNs(wait, batch));
  }
  for (const [wait, list] of Object.entries(seen)) {
    const sorted = list.sort((x, y) => x - y);
    console.log(
      `Disruptor, 2 threads, batches of ${batch}, ${wait}: ${sorted[sorted.length >> 1].toFixed(1)} ns an item (least ${sorted[0].toFixed(1)})`,
    );
  }
}
