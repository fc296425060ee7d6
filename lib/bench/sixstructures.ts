// Six structures for one work: a map of 1024 numbers that some threads read and some write.
//
// All but the concurrent map keep the entries in the same kind of table, an array of keys and values with open addressing, so
// that a lookup costs the same and what differs is how threads are kept apart:
//
//   mutex        one table, one lock
//   rwmutex      one table, one lock that readers share
//   concurrent   ConcurrentMap: readers take no lock, writers lock one of 64 shards
//   snapshot     one table, never changed: a write publishes a changed copy
//   sharded      64 tables, each with a lock that its readers share
//   copyonwrite  as snapshot, but writes queue up and are published together
//
// Operations travel as text and see only their parameters (see program.ts); each structure has its own, written out, so
// that no two of them share what V8 has learnt about one.

import {
  ConcurrentMap,
  CopyOnWrite,
  Mutex,
  RWMutex,
  type Shareable,
  Snapshot,
  type Thread,
} from "../threads/index.js";
import { filledTables, SIX_KEYS, SIX_SHARDS, type Tools, tools } from "./sixtable.js";

/** What a thread does to a structure. `mixed` reads `readPercent` of 100 times, else writes; `hold` writes for `holdMs`. */
export type SixOp = "read" | "write" | "mixed" | "hold";

/** One of the six: its state and its operations. */
export interface SixStructure {
  readonly name: string;
  share(readPercent: number, holdMs: number): Shareable[];
  readonly ops: Readonly<Record<SixOp, (t: Thread, ...args: Shareable[]) => void>>;
}

/** Gives a structure's operations their types: `S` is what it shares before the tools. */
function structure<S extends unknown[]>(
  name: string,
  share: () => S,
  ops: Record<SixOp, (t: Thread, ...args: [...S, ...Tools]) => void>,
): SixStructure {
  return {
    name,
    share: (readPercent, holdMs) => [...share(), ...tools(readPercent, holdMs)] as Shareable[],
    ops: ops as unknown as SixStructure["ops"],
  };
}

const mutex = structure("mutex", (): [Mutex, Float64Array] => [new Mutex(), filledTables(1)], {
  read(t, lock, data, dice, find, roll) {
    const key = roll(dice, t.id) & 1023;
    lock.lock();
    dice[16 * t.id + 1] = data[find(data, key, 0, 2047)]!;
    lock.unlock();
  },
  write(t, lock, data, dice, find, roll) {
    const key = roll(dice, t.id) & 1023;
    lock.lock();
    data[find(data, key, 0, 2047)] = key;
    lock.unlock();
  },
  mixed(t, lock, data, dice, find, roll, readPercent) {
    const number = roll(dice, t.id);
    const key = number & 1023;
    lock.lock();
    if ((number >>> 10) % 100 < readPercent) dice[16 * t.id + 1] = data[find(data, key, 0, 2047)]!;
    else data[find(data, key, 0, 2047)] = key;
    lock.unlock();
  },
  hold(t, lock, data, dice, find, roll, _readPercent, holdMs, bed) {
    const key = roll(dice, t.id) & 1023;
    lock.lock();
    Atomics.wait(bed, 0, 0, holdMs);
    data[find(data, key, 0, 2047)] = key;
    lock.unlock();
  },
});

const rwmutex = structure("rwmutex", (): [RWMutex, Float64Array] => [new RWMutex(), filledTables(1)], {
  read(t, lock, data, dice, find, roll) {
    const key = roll(dice, t.id) & 1023;
    lock.rLock();
    dice[16 * t.id + 1] = data[find(data, key, 0, 2047)]!;
    lock.rUnlock();
  },
  write(t, lock, data, dice, find, roll) {
    const key = roll(dice, t.id) & 1023;
    lock.lock();
    data[find(data, key, 0, 2047)] = key;
    lock.unlock();
  },
  mixed(t, lock, data, dice, find, roll, readPercent) {
    const number = roll(dice, t.id);
    const key = number & 1023;
    if ((number >>> 10) % 100 < readPercent) {
      lock.rLock();
      dice[16 * t.id + 1] = data[find(data, key, 0, 2047)]!;
      lock.rUnlock();
      return;
    }
    lock.lock();
    data[find(data, key, 0, 2047)] = key;
    lock.unlock();
  },
  hold(t, lock, data, dice, find, roll, _readPercent, holdMs, bed) {
    const key = roll(dice, t.id) & 1023;
    lock.lock();
    Atomics.wait(bed, 0, 0, holdMs);
    data[find(data, key, 0, 2047)] = key;
    lock.unlock();
  },
});

function filledConcurrentMap(): [ConcurrentMap<number, number>] {
  const map = new ConcurrentMap<number, number>({ shards: SIX_SHARDS, reserveBytes: 2 ** 20 });
  for (let key = 0; key < SIX_KEYS; key++) map.store(key, key);
  return [map];
}

const concurrent = structure("concurrent", filledConcurrentMap, {
  read(t, map, dice, _find, roll) {
    dice[16 * t.id + 1] = map.load(roll(dice, t.id) & 1023)!;
  },
  write(t, map, dice, _find, roll) {
    const key = roll(dice, t.id) & 1023;
    map.store(key, key);
  },
  mixed(t, map, dice, _find, roll, readPercent) {
    const number = roll(dice, t.id);
    const key = number & 1023;
    if ((number >>> 10) % 100 < readPercent) dice[16 * t.id + 1] = map.load(key)!;
    else map.store(key, key);
  },
  hold(t, map, dice, _find, roll, _readPercent, holdMs, bed) {
    const key = roll(dice, t.id) & 1023;
    map.update(key, () => {
      Atomics.wait(bed, 0, 0, holdMs);
      return key;
    });
  },
});

const snapshot = structure("snapshot", (): [Snapshot] => [new Snapshot(filledTables(1))], {
  read(t, map, dice, find, roll) {
    const data = map.load();
    dice[16 * t.id + 1] = data[find(data, roll(dice, t.id) & 1023, 0, 2047)]!;
  },
  write(t, map, dice, find, roll) {
    const key = roll(dice, t.id) & 1023;
    map.publish((data) => {
      data[find(data, key, 0, 2047)] = key;
    });
  },
  mixed(t, map, dice, find, roll, readPercent) {
    const number = roll(dice, t.id);
    const key = number & 1023;
    if ((number >>> 10) % 100 < readPercent) {
      const data = map.load();
      dice[16 * t.id + 1] = data[find(data, key, 0, 2047)]!;
      return;
    }
    map.publish((data) => {
      data[find(data, key, 0, 2047)] = key;
    });
  },
  hold(t, map, dice, find, roll, _readPercent, holdMs, bed) {
    const key = roll(dice, t.id) & 1023;
    map.publish((data) => {
      Atomics.wait(bed, 0, 0, holdMs);
      data[find(data, key, 0, 2047)] = key;
    });
  },
});

function lockedShards(): [RWMutex[], Float64Array] {
  return [Array.from({ length: SIX_SHARDS }, () => new RWMutex()), filledTables(SIX_SHARDS)];
}

const sharded = structure("sharded", lockedShards, {
  read(t, locks, data, dice, find, roll) {
    const key = roll(dice, t.id) & 1023;
    const lock = locks[key & 63]!;
    lock.rLock();
    dice[16 * t.id + 1] = data[find(data, key, 64 * (key & 63), 31)]!;
    lock.rUnlock();
  },
  write(t, locks, data, dice, find, roll) {
    const key = roll(dice, t.id) & 1023;
    const lock = locks[key & 63]!;
    lock.lock();
    data[find(data, key, 64 * (key & 63), 31)] = key;
    lock.unlock();
  },
  mixed(t, locks, data, dice, find, roll, readPercent) {
    const number = roll(dice, t.id);
    const key = number & 1023;
    const lock = locks[key & 63]!;
    if ((number >>> 10) % 100 < readPercent) {
      lock.rLock();
      dice[16 * t.id + 1] = data[find(data, key, 64 * (key & 63), 31)]!;
      lock.rUnlock();
      return;
    }
    lock.lock();
    data[find(data, key, 64 * (key & 63), 31)] = key;
    lock.unlock();
  },
  hold(t, locks, data, dice, find, roll, _readPercent, holdMs, bed) {
    const key = roll(dice, t.id) & 1023;
    const lock = locks[key & 63]!;
    lock.lock();
    Atomics.wait(bed, 0, 0, holdMs);
    data[find(data, key, 64 * (key & 63), 31)] = key;
    lock.unlock();
  },
});

function filledCopyOnWrite(): [CopyOnWrite] {
  return [new CopyOnWrite(filledTables(1), { capacityItems: 256 })];
}

const copyonwrite = structure("copyonwrite", filledCopyOnWrite, {
  read(t, map, dice, find, roll) {
    const data = map.load();
    dice[16 * t.id + 1] = data[find(data, roll(dice, t.id) & 1023, 0, 2047)]!;
  },
  write(t, map, dice, find, roll) {
    const key = roll(dice, t.id) & 1023;
    map.write(find(map.load(), key, 0, 2047), key);
  },
  mixed(t, map, dice, find, roll, readPercent) {
    const number = roll(dice, t.id);
    const key = number & 1023;
    const data = map.load();
    if ((number >>> 10) % 100 < readPercent) dice[16 * t.id + 1] = data[find(data, key, 0, 2047)]!;
    else map.submit(find(data, key, 0, 2047), key); // whoever finds the queue full publishes it
  },
  hold(t, map, dice, find, roll, _readPercent, holdMs, bed) {
    const key = roll(dice, t.id) & 1023;
    Atomics.wait(bed, 0, 0, holdMs); // what takes long is done before the write is queued
    map.write(find(map.load(), key, 0, 2047), key);
  },
});

/** The six, in the order of the table. */
export const SIX: readonly SixStructure[] = [mutex, rwmutex, concurrent, snapshot, sharded, copyonwrite];
