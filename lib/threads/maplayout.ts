// Maplayout: where everything of a ShardedMap or ConcurrentMap lies: header, shards, tables, slots.
//
// All of it is one run of 32-bit words. First a line of the header, then five lines for each shard, then room from which
// tables and blocks are cut (mapheap.ts). A table is a power of two of slots, each of eight words:
//
//   state · key (2 words) · value in place 0 (2 words) · value in place 1 (2 words) · next free table (first slot only)
//
// Invariants:
//  I1. A word that has once been the state of a slot is never anything else. A table's memory becomes a table of the same
//      size again, or nothing; and the version in the state goes on counting.

import { checkCount, type Handle, LINE_BYTES, type Placement, place } from "./memory.js";

const LINE = LINE_BYTES / 4;

/** Words of the header's line. */
export const SHARDS = 1;
/** The next word that nobody has been given. */
export const NEXT = 2;
const WORDS = 3;

/** Words of a shard. */
export const SHARD_WORDS: number = 5 * LINE;
export const LOCK = 0;
/** The table in use: its first line in the upper bits, the logarithm of its slots in the lower five; 0: none yet. */
export const TABLE = 1;
/** Counts the tables that have been in use. */
export const EPOCH = 2;
/** Live entries; slots that are live or deleted. */
export const COUNT = 3;
export const USED = 4;
/** A table that is being filled, or that is being left: nobody may find anything in it if the thread at work dies. */
export const OTHER = 5;
/** First words of the lists of free blocks (by size) and of free tables (by logarithm). */
export const FREE_BLOCKS: number = LINE;
export const FREE_TABLES: number = 3 * LINE;

/** Words of a slot. */
export const SLOT_WORDS = 8;
export const KEY = 1;
export const VALUE = 3;
export const NEXT_TABLE = 7;

/** Bits of a state: phase, kind of key, kind of value, place of the value, version. */
export const PHASE = 3;
export const EMPTY = 0;
export const LIVE = 1;
export const DELETED = 2;
export const MOVED = 3;
export const KEY_SHIFT = 2;
export const KEY_MASK = 3;
export const VALUE_SHIFT = 4;
export const VALUE_MASK = 7;
export const PLACE = 1 << 7;
export const VERSION = 1 << 8;
export const VERSION_MASK: number = ~(VERSION - 1);

export const INT = 0;
export const FLOAT = 1;
export const TEXT = 2;
export const DATA = 3;
export const CONSTANT = 4;

const MOST_SHARDS = 4096;
const MOST_BYTES = 2 ** 30;

/** The smallest table. */
export const LEAST_LOG_SLOTS = 3;

/** Options of a new map. */
export interface ShardedMapOptions extends Placement {
  /** How many locks there are, a power of two. Default: 64. */
  readonly shards?: number;
  /** Room for all entries there will ever be at a time; one takes 43 to 85 bytes (up to 256 after most were deleted), texts and structured values their own. Default: 16 MiB. */
  readonly reserveBytes?: number;
}

/** Where a map lies. */
export interface MapPlace {
  readonly handle: Handle;
  readonly words: Int32Array;
  readonly shards: number;
}

/** Puts a new map somewhere, or attaches to one. */
export function placeMap(label: string, options: ShardedMapOptions): MapPlace {
  const { at, shards = 64, reserveBytes = 2 ** 24 } = options;
  let length = LINE;
  if (at === undefined) {
    checkCount(label, "shards", shards, 1, MOST_SHARDS);
    if ((shards & (shards - 1)) !== 0) {
      throw new RangeError(`${label}: expected \`shards\` to be a power of two, got ${shards}`);
    }
    checkCount(label, "reserveBytes", reserveBytes, 0, MOST_BYTES);
    length = LINE + shards * SHARD_WORDS + Math.ceil(reserveBytes / 4);
  }
  const handle = place(label, length * 4, options);
  const header = new Int32Array(handle.buffer, handle.offset, LINE);
  if (at === undefined) {
    // ORDER: none needed; before anybody else can have the handle.
    header[SHARDS] = shards;
    header[NEXT] = LINE + shards * SHARD_WORDS;
    header[WORDS] = length;
  }
  const words = new Int32Array(handle.buffer, handle.offset, header[WORDS]!);
  return { handle, words, shards: header[SHARDS]! };
}

/** The first word of a shard. */
export function shardAt(shard: number): number {
  return LINE + shard * SHARD_WORDS;
}

/** The word TABLE for a table. */
export function packTable(at: number, logSlots: number): number {
  return ((at / LINE) << 5) | logSlots;
}

/** The first word of the table that TABLE names. */
export function tableAt(packed: number): number {
  return (packed >>> 5) * LINE;
}

/** How many slots the table that TABLE names has. */
export function slotsOf(packed: number): number {
  return packed === 0 ? 0 : 1 << (packed & 31);
}

/** Where a search in a table begins: other bits of the hash than the shard's. */
export function startOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> 12;
}
