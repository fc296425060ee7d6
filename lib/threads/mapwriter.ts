// Mapwriter: changes the tables of a map, one shard at a time, with the shard's lock held.
//
// Invariants (those of mapreader.ts, from the other side):
//  I1. A slot's key is written before its state first says that it has one, and stays until the table is left.
//  I2. A value goes into the place that the state does not name; then one store of the state names it. What the old value
//      had is given back after that store.
//  I3. A change that finds no room has changed nothing.
//  I4. Whoever replaces a table fills the new one, stores TABLE, stores EPOCH, marks the slots of the old one moved, in this
//      order. OTHER names the table of the two that is not to be believed, until it has been given back. So after the death
//      of a thread in the middle the next one that gets the lock can `repair` the shard.
//
// A table is left when 3/4 of its slots have been used: for one twice as large, as large (most were deleted), or half as large.

import type { MapHeap } from "./mapheap.js";
import { hashOf, type MapKey } from "./mapkey.js";
import {
  COUNT,
  DELETED,
  EMPTY,
  EPOCH,
  INT,
  KEY,
  KEY_MASK,
  KEY_SHIFT,
  LEAST_LOG_SLOTS,
  LIVE,
  MOVED,
  OTHER,
  PHASE,
  PLACE,
  SLOT_WORDS,
  slotsOf,
  startOf,
  TABLE,
  TEXT,
  tableAt,
  USED,
  VALUE,
  VALUE_MASK,
  VALUE_SHIFT,
  VERSION,
  VERSION_MASK,
} from "./maplayout.js";
import { ABSENT } from "./mapreader.js";
import { equalsText, headOf, wordsOfText, writeText } from "./maptext.js";
import type { MapValues } from "./mapvalue.js";

/** Changes of one map. `shard` is the first word of the key's shard, whose lock the caller holds. */
export class MapWriter {
  readonly #words: Int32Array;
  readonly #heap: MapHeap;
  readonly #values: MapValues;

  constructor(words: Int32Array, heap: MapHeap, values: MapValues) {
    this.#words = words;
    this.#heap = heap;
    this.#values = values;
  }

  /** The value of `key`, or `ABSENT`. */
  get(shard: number, key: MapKey): unknown {
    const slot = this.#find(this.#words[shard + TABLE]!, key);
    const state = slot < 0 ? EMPTY : this.#words[slot]!;
    if ((state & PHASE) !== LIVE) return ABSENT;
    return this.#values.decode(this.#values.read(slot, state, placeOf(slot, state)));
  }

  /** Gives `key` a value. */
  put(shard: number, key: MapKey, value: unknown): void {
    const slot = this.#find(this.#words[shard + TABLE]!, key);
    if (slot >= 0) this.#replaceValue(shard, slot, value);
    else this.#add(shard, key, value);
  }

  /** Takes `key` out; returns whether it was there. */
  remove(shard: number, key: MapKey): boolean {
    const words = this.#words;
    const slot = this.#find(words[shard + TABLE]!, key);
    const state = slot < 0 ? EMPTY : words[slot]!;
    if ((state & PHASE) !== LIVE) return false;
    Atomics.store(words, slot, next(state, DELETED)); // ORDER: release; pairs with the looks of a reader
    this.#values.release(shard, state, placeOf(slot, state));
    this.#count(shard, -1);
    return true;
  }

  /** Takes all keys of a shard out. */
  clear(shard: number): void {
    const words = this.#words;
    const table = words[shard + TABLE]!;
    const end = tableAt(table) + slotsOf(table) * SLOT_WORDS;
    for (let slot = tableAt(table); slot < end; slot += SLOT_WORDS) {
      const state = words[slot]!;
      if ((state & PHASE) !== LIVE) continue;
      Atomics.store(words, slot, next(state, DELETED)); // ORDER: release; pairs with the looks of a reader
      this.#values.release(shard, state, placeOf(slot, state));
      this.#count(shard, -1);
    }
  }

  /** Puts a shard right whose lock's owner has died in the middle of a change. What it had half done has not happened. */
  repair(shard: number): void {
    const words = this.#words;
    const table = words[shard + TABLE]!;
    const other = words[shard + OTHER]!;
    if (other !== 0 && other !== table) this.#leave(shard, other, false); // I4
    let used = 0;
    let count = 0;
    const end = tableAt(table) + slotsOf(table) * SLOT_WORDS;
    for (let slot = tableAt(table); slot < end; slot += SLOT_WORDS) {
      const phase = words[slot]! & PHASE;
      if (phase !== EMPTY) used++;
      if (phase === LIVE) count++;
    }
    words[shard + USED] = used;
    Atomics.store(words, shard + COUNT, count); // ORDER: none needed; a hint for `size`
  }

  /** The slot of `key` in a table, live or deleted; else -1 minus the empty slot for it. Without a table -1. */
  #find(table: number, key: MapKey): number {
    const words = this.#words;
    const mask = slotsOf(table) - 1;
    if (mask < 0) return -1;
    for (let slot = startOf(key.hash) & mask; ; slot = (slot + 1) & mask) {
      const at = tableAt(table) + slot * SLOT_WORDS;
      const state = words[at]!;
      if ((state & PHASE) === EMPTY) return -1 - at;
      if (((state >>> KEY_SHIFT) & KEY_MASK) !== key.kind || words[at + KEY] !== key.low) continue;
      const high = words[at + KEY + 1]!;
      if (key.kind !== TEXT ? high === key.high : equalsText(words, high + 1, words[high]!, key.text))
        return at;
    }
  }

  #replaceValue(shard: number, slot: number, value: unknown): void {
    const words = this.#words;
    const values = this.#values;
    const state = words[slot]!;
    values.encode(shard, value);
    const isLive = (state & PHASE) === LIVE;
    if (isLive && values.kind === INT && ((state >>> VALUE_SHIFT) & VALUE_MASK) === INT) {
      // ORDER: release; one word, so a reader sees the one or the other.
      Atomics.store(words, placeOf(slot, state), values.low);
      return;
    }
    const other = state ^ PLACE;
    Atomics.store(words, placeOf(slot, other), values.low); // I2. ORDER: before the store of the state
    Atomics.store(words, placeOf(slot, other) + 1, values.high); // I2. ORDER: before the store of the state
    const changed = (next(other, LIVE) & ~(VALUE_MASK << VALUE_SHIFT)) | (values.kind << VALUE_SHIFT);
    Atomics.store(words, slot, changed); // ORDER: release; pairs with the looks of a reader
    if (isLive) values.release(shard, state, placeOf(slot, state));
    else this.#count(shard, 1);
  }

  #add(shard: number, key: MapKey, value: unknown): void {
    const words = this.#words;
    const values = this.#values;
    const before = words[shard + TABLE]!;
    if ((words[shard + USED]! + 1) * 4 > slotsOf(before) * 3) this.#replaceTable(shard); // I3
    const slot = -1 - this.#find(words[shard + TABLE]!, key);
    values.encode(shard, value); // I3
    const { kind, low, high } = values;
    const keyHigh = key.kind === TEXT ? this.#keyBlock(shard, key, kind, low, high) : key.high;
    Atomics.store(words, slot + KEY, key.low); // I1. ORDER: before the store of the state, as all four
    Atomics.store(words, slot + KEY + 1, keyHigh);
    Atomics.store(words, slot + VALUE, low);
    Atomics.store(words, slot + VALUE + 1, high);
    const kinds = (key.kind << KEY_SHIFT) | (kind << VALUE_SHIFT);
    const state = (next(words[slot]!, LIVE) & VERSION_MASK) | LIVE | kinds;
    Atomics.store(words, slot, state); // ORDER: release; pairs with the looks of a reader
    words[shard + USED]!++;
    this.#count(shard, 1);
  }

  /** A block with the head and the characters of a key; when there is no room, the value's is given back (I3). */
  #keyBlock(shard: number, key: MapKey, kind: number, low: number, high: number): number {
    const head = headOf(key.text);
    try {
      const block = this.#heap.block(shard, 1 + wordsOfText(head));
      Atomics.store(this.#words, block, head); // ORDER: before the store of the state
      writeText(this.#words, block + 1, head, key.text);
      return block;
    } catch (error) {
      this.#values.drop(shard, kind, low, high);
      throw error;
    }
  }

  #count(shard: number, change: number): void {
    // ORDER: none needed; a hint for `size`.
    Atomics.store(this.#words, shard + COUNT, this.#words[shard + COUNT]! + change);
  }

  /** I4. */
  #replaceTable(shard: number): void {
    const words = this.#words;
    const old = words[shard + TABLE]!;
    const table = this.#heap.table(shard, this.#sizeAfter(shard, old));
    words[shard + OTHER] = table;
    for (let i = 0; i < slotsOf(table); i++) {
      const slot = tableAt(table) + i * SLOT_WORDS;
      if (words[slot] !== 0) Atomics.store(words, slot, next(words[slot]!, EMPTY)); // ORDER: before the keys below
    }
    for (let i = 0; i < slotsOf(old); i++) this.#copy(tableAt(old) + i * SLOT_WORDS, table);
    Atomics.store(words, shard + TABLE, table); // ORDER: release; pairs with the load in the readers' #refresh
    words[shard + OTHER] = old;
    Atomics.store(words, shard + EPOCH, words[shard + EPOCH]! + 1); // ORDER: after TABLE; pairs with #refresh and #find
    words[shard + USED] = words[shard + COUNT]!;
    if (old !== 0) this.#leave(shard, old, true);
  }

  /** Marks every slot moved and gives the table back; `isOwner`: also the keys that are in no other table. */
  #leave(shard: number, table: number, isOwner: boolean): void {
    const words = this.#words;
    for (let i = 0; i < slotsOf(table); i++) {
      const slot = tableAt(table) + i * SLOT_WORDS;
      const state = words[slot]!;
      if ((state & PHASE) === MOVED) continue;
      Atomics.store(words, slot, next(state, MOVED)); // ORDER: release; before the lock is left
      const isLost = isOwner && (state & PHASE) === DELETED && ((state >>> KEY_SHIFT) & KEY_MASK) === TEXT;
      const block = words[slot + KEY + 1]!;
      if (isLost) this.#heap.freeBlock(shard, block, 1 + wordsOfText(words[block]!));
    }
    words[shard + OTHER] = 0; // first, so that it is not given back twice
    this.#heap.freeTable(shard, table);
  }

  /** Writes a live slot of an old table into a new one; what is deleted stays behind. */
  #copy(from: number, table: number): void {
    const words = this.#words;
    const state = words[from]!;
    if ((state & PHASE) !== LIVE) return;
    const mask = slotsOf(table) - 1;
    const hash = hashOf((state >>> KEY_SHIFT) & KEY_MASK, words[from + KEY]!, words[from + KEY + 1]!);
    let slot = startOf(hash) & mask;
    while ((words[tableAt(table) + slot * SLOT_WORDS]! & PHASE) !== EMPTY) slot = (slot + 1) & mask;
    const to = tableAt(table) + slot * SLOT_WORDS;
    for (let i = 0; i < 2; i++) {
      Atomics.store(words, to + KEY + i, words[from + KEY + i]!); // I1. ORDER: before the store of the state
      Atomics.store(words, to + VALUE + i, words[placeOf(from, state) + i]!); // ORDER: before the store of the state
    }
    const kinds = state & ~VERSION_MASK & ~PLACE;
    Atomics.store(words, to, (next(words[to]!, LIVE) & VERSION_MASK) | kinds); // ORDER: release; pairs with a reader's looks
  }

  /** The logarithm of the slots of the table that comes after `old`: a third to two thirds of them will be free of deleted ones. */
  #sizeAfter(shard: number, old: number): number {
    if (old === 0) return LEAST_LOG_SLOTS;
    const log = old & 31;
    const live = this.#words[shard + COUNT]! + 1;
    if (live * 2 > slotsOf(old)) return log + 1;
    return live * 8 <= slotsOf(old) ? Math.max(LEAST_LOG_SLOTS, log - 1) : log;
  }
}

/** The state after `state`: another phase and another version. */
function next(state: number, phase: number): number {
  return ((state & ~PHASE) + VERSION) | phase;
}

/** Where the value of a slot lies. */
function placeOf(slot: number, state: number): number {
  return slot + VALUE + ((state & PLACE) === 0 ? 0 : 2);
}
