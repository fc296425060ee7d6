// Mapheap: the room of a map, cut into tables and blocks, and given back.
//
// Blocks hold texts and structured values. Their sizes are powers of two from 16 bytes on; each shard keeps lists of its
// free ones, which only its lock's holder touches. What a shard has never had comes from the reserved room, whose next
// free word all shards share.
//
// Invariants:
//  I1. Tables and blocks are not exchanged for each other: a word that a slow reader may take for a slot's state stays one.
//  I2. Words of a block are written by Atomics, also when it is free: a slow reader may still look at it.
//
// Rejected: a growable SharedArrayBuffer (4 to 28 times slower access); cutting large free blocks up (a shard whose values
// change their sizes for good keeps what it has; the next shard does not notice).

import { FREE_BLOCKS, FREE_TABLES, NEXT, NEXT_TABLE, packTable, SLOT_WORDS, tableAt } from "./maplayout.js";
import { LINE_BYTES } from "./memory.js";

const LINE = LINE_BYTES / 4;
const LEAST_BLOCK_WORDS = 4;

/** The room of one map. */
export class MapHeap {
  readonly #words: Int32Array;
  readonly #label: string;

  constructor(words: Int32Array, label: string) {
    this.#words = words;
    this.#label = label;
  }

  /** Hands out a block of at least `size` words. The shard at `shard` is locked. */
  block(shard: number, size: number): number {
    const list = shard + FREE_BLOCKS + sizeClass(size);
    const free = this.#words[list]!;
    if (free === 0) return this.#cut(LEAST_BLOCK_WORDS << sizeClass(size), 1);
    this.#words[list] = this.#words[free]!;
    return free;
  }

  /** Takes a block of `size` words back. The shard at `shard` is locked. */
  freeBlock(shard: number, at: number, size: number): void {
    const list = shard + FREE_BLOCKS + sizeClass(size);
    // I2. ORDER: after the store of the state that let go of it; a reader that sees this sees that the state has changed.
    Atomics.store(this.#words, at, this.#words[list]!);
    this.#words[list] = at;
  }

  /** Hands out a table, as TABLE names it: new and empty, or one that was given back. The shard at `shard` is locked. */
  table(shard: number, logSlots: number): number {
    const list = shard + FREE_TABLES + logSlots;
    const free = this.#words[list]!;
    if (free === 0) return packTable(this.#cut(SLOT_WORDS << logSlots, LINE), logSlots);
    this.#words[list] = this.#words[tableAt(free) + NEXT_TABLE]!;
    return free;
  }

  /** Takes a table back. The shard at `shard` is locked. */
  freeTable(shard: number, table: number): void {
    const list = shard + FREE_TABLES + (table & 31);
    this.#words[tableAt(table) + NEXT_TABLE] = this.#words[list]!;
    this.#words[list] = table;
  }

  #cut(size: number, align: number): number {
    const words = this.#words;
    for (;;) {
      const next = Atomics.load(words, NEXT); // ORDER: none needed; the compare-exchange decides
      const start = Math.ceil(next / align) * align;
      if (start + size > words.length) {
        const what = `${size * 4} bytes are wanted and ${Math.max(0, words.length - start) * 4} are left`;
        throw new RangeError(`${this.#label}: the buffer is full, ${what}; pass { reserveBytes: … }`);
      }
      // ORDER: none needed; it hands out memory that nobody has written.
      if (Atomics.compareExchange(words, NEXT, next, start + size) === next) return start;
    }
  }
}

function sizeClass(size: number): number {
  return Math.max(0, 30 - Math.clz32(Math.max(1, size) - 1));
}
