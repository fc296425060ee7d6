// ConcurrentMap: the operations of Go's sync.Map over a table. SyncMap, HashTrieMap and ReadDirtyMap differ in their
// tables only.
//
// Invariants:
//  I1. Every operation but `range` is one step: it takes effect at once, as a linearizable map's does.
//  I2. `range` calls its body at most once per key, and once for every key that is there from its start to its end.
//
// Source: Go src/sync/map.go, src/internal/sync/hashtriemap.go (1.27).

import type { Go, Op, Step } from "../op/index.js";
import {
  catchUp,
  current,
  type G,
  happened,
  type Operable,
  type OpKind,
  operate,
  PanicError,
  ready,
  running,
  step,
} from "../runtime/index.js";
import type { MapEntry, MapTable, MapTour } from "./maptable.js";

const LOAD: OpKind = { name: "load", wait: "", edge: "acquire" };
const LOAD_OK: OpKind = { name: "loadOk", wait: "", edge: "acquire" };
const STORE: OpKind = { name: "store", wait: "" };
const LOAD_OR_STORE: OpKind = { name: "loadOrStore", wait: "" };
const LOAD_AND_DELETE: OpKind = { name: "loadAndDelete", wait: "" };
const DELETE: OpKind = { name: "delete", wait: "" };
const SWAP: OpKind = { name: "swap", wait: "" };
const COMPARE_AND_SWAP: OpKind = { name: "compareAndSwap", wait: "" };
const COMPARE_AND_DELETE: OpKind = { name: "compareAndDelete", wait: "" };
const CLEAR: OpKind = { name: "clear", wait: "" };
const RANGE: OpKind = { name: "range", wait: "", edge: "acquire" };
const RANGE_NEXT: OpKind = { name: "range (next)", wait: "", edge: "acquire" };

/** A value, and whether it was there. */
export interface Loaded<V> {
  readonly value: V | undefined;
  readonly loaded: boolean;
}

interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
  readonly old?: V;
}

/** What SyncMap, HashTrieMap and ReadDirtyMap have in common: the methods. See SyncMap. */
export abstract class ConcurrentMap<K, V> implements Operable {
  abstract readonly label: string;
  readonly #table: MapTable<K, V>;

  constructor(table: MapTable<K, V>) {
    this.#table = table;
  }

  /** Returns the value of `key`; undefined when there is none. */
  load(key: K): Op<V | undefined> {
    return current.isFast ? ready(LOAD, this.#table.get(key)) : operate(LOAD, this, { key });
  }

  /**
   * As `load`, at once, as a plain call: the fastest form, and no scheduling point, so nothing is explored before it.
   */
  tryLoad(key: K): V | undefined {
    if (!current.isFast) {
      const g = running("tryLoad");
      catchUp();
      g.rt.listener?.acquire(g, this);
    }
    return this.#table.get(key);
  }

  /** Returns the value of `key`, and whether there is one. */
  loadOk(key: K): Op<{ value: V | undefined; ok: boolean }> {
    return operate(LOAD_OK, this, { key });
  }

  /** Sets the value of `key`. */
  store(key: K, value: V): Step {
    if (!current.isFast) return step(STORE, this, { key, value });
    this.#table.set(key, value);
    return happened();
  }

  /** Returns the value of `key` if there is one (`loaded`); otherwise sets and returns `value`. */
  loadOrStore(key: K, value: V): Op<Loaded<V>> {
    return operate(LOAD_OR_STORE, this, { key, value });
  }

  /** Removes `key` and returns the value it had, if any (`loaded`). */
  loadAndDelete(key: K): Op<Loaded<V>> {
    return operate(LOAD_AND_DELETE, this, { key });
  }

  /** Removes `key`. */
  delete(key: K): Step {
    return step(DELETE, this, { key });
  }

  /** Sets the value of `key` and returns the one before, if any (`loaded`). */
  swap(key: K, value: V): Op<Loaded<V>> {
    return operate(SWAP, this, { key, value });
  }

  /**
   * Sets the value of `key` to `value` if it is `old` (by `===`); says whether it did.
   * @throws {PanicError} `called CompareAndSwap when value is not of comparable type`
   */
  compareAndSwap(key: K, old: V, value: V): Op<boolean> {
    return operate(COMPARE_AND_SWAP, this, { key, old, value });
  }

  /**
   * Removes `key` if its value is `old` (by `===`); says whether it did.
   * @throws {PanicError} `called CompareAndDelete when value is not of comparable type`
   */
  compareAndDelete(key: K, old: V): Op<boolean> {
    return operate(COMPARE_AND_DELETE, this, { key, old });
  }

  /** Removes all keys. */
  clear(): Step {
    return step(CLEAR, this, undefined);
  }

  /**
   * Calls `body` for the entries, until it returns `false`. It starts anywhere and is no snapshot: others may change
   * the map meanwhile, the body too, and a key that is added meanwhile may be visited or not. O(n).
   */
  range(body: (key: K, value: V) => Go<unknown>): Op<void> {
    // Created here and not in the generator, so that a forgotten `yield*` is found.
    return this.#range(operate(RANGE, this, undefined), body) as unknown as Op<void>;
  }

  *#range(begun: Op<MapTour<K, V>>, body: (key: K, value: V) => Go<unknown>): Go {
    const tour = yield* begun;
    for (;;) {
      const entry = yield* operate<MapEntry<K, V> | null>(RANGE_NEXT, this, tour);
      if (entry === null) return;
      if ((yield* body(entry.key, entry.value)) === false) return;
    }
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === RANGE) g.value = this.#table.tour(g.rt);
    else if (kind === RANGE_NEXT) g.value = (arg as MapTour<K, V>).next(g.rt);
    else if (kind === CLEAR) this.#table.clear();
    else if (kind === COMPARE_AND_SWAP || kind === COMPARE_AND_DELETE) {
      g.value = this.#compareAnd(kind, arg as Entry<K, V>);
    } else this.#access(g, kind, arg as Entry<K, V>);
    return true;
  }

  #access(g: G, kind: OpKind, { key, value }: Entry<K, V>): void {
    const table = this.#table;
    if (kind === STORE) table.set(key, value);
    else if (kind === DELETE) table.delete(key);
    else if (kind === LOAD) g.value = table.get(key);
    else this.#exchange(g, kind, key, value);
  }

  /** The operations that tell whether the key was there. */
  #exchange(g: G, kind: OpKind, key: K, value: V): void {
    const table = this.#table;
    const old = kind === SWAP ? table.peek(key) : table.get(key);
    const loaded = old !== undefined || table.has(key);
    g.value = { value: old, loaded };
    if (kind === LOAD_OK) g.value = { value: old, ok: loaded };
    else if (kind === SWAP) table.set(key, value);
    else if (kind === LOAD_AND_DELETE) table.delete(key);
    else if (!loaded) {
      table.set(key, value);
      g.value = { value, loaded };
    }
  }

  #compareAnd(kind: OpKind, { key, old, value }: Entry<K, V>): boolean {
    if (!isComparable(old)) {
      const word = kind === COMPARE_AND_SWAP ? "CompareAndSwap" : "CompareAndDelete";
      throw new PanicError(`called ${word} when value is not of comparable type`);
    }
    if (this.#table.get(key) !== old || !this.#table.has(key)) return false;
    if (kind === COMPARE_AND_SWAP) this.#table.set(key, value);
    else this.#table.delete(key);
    return true;
  }
}

/** Go can compare everything but slices, maps and functions: here arrays, Maps and functions. */
function isComparable(value: unknown): boolean {
  return !(typeof value === "function" || Array.isArray(value) || value instanceof Map);
}
