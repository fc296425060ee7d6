// HashTable: a table in one JavaScript Map.
//
// A Map leaves a hole in its bucket where a key was deleted, until it is rebuilt. A key that comes and goes in a big
// Map fills one bucket with holes, and every look-up there walks past them: measured, 100,000 ns among 100,000 keys. So
// a number or a text that is deleted stays as a mark, which its return overwrites.
//
// Invariants:
//  I1. #gone counts the marks; there are never more of them than entries and SWEEP_AT together.
//  I2. An object that was deleted is let go at once: it may be collected.

import type { Runtime } from "../runtime/index.js";
import type { MapTour } from "./maptable.js";
import { type KeyedTable, KeyTour } from "./maptour.js";

/** The value of a key that was deleted. */
const GONE = Symbol("gone");

/** Fewer marks than this are left alone. */
const SWEEP_AT = 32;

export class HashTable<K, V> implements KeyedTable<K, V> {
  inserted = 0;
  #entries = new Map<K, V | typeof GONE>();
  #gone = 0;

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    return value === GONE ? undefined : (value as V | undefined);
  }

  peek(key: K): V | undefined {
    return this.get(key);
  }

  has(key: K): boolean {
    const value = this.#entries.get(key);
    return value === undefined ? this.#entries.has(key) : value !== GONE;
  }

  set(key: K, value: V): void {
    if (this.#gone > 0 && this.#entries.get(key) === GONE) {
      this.#gone--;
      this.inserted++;
    }
    const before = this.#entries.size;
    this.#entries.set(key, value);
    if (this.#entries.size !== before) this.inserted++;
  }

  delete(key: K): void {
    const isObject = (typeof key === "object" && key !== null) || typeof key === "function";
    if (isObject || typeof key === "symbol") {
      this.#entries.delete(key); // I2
    } else if (this.has(key)) {
      this.#entries.set(key, GONE);
      this.#gone++;
      if (this.#gone > SWEEP_AT && 2 * this.#gone > this.#entries.size) this.#sweep(); // I1
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#gone = 0;
  }

  keys(): K[] {
    const keys: K[] = [];
    for (const [key, value] of this.#entries) if (value !== GONE) keys.push(key);
    return keys;
  }

  tour(rt: Runtime): MapTour<K, V> {
    return new KeyTour(this, rt);
  }

  #sweep(): void {
    const entries = new Map<K, V | typeof GONE>();
    for (const [key, value] of this.#entries) if (value !== GONE) entries.set(key, value);
    this.#entries = entries;
    this.#gone = 0;
  }
}
