// Mapcore: what ShardedMap and ConcurrentMap are made of: place, shards' locks, reader, writer.

import { POISONED } from "./lockword.js";
import { MapHeap } from "./mapheap.js";
import { MapKey, type MapKeyValue } from "./mapkey.js";
import { COUNT, LOCK, placeMap, type ShardedMapOptions, shardAt } from "./maplayout.js";
import { MapReader } from "./mapreader.js";
import { MapValues } from "./mapvalue.js";
import { MapWriter } from "./mapwriter.js";
import type { Handle } from "./memory.js";
import { MutexWord } from "./mutexword.js";
import type { WaitOptions } from "./park.js";
import { checkMayBlock } from "./thread.js";

/** The parts of a map. */
export class MapCore {
  readonly handle: Handle;
  readonly shards: number;
  readonly reader: MapReader;
  readonly writer: MapWriter;
  /** The key of the call under way. Waiting for a lock, and a caller's function, may put another one here. */
  readonly key: MapKey;
  readonly #words: Int32Array;
  readonly #locks: readonly MutexWord[];
  readonly #refusal: readonly [label: string, instead: string];

  constructor(label: string, options: ShardedMapOptions) {
    const { handle, words, shards } = placeMap(label, options);
    this.handle = handle;
    this.shards = shards;
    this.#words = words;
    const heap = new MapHeap(words, label);
    const values = new MapValues(words, heap);
    this.reader = new MapReader(words, values, shards);
    this.writer = new MapWriter(words, heap, values);
    this.key = new MapKey(label);
    this.#locks = Array.from({ length: shards }, (_, i) => new MutexWord(words, shardAt(i) + LOCK, label));
    const name = `${label.charAt(0).toLowerCase()}${label.slice(1)}`;
    this.#refusal = [label, `await ${name}.updateAsync(…)\` or another of the \`…Async forms`];
  }

  /** Takes `key` in and locks its shard, whose first word it returns. */
  enter(key: MapKeyValue): number {
    const { hash } = this.key.set(key);
    return this.enterShard(hash & (this.shards - 1));
  }

  /** Locks a shard and returns its first word. */
  enterShard(shard: number): number {
    const lock = this.#locks[shard]!;
    if (!lock.tryLock()) {
      checkMayBlock(...this.#refusal);
      lock.lock();
    }
    return this.#entered(shard, lock);
  }

  /** Unlocks the shard of a key with this hash. */
  leave(hash: number): void {
    this.#locks[hash & (this.shards - 1)]!.unlock();
  }

  /** Runs `body` with the shard of `key` locked and `key` taken in; waits without blocking the thread. */
  async withShardAsync<R>(
    key: MapKeyValue,
    options: Pick<WaitOptions, "signal">,
    body: (shard: number) => R,
  ): Promise<R> {
    const number = this.key.set(key).hash & (this.shards - 1);
    const lock = this.#locks[number]!;
    return lock.withLockAsync(() => {
      const shard = this.#entered(number, lock);
      this.key.set(key);
      return body(shard);
    }, options);
  }

  /** Puts the shard right if the lock's last owner has died; returns its first word. */
  #entered(number: number, lock: MutexWord): number {
    const shard = shardAt(number);
    if ((this.#words[shard + LOCK]! & POISONED) !== 0) {
      this.writer.repair(shard);
      lock.clearPoison();
    }
    return shard;
  }

  /** How many entries there are, shard after shard. */
  get size(): number {
    let size = 0;
    // ORDER: none needed; a count that is out of date as soon as it is read.
    for (let i = 0; i < this.shards; i++) size += Atomics.load(this.#words, shardAt(i) + COUNT);
    return size;
  }
}
