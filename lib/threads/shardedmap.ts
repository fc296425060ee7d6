// ShardedMap: a map in shards with a lock each; threads that use different shards do not meet.
//
// Every call, reads too, holds the lock of its key's shard. That is what a map in 64 shards is in most programs, and what
// ConcurrentMap is measured against: the same tables, read without the lock.
//
// Invariants: those of mapwriter.ts.

import { MapCore } from "./mapcore.js";
import type { MapKeyValue } from "./mapkey.js";
import type { ShardedMapOptions } from "./maplayout.js";
import { ABSENT } from "./mapreader.js";
import type { Handle, Shared } from "./memory.js";
import type { WaitOptions } from "./park.js";

/**
 * A map from numbers and strings to what structured clone can copy, for many threads.
 *
 * Each call locks the one shard of its key. On the main thread a call is refused when another thread holds that shard just
 * then; the `…Async` forms wait without blocking the thread. A value that is read is a copy.
 *
 * **Happens-before:** a call synchronizes before every later call on a key of the same shard.
 * **Cost:** O(1): two compare-exchanges, the probing, and for a write one to three atomic stores; now and then a table is
 * copied into another one.
 * **Limits:** keys are strings, and numbers but NaN; `size` and `entries` see the shards one after another. Room is used again
 * within a shard, by values of about the same size.
 *
 * @throws {RangeError} ``ShardedMap: the buffer is full, 512 bytes are wanted and 64 are left; pass { reserveBytes: … }``
 * @throws {TypeError} ``ShardedMap: expected `key` to be a string or a number other than NaN, got NaN``
 * @example
 * const hits = new ShardedMap();
 * await team(2, (t, hits) => {
 *   for (let i = 0; i < 1000; i++) hits.update(i % 10, (n = 0) => n + 1);
 * }, { args: [hits] });
 * console.log(hits.size, hits.get(3)); // prints: 10 200
 */
export class ShardedMap<K extends MapKeyValue = number, V = number> implements Shared {
  readonly handle: Handle;
  readonly #core: MapCore;

  constructor(options: ShardedMapOptions = {}) {
    this.#core = new MapCore("ShardedMap", options);
    this.handle = this.#core.handle;
  }

  /** Attaches to the map that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach<K extends MapKeyValue = number, V = number>(handle: Handle): ShardedMap<K, V> {
    return new ShardedMap<K, V>({ at: handle });
  }

  /** How many entries there are. */
  get size(): number {
    return this.#core.size;
  }

  /** The value of `key`, or `undefined`. */
  get(key: K): V | undefined {
    const core = this.#core;
    const shard = core.enter(key);
    const { hash } = core.key;
    try {
      return this.#get(shard);
    } finally {
      core.leave(hash);
    }
  }

  /** True when `key` is there. */
  has(key: K): boolean {
    const core = this.#core;
    const shard = core.enter(key);
    const { hash } = core.key;
    try {
      return core.writer.get(shard, core.key) !== ABSENT;
    } finally {
      core.leave(hash);
    }
  }

  /** Gives `key` the value `value`. */
  set(key: K, value: V): void {
    const core = this.#core;
    const shard = core.enter(key);
    const { hash } = core.key;
    try {
      core.writer.put(shard, core.key, value);
    } finally {
      core.leave(hash);
    }
  }

  /** Takes `key` out; returns whether it was there. */
  delete(key: K): boolean {
    const core = this.#core;
    const shard = core.enter(key);
    const { hash } = core.key;
    try {
      return core.writer.remove(shard, core.key);
    } finally {
      core.leave(hash);
    }
  }

  /** Replaces the value of `key` by what `next` makes of it, with the shard locked, and returns it. `next` must not use the shard. */
  update(key: K, next: (value: V | undefined) => V): V {
    const core = this.#core;
    const shard = core.enter(key);
    const { hash } = core.key;
    try {
      return this.#update(shard, key, next);
    } finally {
      core.leave(hash);
    }
  }

  /** Takes all keys out, shard after shard. */
  clear(): void {
    for (let i = 0; i < this.#core.shards; i++) this.#inShard(i, (shard) => this.#core.writer.clear(shard));
  }

  /** All entries, shard by shard: each shard as it was at one instant. */
  entries(): [key: K, value: V][] {
    const found: [K, V][] = [];
    for (let i = 0; i < this.#core.shards; i++) {
      found.push(...this.#inShard(i, () => this.#core.reader.entries(i) as [K, V][]));
    }
    return found;
  }

  /** Like `get` without blocking the thread. */
  async getAsync(key: K, options: Pick<WaitOptions, "signal"> = {}): Promise<V | undefined> {
    return this.#core.withShardAsync(key, options, (shard) => this.#get(shard));
  }

  /** Like `set` without blocking the thread. */
  async setAsync(key: K, value: V, options: Pick<WaitOptions, "signal"> = {}): Promise<void> {
    await this.#core.withShardAsync(key, options, (shard) =>
      this.#core.writer.put(shard, this.#core.key, value),
    );
  }

  /** Like `delete` without blocking the thread. */
  async deleteAsync(key: K, options: Pick<WaitOptions, "signal"> = {}): Promise<boolean> {
    return this.#core.withShardAsync(key, options, (shard) =>
      this.#core.writer.remove(shard, this.#core.key),
    );
  }

  /** Like `update` without blocking the thread; `next` must not be async. */
  async updateAsync(
    key: K,
    next: (value: V | undefined) => V,
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<V> {
    return this.#core.withShardAsync(key, options, (shard) => this.#update(shard, key, next));
  }

  #get(shard: number): V | undefined {
    const value = this.#core.writer.get(shard, this.#core.key);
    return value === ABSENT ? undefined : (value as V);
  }

  #update(shard: number, key: K, next: (value: V | undefined) => V): V {
    const value = next(this.#get(shard));
    this.#core.writer.put(shard, this.#core.key.set(key), value); // `next` may have used another shard
    return value;
  }

  #inShard<R>(number: number, body: (shard: number) => R): R {
    const shard = this.#core.enterShard(number);
    try {
      return body(shard);
    } finally {
      this.#core.leave(number);
    }
  }
}
