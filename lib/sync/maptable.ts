// MapTable: where a concurrent map keeps its entries. ConcurrentMap has the operations, a table has the cost model.

/** Entries by key. Nothing here waits or yields: an operation on a table is one step of a goroutine. */
export interface MapTable<K, V> {
  /** Counts the keys that were ever new; `range` sees by it that keys were added meanwhile. */
  readonly inserted: number;
  /** Looks up `key`, and pays what a look-up costs in this table. */
  get(key: K): V | undefined;
  /** Looks up `key` without leaving a trace. */
  peek(key: K): V | undefined;
  /** Tells whether `key` is there, without leaving a trace. */
  has(key: K): boolean;
  set(key: K, value: V): void;
  delete(key: K): void;
  clear(): void;
  /** The keys that are there now. O(n). */
  keys(): K[];
}

/** A table in one JavaScript Map. */
export class HashTable<K, V> implements MapTable<K, V> {
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
}
