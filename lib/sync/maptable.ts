// MapTable: where a concurrent map keeps its entries. ConcurrentMap has the operations, a table has the cost model.

import type { Runtime } from "../runtime/index.js";

/** A key and its value. */
export interface MapEntry<K, V> {
  readonly key: K;
  readonly value: V;
}

/** Where a `range` stands. */
export interface MapTour<K, V> {
  /** The next entry, or null at the end. */
  next(rt: Runtime): MapEntry<K, V> | null;
}

/** Entries by key. Nothing here waits or yields: an operation on a table is one step of a goroutine. */
export interface MapTable<K, V> {
  /** Looks up `key`, and pays what a look-up costs in this table. */
  get(key: K): V | undefined;
  /** Looks up `key` without leaving a trace. */
  peek(key: K): V | undefined;
  /** Tells whether `key` is there, without leaving a trace. */
  has(key: K): boolean;
  set(key: K, value: V): void;
  delete(key: K): void;
  clear(): void;
  /** Begins a walk over the entries, in an order that `rt` chooses. */
  tour(rt: Runtime): MapTour<K, V>;
}
