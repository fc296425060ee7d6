// Mapreader: looks keys up in the tables of a map without a lock, whatever writers do, or die at, meanwhile.
//
// Invariants:
//  I1. What was read from a slot is believed only when the slot's state is afterwards what it was before. Every change of a
//      slot gives its state another version, so nothing has changed in between. (But one integer over another: that is one
//      word, and either is right.)
//  I2. A slot that is live or deleted, and not moved, says what is true of its key: a writer that leaves a table marks every
//      slot of it moved before it lets go of the shard; a table that is being filled holds what the old one says.
//  I3. "Not there" is believed when the search ended at an empty slot and afterwards the shard's EPOCH is that of the table.
//      While a table is in use no key changes its slot, and a new one takes the first empty slot of its search.
//  I4. A look fails only because a writer has changed something; so readers never wait for one that stands still.
//
// Source: optimistic readers as in Cliff Click, "A Lock-Free Hash Table" (2007), and MemC3 (Fan et al., NSDI 2013). Differs:
// a version in each slot, two places for its value; so no reader ever sees a slot in the middle of a change.
// The tempting wrong version leaves the second look out: the value may then be another key's. Rejected: one version for
// the shard (a writer of another key makes a reader begin again); reclaiming by epochs (a store for each read).

import { floatOf, type MapKey, type MapKeyValue } from "./mapkey.js";
import {
  EMPTY,
  EPOCH,
  INT,
  KEY,
  KEY_MASK,
  KEY_SHIFT,
  LIVE,
  MOVED,
  PHASE,
  PLACE,
  SLOT_WORDS,
  shardAt,
  slotsOf,
  startOf,
  TABLE,
  TEXT,
  tableAt,
  VALUE,
  VALUE_MASK,
  VALUE_SHIFT,
} from "./maplayout.js";
import { equalsText, readText } from "./maptext.js";
import type { MapValues } from "./mapvalue.js";

/** In place of a value: the key is not there. */
export const ABSENT: unique symbol = Symbol("absent");

/** An integer is kind 0, as a key and as a value. */
const KIND_OF_KEY = KEY_MASK << KEY_SHIFT;
const PHASE_AND_KINDS = PHASE | KIND_OF_KEY | (VALUE_MASK << VALUE_SHIFT);

/** Reads of one map, on one thread. */
export class MapReader {
  readonly #words: Int32Array;
  readonly #values: MapValues;
  readonly #shardMask: number;
  /** For each shard the TABLE and the EPOCH seen last; the table is that of this epoch or of a later one. */
  readonly #tables: Int32Array;
  readonly #epochs: Int32Array;
  /** The state of the slot that `#find` has found. */
  #state = 0;

  constructor(words: Int32Array, values: MapValues, shards: number) {
    this.#words = words;
    this.#values = values;
    this.#shardMask = shards - 1;
    this.#tables = new Int32Array(shards);
    this.#epochs = new Int32Array(shards).fill(-1);
  }

  /** The value of `key`, or `ABSENT`. */
  get(key: MapKey): unknown {
    return key.kind === INT ? this.#getByInteger(key) : this.#get(key);
  }

  /** The short way of the most frequent case: an integer by an integer, in one loop. Whatever is not plain goes the long way. */
  #getByInteger(key: MapKey): unknown {
    const words = this.#words;
    const table = this.#tables[key.hash & this.#shardMask]!;
    const first = tableAt(table);
    const mask = slotsOf(table) - 1;
    for (let slot = startOf(key.hash) & mask; mask >= 0; slot = (slot + 1) & mask) {
      const at = first + slot * SLOT_WORDS;
      const state = Atomics.load(words, at); // ORDER: acquire; pairs with the store in put: the first look
      const phase = state & PHASE;
      if (phase === EMPTY || phase === MOVED) break;
      if ((state & KIND_OF_KEY) !== 0 || Atomics.load(words, at + KEY) !== key.low) continue; // ORDER: as in #isKey
      if ((state & PHASE_AND_KINDS) !== LIVE) break;
      const value = Atomics.load(words, (state & PLACE) === 0 ? at + VALUE : at + VALUE + 2); // ORDER: between two looks
      if (Atomics.load(words, at) === state) return value; // I1. ORDER: the second look
      break;
    }
    return this.#get(key);
  }

  #get(key: MapKey): unknown {
    for (;;) {
      const slot = this.#find(key);
      if (slot < 0) return ABSENT;
      const state = this.#state;
      const value = (state & PHASE) === LIVE ? this.#read(slot, state) : ABSENT;
      if (Atomics.load(this.#words, slot) === state) return this.#values.decode(value); // I1. ORDER: the second look
    }
  }

  /** All entries of a shard, as they were at some instant each, no key twice. */
  entries(shard: number): [key: MapKeyValue, value: unknown][] {
    for (;;) {
      this.#refresh(shard);
      const found = this.#scan(this.#tables[shard]!);
      // ORDER: acquire; pairs with the store of EPOCH in #replace: no slot was found moved, and none was missed.
      if (found !== undefined && Atomics.load(this.#words, shardAt(shard) + EPOCH) === this.#epochs[shard]) {
        return found;
      }
    }
  }

  #scan(table: number): [key: MapKeyValue, value: unknown][] | undefined {
    const found: [MapKeyValue, unknown][] = [];
    const end = tableAt(table) + slotsOf(table) * SLOT_WORDS;
    for (let slot = tableAt(table); slot < end; ) {
      const state = Atomics.load(this.#words, slot); // ORDER: the first look
      if ((state & PHASE) === MOVED) return undefined;
      if ((state & PHASE) === LIVE) {
        const key = this.#keyOf(slot, state);
        const value = this.#read(slot, state);
        if (Atomics.load(this.#words, slot) !== state) continue; // I1. ORDER: the second look
        found.push([key, this.#values.decode(value)]);
      }
      slot += SLOT_WORDS;
    }
    return found;
  }

  #read(slot: number, state: number): unknown {
    return this.#values.read(slot, state, slot + VALUE + ((state & PLACE) === 0 ? 0 : 2));
  }

  /** The slot of `key`, live or deleted, its state in `#state`; -1 when there is none. */
  #find(key: MapKey): number {
    const words = this.#words;
    const shard = key.hash & this.#shardMask;
    for (;;) {
      const table = this.#tables[shard]!;
      const first = tableAt(table);
      const mask = slotsOf(table) - 1;
      let state = EMPTY;
      for (let slot = startOf(key.hash) & mask; mask >= 0; slot = (slot + 1) & mask) {
        const at = first + slot * SLOT_WORDS;
        state = Atomics.load(words, at); // ORDER: acquire; pairs with the store in put: the first look
        const phase = state & PHASE;
        if (phase === EMPTY || phase === MOVED) break;
        if (((state >>> KEY_SHIFT) & KEY_MASK) !== key.kind || !this.#isKey(at, key)) continue;
        this.#state = state;
        return at;
      }
      // I3. ORDER: acquire; pairs with the store of EPOCH in #replace.
      const epoch = Atomics.load(words, shardAt(shard) + EPOCH);
      if ((state & PHASE) === EMPTY && epoch === this.#epochs[shard]) return -1;
      this.#refresh(shard);
    }
  }

  #isKey(slot: number, key: MapKey): boolean {
    const words = this.#words;
    if (Atomics.load(words, slot + KEY) !== key.low) return false; // ORDER: between two looks at the state
    if (key.kind === INT) return true;
    const high = Atomics.load(words, slot + KEY + 1); // ORDER: between two looks at the state
    if (key.kind !== TEXT) return high === key.high;
    // While the table is in use, `high` is this key's block. In one that has become another's it may be anything.
    if (high <= 0 || high >= words.length) return false;
    return equalsText(words, high + 1, Atomics.load(words, high), key.text); // ORDER: between two looks
  }

  #keyOf(slot: number, state: number): MapKeyValue {
    const words = this.#words;
    const kind = (state >>> KEY_SHIFT) & KEY_MASK;
    const low = Atomics.load(words, slot + KEY); // ORDER: between two looks at the state, as all loads here
    if (kind === INT) return low;
    const high = Atomics.load(words, slot + KEY + 1); // ORDER: between two looks
    if (kind !== TEXT) return floatOf(low, high);
    // ORDER: acquire; `high` is the block of a key, so the length in its head is one.
    if (Atomics.load(words, slot) !== state) return "";
    return readText(words, high + 1, Atomics.load(words, high)); // ORDER: between two looks
  }

  #refresh(shard: number): void {
    const line = shardAt(shard);
    this.#epochs[shard] = Atomics.load(this.#words, line + EPOCH); // ORDER: before TABLE; pairs with #replace
    this.#tables[shard] = Atomics.load(this.#words, line + TABLE); // ORDER: acquire; pairs with the store in #replace
  }
}
