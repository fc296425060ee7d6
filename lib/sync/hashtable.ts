// HashTable: a table in one JavaScript Map.

import type { Runtime } from "../runtime/index.js";
import type { MapTour } from "./maptable.js";
import { type KeyedTable, KeyTour } from "./maptour.js";

export class HashTable<K, V> implements KeyedTable<K, V> {
  inserted = 0;
  readonly #entries = new Map<K, V>();

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  peek(key: K): V | undefined {
    return this.#entries.get(key);
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  set(key: K, value: V): void {
    const before = this.#entries.size;
    this.#entries.set(key, value);
    if (this.#entries.size !== before) this.inserted++;
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  keys(): K[] {
    return [...this.#entries.keys()];
  }

  tour(rt: Runtime): MapTour<K, V> {
    return new KeyTour(this, rt);
  }
}
