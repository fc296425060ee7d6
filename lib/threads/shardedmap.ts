// ShardedMap: numbers by number, in shards with a lock each; threads that use different shards do not meet.
//
// A shard is a table with open addressing (linear probing, at most 3/4 full). It grows on its own, into the next free bytes
// of one reserved buffer; untouched pages of that cost nothing.
//
// Invariants:
//  I1. Everything of a shard is read and written with its lock held, so plain accesses do.
//  I2. From the slot where a key's search begins to the slot where it lies no slot is empty. Deleting moves later
//      ones back instead of leaving a mark, so a shard with much coming and going does not grow.
//  I3. A shard grows before the key goes in; when the buffer has no room, nothing has changed.
//
// Source: Knuth, TAOCP 6.4, algorithm R (deletion). Rejected: a growable SharedArrayBuffer (4 to 28 times slower
// access); giving old tables back (each is half as large as the next: together no more than the one in use).

import { checkCount, type Handle, LINE_BYTES, type Placement, place, type Shared } from "./memory.js";
import { MutexWord } from "./mutexword.js";
import type { WaitOptions } from "./park.js";
import { checkMayBlock } from "./thread.js";

/** Words of the header's line. */
const SHARDS = 1;
const NEXT = 2;
const BYTES = 3;
/** Words of a shard's line. */
const LOCK = 0;
const TABLE = 1;
const SLOTS = 2;
const COUNT = 3;
const LINE = LINE_BYTES / 4;
/** Numbers of a slot: 1 when it is taken, key, value. */
const SLOT = 3;
const FIRST_SLOTS = 8;
const MOST_SHARDS = 4096;
const MOST_BYTES = 2 ** 30;

/** Options of a new map. */
export interface ShardedMapOptions extends Placement {
  /** How many locks there are, a power of two. Default: 64. */
  readonly shards?: number;
  /** Room for all tables there will ever be; an entry takes 32 to 128 bytes. Default: 16 MiB. */
  readonly reserveBytes?: number;
}

/**
 * A map from numbers to numbers for many threads.
 *
 * Each call locks the one shard of its key. On the main thread a call is refused when another thread holds that shard just
 * then; the `…Async` forms wait without blocking the thread.
 *
 * **Happens-before:** a call synchronizes before every later call on a key of the same shard.
 * **Cost:** O(1): two compare-exchanges and the probing; now and then a table is copied into one twice as large.
 * **Limits:** keys are any numbers but NaN; `size` and `entries` see the shards one after another.
 *
 * @throws {RangeError} ``ShardedMap: the buffer is full, 384 bytes are wanted and 64 are left; pass { reserveBytes: … }``
 * @example
 * const hits = new ShardedMap();
 * await team(2, (t, hits) => {
 *   for (let i = 0; i < 1000; i++) hits.update(i % 10, (n = 0) => n + 1);
 * }, { args: [hits] });
 * console.log(hits.size, hits.get(3)); // prints: 10 200
 */
export class ShardedMap implements Shared {
  readonly handle: Handle;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #locks: MutexWord[];

  constructor(options: ShardedMapOptions = {}) {
    const { at, shards = 64, reserveBytes = 2 ** 24 } = options;
    let bytes = LINE_BYTES;
    if (at === undefined) {
      checkCount("ShardedMap", "shards", shards, 1, MOST_SHARDS);
      if ((shards & (shards - 1)) !== 0) {
        throw new RangeError(`ShardedMap: expected \`shards\` to be a power of two, got ${shards}`);
      }
      checkCount("ShardedMap", "reserveBytes", reserveBytes, 0, MOST_BYTES);
      bytes = (1 + shards) * LINE_BYTES + Math.ceil(reserveBytes / 8) * 8;
    }
    this.handle = place("ShardedMap", bytes, options);
    const { buffer, offset } = this.handle;
    const header = new Int32Array(buffer, offset, LINE);
    if (at === undefined) {
      // ORDER: none needed; before anybody else can have the handle.
      header[SHARDS] = shards;
      header[NEXT] = (1 + shards) * LINE_BYTES;
      header[BYTES] = bytes;
    }
    this.#words = new Int32Array(buffer, offset, header[BYTES]! / 4);
    this.#numbers = new Float64Array(buffer, offset, header[BYTES]! / 8);
    this.#locks = Array.from(
      { length: header[SHARDS]! },
      (_, shard) => new MutexWord(this.#words, (1 + shard) * LINE + LOCK, "ShardedMap"),
    );
  }

  /** Attaches to the map that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): ShardedMap {
    return new ShardedMap({ at: handle });
  }

  /** How many entries there are. */
  get size(): number {
    return this.#locks.reduce(
      (sum, _, shard) => sum + this.#locked(shard, () => this.#words[lineOf(shard) + COUNT]!),
      0,
    );
  }

  /** The value of `key`, or `undefined`. */
  get(key: number): number | undefined {
    const hash = hashOf(key);
    return this.#locked(this.#shardOf(hash), () => this.#get(hash, key));
  }

  /** Gives `key` the value `value`. */
  set(key: number, value: number): void {
    const hash = hashOf(key);
    this.#locked(this.#shardOf(hash), () => this.#set(hash, key, value));
  }

  /** Takes `key` out; returns whether it was there. */
  delete(key: number): boolean {
    const hash = hashOf(key);
    return this.#locked(this.#shardOf(hash), () => this.#delete(hash, key));
  }

  /** Replaces the value of `key` by what `next` makes of it, with the shard locked, and returns it. `next` must not use the map. */
  update(key: number, next: (value: number | undefined) => number): number {
    const hash = hashOf(key);
    return this.#locked(this.#shardOf(hash), () => this.#set(hash, key, next(this.#get(hash, key))));
  }

  /** All entries, shard by shard: each shard as it was at one instant. */
  entries(): [key: number, value: number][] {
    return this.#locks.flatMap((_, shard) => this.#locked(shard, () => this.#entries(shard)));
  }

  /** Like `get` without blocking the thread. */
  async getAsync(key: number, options: Pick<WaitOptions, "signal"> = {}): Promise<number | undefined> {
    const hash = hashOf(key);
    return this.#locks[this.#shardOf(hash)]!.withLockAsync(() => this.#get(hash, key), options);
  }

  /** Like `set` without blocking the thread. */
  async setAsync(key: number, value: number, options: Pick<WaitOptions, "signal"> = {}): Promise<void> {
    await this.updateAsync(key, () => value, options);
  }

  /** Like `delete` without blocking the thread. */
  async deleteAsync(key: number, options: Pick<WaitOptions, "signal"> = {}): Promise<boolean> {
    const hash = hashOf(key);
    return this.#locks[this.#shardOf(hash)]!.withLockAsync(() => this.#delete(hash, key), options);
  }

  /** Like `update` without blocking the thread; `next` must not be async. */
  async updateAsync(
    key: number,
    next: (value: number | undefined) => number,
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<number> {
    const hash = hashOf(key);
    const update = () => this.#set(hash, key, next(this.#get(hash, key)));
    return this.#locks[this.#shardOf(hash)]!.withLockAsync(update, options);
  }

  #shardOf(hash: number): number {
    return hash & (this.#locks.length - 1);
  }

  #locked<R>(shard: number, body: () => R): R {
    const lock = this.#locks[shard]!;
    if (!lock.tryLock()) {
      checkMayBlock("ShardedMap", "await shardedMap.getAsync(…)` or another of the `…Async forms");
      lock.lock();
    }
    try {
      return body(); // I1
    } finally {
      lock.unlock();
    }
  }

  /** The index of the key's slot, or, when it is not there, -1 minus that of the empty slot for it. The table has one (I3). */
  #find(line: number, hash: number, key: number): number {
    const mask = this.#words[line + SLOTS]! - 1;
    const table = this.#words[line + TABLE]!;
    for (let slot = startOf(hash) & mask; ; slot = (slot + 1) & mask) {
      const at = table + slot * SLOT;
      if (this.#numbers[at] === 0) return -1 - at;
      if (this.#numbers[at + 1] === key) return at;
    }
  }

  #get(hash: number, key: number): number | undefined {
    const line = lineOf(this.#shardOf(hash));
    if (this.#words[line + COUNT] === 0) return undefined;
    const at = this.#find(line, hash, key);
    return at < 0 ? undefined : this.#numbers[at + 2];
  }

  #set(hash: number, key: number, value: number): number {
    const line = lineOf(this.#shardOf(hash));
    let at = this.#words[line + SLOTS] === 0 ? -1 : this.#find(line, hash, key);
    if (at < 0) {
      if ((this.#words[line + COUNT]! + 1) * 4 > this.#words[line + SLOTS]! * 3) this.#grow(line);
      at = -1 - this.#find(line, hash, key);
      this.#numbers[at] = 1;
      this.#numbers[at + 1] = key;
      this.#words[line + COUNT]!++;
    }
    this.#numbers[at + 2] = value;
    return value;
  }

  #delete(hash: number, key: number): boolean {
    const line = lineOf(this.#shardOf(hash));
    if (this.#words[line + COUNT] === 0) return false;
    let hole = this.#find(line, hash, key);
    if (hole < 0) return false;
    const table = this.#words[line + TABLE]!;
    const mask = this.#words[line + SLOTS]! - 1;
    const numbers = this.#numbers;
    for (let slot = ((hole - table) / SLOT + 1) & mask; ; slot = (slot + 1) & mask) {
      const at = table + slot * SLOT;
      if (numbers[at] === 0) break;
      // I2. Moves back into the hole what begins its search at or before it.
      const start = startOf(hashOf(numbers[at + 1]!)) & mask;
      const gap = (hole - table) / SLOT;
      if (((slot - start) & mask) < ((slot - gap) & mask)) continue;
      numbers.copyWithin(hole, at, at + SLOT);
      hole = at;
    }
    numbers[hole] = 0;
    this.#words[line + COUNT]!--;
    return true;
  }

  #grow(line: number): void {
    const words = this.#words;
    const oldTable = words[line + TABLE]!;
    const oldSlots = words[line + SLOTS]!;
    const slots = Math.max(FIRST_SLOTS, 2 * oldSlots);
    words[line + TABLE] = this.#allocate(slots * SLOT * 8) / 8; // I3: throws before anything has changed
    words[line + SLOTS] = slots;
    for (let at = oldTable; at < oldTable + oldSlots * SLOT; at += SLOT) {
      if (this.#numbers[at] === 0) continue;
      const key = this.#numbers[at + 1]!;
      this.#numbers.copyWithin(-1 - this.#find(line, hashOf(key), key), at, at + SLOT);
    }
  }

  #allocate(bytes: number): number {
    for (;;) {
      const next = Atomics.load(this.#words, NEXT); // ORDER: none needed; the compare-exchange decides
      const left = this.#words.byteLength - next;
      if (bytes > left) {
        const what = `${bytes} bytes are wanted and ${left} are left`;
        throw new RangeError(`ShardedMap: the buffer is full, ${what}; pass { reserveBytes: … }`);
      }
      // ORDER: none needed; it hands out memory that nobody has written.
      if (Atomics.compareExchange(this.#words, NEXT, next, next + bytes) === next) return next;
    }
  }

  #entries(shard: number): [number, number][] {
    const table = this.#words[lineOf(shard) + TABLE]!;
    const end = table + this.#words[lineOf(shard) + SLOTS]! * SLOT;
    const found: [number, number][] = [];
    for (let at = table; at < end; at += SLOT) {
      if (this.#numbers[at] === 1) found.push([this.#numbers[at + 1]!, this.#numbers[at + 2]!]);
    }
    return found;
  }
}

/** The first word of a shard's line. */
function lineOf(shard: number): number {
  return (1 + shard) * LINE;
}

const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);

/** A hash of 32 bits: shards take the low ones. */
function hashOf(key: number): number {
  if (typeof key !== "number" || Number.isNaN(key)) {
    throw new TypeError(`ShardedMap: expected \`key\` to be a number other than NaN, got ${String(key)}`);
  }
  number[0] = key + 0; // -0 is 0
  let hash = Math.imul(halves[0]! ^ Math.imul(halves[1]!, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Where a search begins: other bits than the shard's. */
function startOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> 12;
}
