// ConcurrentMap: Go's sync.Map between threads: reads take no lock and never wait, writes lock one shard.
//
// Invariants: those of mapreader.ts and mapwriter.ts.
//
// Source: the operations are those of Go's src/sync/map.go; the table is our own (Go's is a trie of nodes on a heap with a
// garbage collector, which threads of JavaScript do not share).

import { MapCore } from "./mapcore.js";
import type { MapKeyValue } from "./mapkey.js";
import type { ShardedMapOptions } from "./maplayout.js";
import { ABSENT } from "./mapreader.js";
import type { Handle, Shared } from "./memory.js";
import type { WaitOptions } from "./park.js";

/** Options of a new map: see ShardedMapOptions. */
export type ConcurrentMapOptions = ShardedMapOptions;

/** A value, and whether it was there. */
export interface Loaded<V> {
  readonly value: V | undefined;
  readonly loaded: boolean;
}

/**
 * A map for many threads in which readers never wait: not for writers, not for one that is asleep or dead.
 *
 * Keys are numbers (not NaN) and strings, values what structured clone can copy; a value that is read is a copy. Each write
 * locks the one shard of its key; the main thread is refused one that would have to wait, and uses the `…Async` forms.
 *
 * **Happens-before:** a write synchronizes before every load that returns what it stored.
 * **Cost:** a load is four or five atomic loads for a number, more for a text by its length; a store two compare-exchanges and
 * one to three atomic stores. Texts and structured values are written into shared memory and made again by every load.
 * **Limits:** `range`, `entries` and `size` see one shard after another. Room comes from `reserveBytes` and is used again
 * within a shard, by values of about the same size. A reader that is stopped while one slot changes 16 million
 * times could believe an old value.
 *
 * @throws {RangeError} ``ConcurrentMap: the buffer is full, 384 bytes are wanted and 64 are left; pass { reserveBytes: … }``
 * @throws {TypeError} ``ConcurrentMap: expected `key` to be a string or a number other than NaN, got NaN``
 * @example
 * const prices = new ConcurrentMap<string, number>();
 * await team(2, (t, prices) => {
 *   for (let i = 0; i < 100; i++) prices.store(`article ${i}`, i);
 * }, { args: [prices] });
 * console.log(prices.size, prices.load("article 7"), prices.load("article x")); // prints: 100 7 undefined
 */
export class ConcurrentMap<K extends MapKeyValue = MapKeyValue, V = unknown> implements Shared {
  readonly handle: Handle;
  readonly #core: MapCore;

  constructor(options: ConcurrentMapOptions = {}) {
    this.#core = new MapCore("ConcurrentMap", options);
    this.handle = this.#core.handle;
  }

  /** Attaches to the map that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach<K extends MapKeyValue = MapKeyValue, V = unknown>(handle: Handle): ConcurrentMap<K, V> {
    return new ConcurrentMap<K, V>({ at: handle });
  }

  /** How many entries there are; while others write, a number that was never the total at one instant. */
  get size(): number {
    return this.#core.size;
  }

  /** The value of `key`, or `undefined`. Never waits. */
  load(key: K): V | undefined {
    const { reader, key: probe } = this.#core;
    const value = reader.get(probe.set(key));
    return value === ABSENT ? undefined : (value as V);
  }

  /** The value of `key`, and whether it was there. Never waits. */
  loadOk(key: K): Loaded<V> {
    const { reader, key: probe } = this.#core;
    return loaded(reader.get(probe.set(key)));
  }

  /** True when `key` is there. Never waits. */
  has(key: K): boolean {
    const { reader, key: probe } = this.#core;
    return reader.get(probe.set(key)) !== ABSENT;
  }

  /** Gives `key` a value. */
  store(key: K, value: V): void {
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

  /** The value of `key` when it is there (`loaded`); else stores `value` and returns it. Does not wait when it is there. */
  loadOrStore(key: K, value: V): Loaded<V> {
    const seen = this.loadOk(key);
    return seen.loaded ? seen : this.#change(key, (old) => [loadedOr(old, value), old === ABSENT, value]);
  }

  /** Takes `key` out and returns what its value was. */
  loadAndDelete(key: K): Loaded<V> {
    return this.#change(key, (old) => [loaded<V>(old), old !== ABSENT, ABSENT]);
  }

  /** Gives `key` a value and returns what it was before. */
  swap(key: K, value: V): Loaded<V> {
    return this.#change(key, (old) => [loaded<V>(old), true, value]);
  }

  /**
   * Gives `key` the value `next` if it is there with the value `old`; returns whether it did. `old` is a number (NaN is equal to
   * itself), a string, a boolean, null or undefined.
   *
   * @throws {TypeError} ``ConcurrentMap.compareAndSwap: expected `old` to be no object, got an object``
   */
  compareAndSwap(key: K, old: V, next: V): boolean {
    checkComparable("compareAndSwap", old);
    return this.#change(key, (seen) => [isSame(seen, old), isSame(seen, old), next]);
  }

  /** Takes `key` out if its value is `old`; returns whether it did. `old` as for `compareAndSwap`. */
  compareAndDelete(key: K, old: V): boolean {
    checkComparable("compareAndDelete", old);
    return this.#change(key, (seen) => [isSame(seen, old), isSame(seen, old), ABSENT]);
  }

  /** Replaces the value of `key` by what `next` makes of it and returns it. `next` runs with the shard locked: it must be short. */
  update(key: K, next: (value: V | undefined) => V): V {
    return this.#change(key, (old) => replaced(next(old === ABSENT ? undefined : (old as V))));
  }

  /** Takes all keys out, shard after shard. */
  clear(): void {
    for (let i = 0; i < this.#core.shards; i++) {
      const shard = this.#core.enterShard(i);
      try {
        this.#core.writer.clear(shard);
      } finally {
        this.#core.leave(i);
      }
    }
  }

  /** Calls `body` for each entry, no key twice, until it returns false. Never waits; the map may change meanwhile, also by `body`. */
  range(body: (key: K, value: V) => unknown): void {
    for (let i = 0; i < this.#core.shards; i++) {
      for (const [key, value] of this.#core.reader.entries(i))
        if (body(key as K, value as V) === false) return;
    }
  }

  /** All entries, shard after shard. Never waits. */
  entries(): [key: K, value: V][] {
    const found: [K, V][] = [];
    this.range((key, value) => void found.push([key, value]));
    return found;
  }

  /** Like `store` without blocking the thread. */
  async storeAsync(key: K, value: V, options: Pick<WaitOptions, "signal"> = {}): Promise<void> {
    const { writer, key: probe } = this.#core;
    await this.#core.withShardAsync(key, options, (shard) => writer.put(shard, probe, value));
  }

  /** Like `delete` without blocking the thread. */
  async deleteAsync(key: K, options: Pick<WaitOptions, "signal"> = {}): Promise<boolean> {
    const { writer, key: probe } = this.#core;
    return this.#core.withShardAsync(key, options, (shard) => writer.remove(shard, probe));
  }

  /** Like `update` without blocking the thread; `next` must not be async. */
  async updateAsync(
    key: K,
    next: (value: V | undefined) => V,
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<V> {
    const change: Change<V, V> = (old) => replaced(next(old === ABSENT ? undefined : (old as V)));
    return this.#core.withShardAsync(key, options, (shard) => this.#changeIn(shard, key, change));
  }

  #change<R>(key: K, change: Change<V, R>): R {
    const shard = this.#core.enter(key);
    const { hash } = this.#core.key;
    try {
      return this.#changeIn(shard, key, change);
    } finally {
      this.#core.leave(hash);
    }
  }

  #changeIn<R>(shard: number, key: K, change: Change<V, R>): R {
    const { writer, key: probe } = this.#core;
    const [result, isChanged, next] = change(writer.get(shard, probe));
    probe.set(key); // `change` may have used the map
    if (!isChanged) return result;
    if (next === ABSENT) writer.remove(shard, probe);
    else writer.put(shard, probe, next);
    return result;
  }
}

/** From what is there (or `ABSENT`): the result, whether to change it, and what to put there. */
type Change<V, R> = (old: unknown) => readonly [result: R, isChanged: boolean, next: V | typeof ABSENT];

function loaded<V>(value: unknown): Loaded<V> {
  return value === ABSENT ? { value: undefined, loaded: false } : { value: value as V, loaded: true };
}

function loadedOr<V>(value: unknown, other: V): Loaded<V> {
  return value === ABSENT ? { value: other, loaded: false } : loaded<V>(value);
}

function replaced<V>(value: V): readonly [V, boolean, V] {
  return [value, true, value];
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || Object.is(a, b);
}

function checkComparable(call: string, old: unknown): void {
  if (typeof old !== "object" || old === null) return;
  throw new TypeError(`ConcurrentMap.${call}: expected \`old\` to be no object, got an object`);
}
