// sharedmap: a map with locks in shared memory.
import SharedMap from "sharedmap";
import { race, serve } from "./crew.mjs";

const KEYS = 1024;
const mapOf = (shared) => Object.setPrototypeOf(shared.map, SharedMap.prototype);
const make = () => ({
  map: new SharedMap(4 * KEYS, 16, 16),
  cell: new Int32Array(new SharedArrayBuffer(4)),
});

serve({
  lock: (_id, n, shared) => {
    const map = mapOf(shared);
    const { cell } = shared;
    for (let i = 0; i < n; i++) {
      map.lockExclusive();
      cell[0]++;
      map.unlockExclusive();
    }
    return 0;
  },
  keys: (id, n, shared) => {
    const map = mapOf(shared);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const key = String(id * KEYS + (i % KEYS));
      map.set(key, i);
      sum += Number(map.get(key));
    }
    return sum;
  },
});

async function lock(threads, n) {
  const shared = make();
  const { ns } = await race(import.meta.url, "lock", threads, n, () => ({ shared }));
  return { ns, check: shared.cell[0] };
}

async function keys(threads, n) {
  const shared = make();
  return race(import.meta.url, "keys", threads, n, () => ({ shared }));
}

export default {
  "mutex.1": (n) => lock(1, n),
  "mutex.2": (n) => lock(2, n),
  "map.sharded.1": (n) => keys(1, n),
  "map.sharded.2": (n) => keys(2, n),
  "map.concurrent.1": (n) => keys(1, n),
  "map.concurrent.2": (n) => keys(2, n),
};
