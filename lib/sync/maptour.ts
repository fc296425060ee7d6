// KeyTour: a walk over a table that has no order of its own. The run chooses where it begins and which way it goes, and
// which of the keys that are added meanwhile it meets.

import type { Runtime } from "../runtime/index.js";
import type { MapEntry, MapTable, MapTour } from "./maptable.js";

/** A table that can list its keys. */
export interface KeyedTable<K, V> extends MapTable<K, V> {
  /** Counts the keys that were ever new; a tour sees by it that keys were added meanwhile. */
  readonly inserted: number;
  /** The keys that are there now. O(n). */
  keys(): K[];
}

export class KeyTour<K, V> implements MapTour<K, V> {
  readonly #table: KeyedTable<K, V>;
  readonly #keys: K[];
  readonly #inserted: number;
  #at = 0;
  #isLate = false;

  constructor(table: KeyedTable<K, V>, rt: Runtime) {
    this.#table = table;
    this.#keys = table.keys();
    this.#inserted = table.inserted;
    if (this.#keys.length < 2) return;
    const first = rt.pick(this.#keys.length);
    this.#keys.push(...this.#keys.splice(0, first));
    if (rt.pick(2) === 1) this.#keys.reverse();
  }

  next(rt: Runtime): MapEntry<K, V> | null {
    for (;;) {
      if (this.#at === this.#keys.length && !this.#isLate) this.#addLate(rt);
      if (this.#at === this.#keys.length) return null;
      const key = this.#keys[this.#at++] as K;
      if (this.#table.has(key)) return { key, value: this.#table.peek(key) as V };
    }
  }

  #addLate(rt: Runtime): void {
    this.#isLate = true;
    if (this.#table.inserted === this.#inserted) return;
    const known = new Set(this.#keys);
    for (const key of this.#table.keys()) {
      if (!known.has(key) && rt.pick(2) === 1) this.#keys.push(key);
    }
  }
}
