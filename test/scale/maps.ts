// Maps, pools and shared values under n goroutines: what was stored is found, what was counted adds up.

import {
  CopyOnWrite,
  GoMap,
  gosched,
  HashTrieMap,
  Mutex,
  Pool,
  ReadDirtyMap,
  ShardedMap,
  Snapshot,
  SyncMap,
} from "happens-before";
import { crowd, type Load, load, same } from "./load.js";

const MAKERS = {
  SyncMap: () => new SyncMap<number, number>(),
  HashTrieMap: () => new HashTrieMap<number, number>(),
  ReadDirtyMap: () => new ReadDirtyMap<number, number>(),
};

function concurrentMap(subject: keyof typeof MAKERS): Load {
  return load(subject, `${subject}: n goroutines store, load, swap and delete their own key`, {
    setup: () => MAKERS[subject](),
    *main(map, n) {
      yield* crowd(n, function* (i) {
        map.store(i, i);
        yield* gosched();
        same("loaded", yield* map.load(i), i);
        same("swapped", (yield* map.swap(i, -i)).value, i);
        if (i % 2 === 0) same("deleted", (yield* map.loadAndDelete(i)).value, -i);
      });
      let keys = 0;
      yield* map.range(function* (key, value) {
        same(`value of ${key}`, value, -key);
        keys++;
        return true;
      });
      return keys;
    },
    after: (_, n, keys) => same("keys left", keys, n >> 1),
  });
}

const loadOrStore = load(["SyncMap"], "SyncMap: of n goroutines that store under one key, one wins", {
  setup: () => ({ map: new SyncMap<string, number>(), winners: 0 }),
  *main(s, n) {
    yield* crowd(n, function* (i) {
      if (!(yield* s.map.loadOrStore("key", i)).loaded) s.winners++;
    });
  },
  after: (s) => same("winners", s.winners, 1),
});

const goMap = load("GoMap", "GoMap: n writers under one lock", {
  setup: () => ({ mu: new Mutex(), map: new GoMap<number, number>() }),
  *main({ mu, map }, n) {
    yield* crowd(n, function* (i) {
      yield* mu.lock();
      yield* map.set(i % 97, ((yield* map.get(i % 97)) ?? 0) + 1);
      mu.unlock();
    });
    let sum = 0;
    yield* map.forEach(function* (_, count) {
      sum += count;
    });
    return sum;
  },
  after: (_, n, sum) => same("sum", sum, n),
});

const sharded = load("ShardedMap", "ShardedMap: n updates of 97 keys, none lost", {
  setup: () => new ShardedMap<number, number>(8),
  *main(map, n) {
    yield* crowd(n, (i) => map.update(i % 97, (count) => (count ?? 0) + 1));
    let sum = 0;
    for (const count of (yield* map.snapshot()).values()) sum += count;
    return sum;
  },
  after: (_, n, sum) => same("sum", sum, n),
});

const pool = load("Pool", "Pool: n goroutines share objects, none is held twice", {
  setup: () => new Pool(() => ({ holders: 0 })),
  *main(objects, n) {
    yield* crowd(n, function* () {
      const x = yield* objects.get();
      same("holders", ++x.holders, 1);
      yield* gosched();
      x.holders--;
      objects.put(x);
    });
  },
});

const snapshot = load("Snapshot", "Snapshot: n updates, one version each", {
  setup: () => new Snapshot(0),
  *main(value, n) {
    yield* crowd(n, function* (i) {
      if (i % 10 === 0) yield* value.update((old) => old + 1);
      else {
        const { version, value: seen } = yield* value.load();
        same("version and value", version >= seen, true);
      }
    });
    return (yield* value.load()).value;
  },
  after: (_, n, updates) => same("updates", updates, Math.ceil(n / 10)),
});

const copyOnWrite = load("CopyOnWrite", "CopyOnWrite: n writers through one queue, every change in", {
  setup: () => new CopyOnWrite({ count: 0 }, (old) => ({ ...old })),
  *main(value, n) {
    yield* crowd(n, function* (i) {
      if (i % 2 === 0) yield* value.load();
      else
        yield* value.write((draft) => {
          draft.count++;
        });
    });
    return (yield* value.load()).value.count;
  },
  after: (_, n, count) => same("changes", count, n >> 1),
});

export const MAPS: readonly Load[] = [
  concurrentMap("SyncMap"),
  concurrentMap("HashTrieMap"),
  concurrentMap("ReadDirtyMap"),
  loadOrStore,
  goMap,
  sharded,
  pool,
  snapshot,
  copyOnWrite,
];
