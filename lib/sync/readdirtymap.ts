// ReadDirtyMap: Go's sync.Map as it was from 1.9 to 1.23, two maps: one to read without a lock, one that is complete.
// Kept to be compared with SyncMap.
//
// Invariants:
//  I1. While #dirty is null, #read holds every entry. Otherwise #dirty holds every entry that is not deleted, and #read may
//      lack new ones (Go: amended).
//  I2. An entry of #read that is EXPUNGED is not in #dirty; one that is DELETED may be.
//  I3. Both maps share their entries, so a write to a key of #read needs no lock, wherever else the key is.
//
// Source: Go 1.9 to 1.23, src/sync/map.go.

import type { Runtime } from "../runtime/index.js";
import { ConcurrentMap } from "./concurrentmap.js";
import type { MapTour } from "./maptable.js";
import { type KeyedTable, KeyTour } from "./maptour.js";

const LIVE = 0;
/** Removed; a store to the key brings the entry back. Go: nil */
const DELETED = 1;
/** Removed, and left out when #dirty was made. */
const EXPUNGED = 2;

interface Entry<V> {
  value: V | undefined;
  state: typeof LIVE | typeof DELETED | typeof EXPUNGED;
}

/** What the two maps have cost so far. */
export interface ReadDirtyStats {
  /** Entries of the map that is read without a lock, removed ones included. */
  readonly readKeys: number;
  /** Entries of the map behind the lock; 0 while there is none. */
  readonly dirtyKeys: number;
  /** Look-ups since the last promotion that had to take the lock. */
  readonly misses: number;
  /** How often the map behind the lock has become the one to read. */
  readonly promotions: number;
  /** Entries copied so far to make a new map behind the lock. */
  readonly copiedKeys: number;
  /** Operations so far that took the lock. */
  readonly locked: number;
}

class ReadDirtyTable<K, V> implements KeyedTable<K, V> {
  inserted = 0;
  misses = 0;
  promotions = 0;
  copiedKeys = 0;
  locked = 0;
  #read = new Map<K, Entry<V>>();
  #dirty: Map<K, Entry<V>> | null = null;

  get(key: K): V | undefined {
    const entry = this.#read.get(key);
    if (entry !== undefined || this.#dirty === null) return entry?.value;
    this.locked++;
    const found = this.#dirty.get(key);
    this.#missed();
    return found?.value;
  }

  peek(key: K): V | undefined {
    return this.#find(key)?.value;
  }

  has(key: K): boolean {
    return this.#find(key)?.state === LIVE;
  }

  set(key: K, value: V): void {
    const entry = this.#find(key);
    if (entry?.state !== LIVE) this.inserted++;
    if (entry !== undefined) {
      if (entry.state === EXPUNGED) {
        this.locked++;
        this.#dirty?.set(key, entry); // I2
      } else if (!this.#read.has(key)) {
        this.locked++;
      }
      entry.value = value;
      entry.state = LIVE;
      return;
    }
    this.locked++;
    this.#dirty ??= this.#copy();
    this.#dirty.set(key, { value, state: LIVE });
  }

  delete(key: K): void {
    const entry = this.#read.get(key);
    if (entry !== undefined) {
      if (entry.state === LIVE) entry.state = DELETED;
      entry.value = undefined;
    } else if (this.#dirty !== null) {
      this.locked++;
      this.#dirty.delete(key);
      this.#missed();
    }
  }

  clear(): void {
    this.locked++;
    this.#read = new Map();
    this.#dirty = null;
    this.misses = 0;
  }

  /** A tour needs all keys in one map: the complete one becomes the one to read. */
  keys(): K[] {
    if (this.#dirty !== null) {
      this.locked++;
      this.#promote(this.#dirty);
    }
    return [...this.#read].filter(([, entry]) => entry.state === LIVE).map(([key]) => key);
  }

  tour(rt: Runtime): MapTour<K, V> {
    return new KeyTour(this, rt);
  }

  get readKeys(): number {
    return this.#read.size;
  }

  get dirtyKeys(): number {
    return this.#dirty?.size ?? 0;
  }

  #find(key: K): Entry<V> | undefined {
    return this.#read.get(key) ?? this.#dirty?.get(key);
  }

  /** Go: missLocked */
  #missed(): void {
    this.misses++;
    if (this.#dirty !== null && this.misses >= this.#dirty.size) this.#promote(this.#dirty);
  }

  #promote(dirty: Map<K, Entry<V>>): void {
    this.#read = dirty;
    this.#dirty = null;
    this.misses = 0;
    this.promotions++;
  }

  /** A new map behind the lock, with everything that is not deleted: O(n). Go: dirtyLocked */
  #copy(): Map<K, Entry<V>> {
    const dirty = new Map<K, Entry<V>>();
    for (const [key, entry] of this.#read) {
      if (entry.state === LIVE) dirty.set(key, entry);
      else entry.state = EXPUNGED;
    }
    this.copiedKeys += dirty.size;
    return dirty;
  }
}

/**
 * The sync.Map of Go 1.9 to 1.23. Keys that exist are read and written without a lock; a new key goes behind the lock,
 * and the first one after a promotion copies the whole map. So it is fast for keys that stay and slow for keys that
 * come and go. Use SyncMap; this one is for looking at, with `stats`.
 *
 * **Happens-before:** as SyncMap.
 * **Cost:** O(1) for keys in the read map; a new key O(n) after each promotion, O(1) amortised. Never waits.
 * **Limits:** an operation is one step here, also when Go's would take the lock; `stats.locked` counts those.
 * @example
 * await run(function* () {
 *   const m = new ReadDirtyMap<string, number>();
 *   m.store("a", 1);
 *   console.log(m.stats.dirtyKeys); // prints: 1
 *   yield* m.load("a"); // a miss: as many as there are keys, so the dirty map becomes the read map
 *   console.log(m.stats.readKeys, m.stats.promotions); // prints: 1 1
 * });
 * @see Go: sync.Map before 1.24
 */
export class ReadDirtyMap<K, V> extends ConcurrentMap<K, V> {
  readonly label = "readdirtymap";
  readonly #dirtyTable: ReadDirtyTable<K, V>;

  constructor() {
    const table = new ReadDirtyTable<K, V>();
    super(table);
    this.#dirtyTable = table;
  }

  /** What its two maps have cost so far. */
  get stats(): ReadDirtyStats {
    const { readKeys, dirtyKeys, misses, promotions, copiedKeys, locked } = this.#dirtyTable;
    return { readKeys, dirtyKeys, misses, promotions, copiedKeys, locked };
  }
}
