// ShardedMap: a map cut into parts, each under a reader/writer lock of its own.
//
// Invariants:
//  I1. A key lives in one shard only, and every access to a shard's map holds its lock.
//  I2. Who needs several shards takes them in order.
//
// Source: Java 5's ConcurrentHashMap (segments), orcaman/concurrent-map for Go.

import type { Go } from "../op/index.js";
import { checkShards, type ShardKey, shardOf } from "./hash.js";
import { RWMutex } from "./rwmutex.js";

/** One part of the map, and the lock that it is under. */
interface Shard<K, V> {
  readonly rw: RWMutex;
  readonly map: Map<K, V>;
}

/**
 * A map for many readers and writers of different keys: a writer keeps only its shard's readers out.
 *
 * Every method is a generator: `yield*` it. Callbacks run under the shard's lock and are plain functions, so they
 * cannot wait while they hold it.
 *
 * **Happens-before:** a `set`, `update` or `delete` synchronizes before every later `get` of a key in its shard.
 * **Cost:** O(1) per key; `snapshot` is O(entries) and holds all shards; `size` adds up shard by shard.
 *
 * @throws {RangeError} `` ShardedMap: expected `shards` to be an integer from 1 to 65536, got 0 ``
 * @throws {TypeError} `` ShardedMap: expected `key` to be a string, number, bigint or boolean, got [object Object] ``
 * @example
 * await run(function* () {
 *   const hits = new ShardedMap<string, number>(64);
 *   const wg = new WaitGroup();
 *   for (let i = 0; i < 3; i++) wg.go(function* () {
 *     yield* hits.update("/", (n) => (n ?? 0) + 1);
 *   });
 *   yield* wg.wait();
 *   console.log(yield* hits.get("/")); // prints: 3
 * });
 */
export class ShardedMap<K extends ShardKey, V> {
  readonly #shards: readonly Shard<K, V>[];

  constructor(shards = 64) {
    checkShards("ShardedMap", shards);
    this.#shards = Array.from({ length: shards }, () => ({ rw: new RWMutex(), map: new Map<K, V>() }));
  }

  /** Returns the value of `key`, or undefined. */
  *get(key: K): Go<V | undefined> {
    const { rw, map } = this.#shardOf(key);
    yield* rw.rLock();
    const value = map.get(key);
    yield* rw.rUnlock();
    return value;
  }

  /** Sets the value of `key`. */
  *set(key: K, value: V): Go {
    const { rw, map } = this.#shardOf(key);
    yield* rw.lock();
    map.set(key, value);
    yield* rw.unlock();
  }

  /** Replaces the value of `key` by what `change` makes of it, with nobody in between; returns the new value. */
  *update(key: K, change: (value: V | undefined) => V): Go<V> {
    const { rw, map } = this.#shardOf(key);
    yield* rw.lock();
    try {
      const value = change(map.get(key));
      map.set(key, value);
      return value;
    } finally {
      yield* rw.unlock();
    }
  }

  /** Deletes `key`; says whether it was there. */
  *delete(key: K): Go<boolean> {
    const { rw, map } = this.#shardOf(key);
    yield* rw.lock();
    const wasThere = map.delete(key);
    yield* rw.unlock();
    return wasThere;
  }

  /** Adds up the shards one after the other: exact only while nobody writes. */
  *size(): Go<number> {
    let size = 0;
    for (const { rw, map } of this.#shards) {
      yield* rw.rLock();
      size += map.size;
      yield* rw.rUnlock();
    }
    return size;
  }

  /** Copies the whole map as it is at one moment: holds all shards for reading (I2). */
  *snapshot(): Go<Map<K, V>> {
    for (const { rw } of this.#shards) yield* rw.rLock();
    const all = new Map<K, V>();
    for (const { map } of this.#shards) for (const [key, value] of map) all.set(key, value);
    for (const { rw } of this.#shards) yield* rw.rUnlock();
    return all;
  }

  #shardOf(key: K): Shard<K, V> {
    return this.#shards[shardOf("ShardedMap", key, this.#shards.length)] as Shard<K, V>;
  }
}
