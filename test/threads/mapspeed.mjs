// Maps on one thread, on two threads with keys of their own, and on two with the same keys, in one run:
// `node test/threads/mapspeed.mjs [rounds]`, after `npm run build`. Variants alternate; the middle of the rounds counts. The
// rows with two threads mean something only on a machine with two quiet cores.

import { ConcurrentMap, carry, dismissIdle, Mutex, ShardedMap, team } from "happens-before/threads";

const rounds = Number(process.argv[2] ?? 9);
const OPS = 300_000;
const KEYS = 4096;

const maps = {
  "ShardedMap, numbers": [
    () => new ShardedMap(),
    (m, key, i) => void (i % 4 === 0 ? m.set(key, i) : m.get(key)),
  ],
  "ShardedMap, texts": [
    () => new ShardedMap(),
    (m, _key, i, text) => void (i % 4 === 0 ? m.set(text, i) : m.get(text)),
  ],
  "ConcurrentMap, numbers": [
    () => new ConcurrentMap(),
    (m, key, i) => void (i % 4 === 0 ? m.store(key, i) : m.load(key)),
  ],
  "ConcurrentMap, texts": [
    () => new ConcurrentMap(),
    (m, _key, i, text) => void (i % 4 === 0 ? m.store(text, i) : m.load(text)),
  ],
  "ConcurrentMap, numbers, loads only": [() => filled(new ConcurrentMap()), (m, key) => void m.load(key)],
  "ConcurrentMap, numbers, stores only": [() => new ConcurrentMap(), (m, key, i) => m.store(key, i)],
  "arithmetic on a number of its own: what two cores can give": [
    () => new Int32Array(new SharedArrayBuffer(4)),
    (_m, key) => {
      let x = key | 1;
      for (let i = 0; i < 20; i++) x = Math.imul(x, 0x9e3779b1) ^ (x >>> 15);
      if (x === 0.5) throw new Error("never");
    },
  ],
  "Mutex around two compare-exchanges, to compare": [() => new Mutex(), (m) => m.lock() || m.unlock()],
};

function filled(map) {
  for (let key = 0; key < 2 * KEYS; key++) map.store(key, key);
  return map;
}

/** Operations a microsecond, of all threads together. */
async function rate(threads, make, op, isShared) {
  const map = make();
  const ms = await team(
    threads,
    (t, map, op, ops, keys, isShared) => {
      const texts = Array.from({ length: keys }, (_, i) => `key ${i + (isShared ? 0 : t.id * keys)}`);
      const first = isShared ? 0 : t.id * keys;
      const run = (n) => {
        for (let i = 0; i < n; i++) op(map, first + (i & (keys - 1)), i, texts[i & (keys - 1)]);
      };
      run(ops / 3);
      t.barrier();
      const start = performance.now();
      run(ops);
      return performance.now() - start;
    },
    { args: [map, carry(op), OPS, KEYS, isShared] },
  );
  return (threads * OPS) / (Math.max(...ms) * 1000);
}

const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const seen = Object.fromEntries(Object.keys(maps).map((name) => [name, [[], [], []]]));
for (let round = 0; round < rounds; round++) {
  for (const [name, [make, op]] of Object.entries(maps)) {
    seen[name][0].push(await rate(1, make, op, false));
    seen[name][1].push(await rate(2, make, op, false));
    seen[name][2].push(await rate(2, make, op, true));
  }
}
for (const [name, rates] of Object.entries(seen)) {
  const [one, own, same] = rates.map(middle);
  const ns = (each) => `${(1000 / each).toFixed(0)} ns`;
  console.log(
    `${name}: 1 thread ${ns(one)}; 2 threads, own keys ${ns(own)} = ${(own / one).toFixed(2)} times the throughput; the same keys ${ns(same)} = ${(same / one).toFixed(2)} times`,
  );
}
dismissIdle();
