// GoMap: a map as Go has it built in, which is not for many goroutines at once and says so.
//
// Invariants:
//  I1. #isWriting is set between the two halves of a write. Whoever finds it set is concurrent with that write.
//
// Source: Go src/internal/runtime/maps/map.go (1.27), its `writing` flag. A write is two steps here in controlled runs,
// so that exploring can put somebody between them; in direct runs it is one, and, as in Go, chance decides whether a
// race shows. Like Go's flag it finds a reader inside a write, and not a write that begins inside a read.

import type { Go, Op } from "../op/index.js";
import {
  current,
  type G,
  noticed,
  type Operable,
  type OpKind,
  operate,
  PanicError,
  ready,
} from "../runtime/index.js";

const GET: OpKind = { name: "get", wait: "", edge: "read" };
const GET_OK: OpKind = { name: "getOk", wait: "", edge: "read" };
const LEN: OpKind = { name: "len", wait: "", edge: "read" };
const CLONE: OpKind = { name: "clone", wait: "", edge: "read" };
const ITERATE: OpKind = { name: "forEach", wait: "", edge: "read" };
const NEXT: OpKind = { name: "forEach (next)", wait: "", edge: "read" };
const SET: OpKind = { name: "set", wait: "", edge: "write" };
const DELETE: OpKind = { name: "delete", wait: "", edge: "write" };
const CLEAR: OpKind = { name: "clear", wait: "", edge: "write" };
const WRITTEN: OpKind = { name: "write (end)", wait: "", edge: "none" };

const WRITES = "concurrent map writes";

/** What a read of each kind says when it meets a write. */
const READS = new Map<OpKind, string>([
  [GET, "concurrent map read and map write"],
  [GET_OK, "concurrent map read and map write"],
  [CLONE, "concurrent map clone and map write"],
  [ITERATE, "concurrent map iteration and map write"],
  [NEXT, "concurrent map iteration and map write"],
]);

/**
 * Go's built-in map: fast, and fatal when a goroutine meets another's write. Guard it with a Mutex, or use SyncMap.
 *
 * **Happens-before:** nothing. A map orders nobody.
 * **Cost:** O(1); neither waits nor yields in direct runs. In controlled runs a write is two scheduling points.
 * **Limits:** reports what meets inside a write, by chance as in Go; `explore` makes that chance likely. A value that
 * was read, changed and stored back by two is not reported.
 * @throws {FatalError} `concurrent map writes`, `concurrent map read and map write`,
 *   `concurrent map iteration and map write`, `concurrent map clone and map write`
 * @throws {PanicError} `assignment to entry in nil map`
 * @example
 * await run(function* () {
 *   const ages = new GoMap<string, number>();
 *   yield* ages.set("ann", 30);
 *   console.log(yield* ages.get("ann")); // prints: 30
 *   console.log(yield* ages.getOk("bob")); // prints: { value: undefined, ok: false }
 * });
 * @see Go: the built-in map
 */
export class GoMap<K, V> implements Operable {
  readonly label = "map";
  #entries: Map<K, V> | null = new Map();
  #isWriting = false;

  /** Returns a nil map: reads find nothing, `set` panics. Go: `var m map[K]V` */
  static nil<K, V>(): GoMap<K, V> {
    const m = new GoMap<K, V>();
    m.#entries = null;
    return m;
  }

  /** How many entries there are. Go: len(m), which is not checked either. */
  get len(): number {
    if (!current.isFast) noticed(LEN, this);
    return this.#entries?.size ?? 0;
  }

  /** Returns the value of `key`; undefined when there is none. */
  get(key: K): Op<V | undefined> {
    if (current.isFast) return ready(GET, this.#entries?.get(key));
    return operate(GET, this, key);
  }

  /** Returns the value of `key`, and whether there is one. */
  getOk(key: K): Op<{ value: V | undefined; ok: boolean }> {
    return operate(GET_OK, this, key);
  }

  /** Sets the value of `key`. @throws {PanicError} `assignment to entry in nil map` */
  set(key: K, value: V): Op<void> {
    if (current.isFast && this.#entries !== null) {
      this.#entries.set(key, value);
      return ready(SET, undefined);
    }
    return this.#write(SET, (entries) => entries.set(key, value));
  }

  /** Removes `key`; nothing happens when it is not there. */
  delete(key: K): Op<void> {
    return this.#write(DELETE, (entries) => entries.delete(key));
  }

  /** Removes all entries. */
  clear(): Op<void> {
    return this.#write(CLEAR, (entries) => entries.clear());
  }

  /** Returns a new map with the same entries. O(n). Go: maps.Clone */
  clone(): Op<GoMap<K, V>> {
    return operate(CLONE, this, undefined);
  }

  /**
   * Calls `body` for the entries, until it returns `false`. It starts anywhere and goes either way: the seed decides.
   * Entries that `body` removes before they were reached are not visited; entries it adds may be. O(n).
   */
  forEach(body: (key: K, value: V) => Go<unknown>): Op<void> {
    // Created here and not in the generator, so that a forgotten `yield*` is found.
    return this.#forEach(operate(ITERATE, this, undefined), body) as unknown as Op<void>;
  }

  *#forEach(begun: Op<K[]>, body: (key: K, value: V) => Go<unknown>): Go {
    for (const key of yield* begun) {
      const { value, ok } = yield* operate<{ value: V; ok: boolean }>(NEXT, this, key);
      if (ok && (yield* body(key, value)) === false) return;
    }
  }

  #write(kind: OpKind, change: (entries: Map<K, V>) => unknown): Op<void> {
    return this.#bothHalves(operate(kind, this, undefined), change) as unknown as Op<void>;
  }

  *#bothHalves(begun: Op<void>, change: (entries: Map<K, V>) => unknown): Go {
    yield* begun;
    yield* operate<void>(WRITTEN, this, change);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const conflict = READS.get(kind);
    if (kind === WRITTEN) {
      this.#isWriting = false;
      if (this.#entries !== null) (arg as (entries: Map<K, V>) => unknown)(this.#entries);
    } else if (conflict === undefined) {
      if (kind === SET && this.#entries === null) throw new PanicError("assignment to entry in nil map");
      if (this.#isWriting) g.rt.fatal(WRITES); // I1
      this.#isWriting = true;
    } else {
      if (this.#isWriting) g.rt.fatal(conflict); // I1
      this.#read(g, kind, arg as K);
    }
    return true;
  }

  #read(g: G, kind: OpKind, key: K): void {
    const entries = this.#entries;
    if (kind === ITERATE) g.value = this.#order(g);
    else if (kind === GET) g.value = entries?.get(key);
    else if (kind === CLONE) {
      const copy = new GoMap<K, V>();
      copy.#entries = entries && new Map(entries);
      g.value = copy;
    } else {
      g.value = { value: entries?.get(key), ok: entries?.has(key) ?? false };
    }
  }

  #order(g: G): K[] {
    const keys = [...(this.#entries?.keys() ?? [])];
    if (keys.length < 2) return keys;
    const first = g.rt.pick(keys.length);
    const order = [...keys.slice(first), ...keys.slice(0, first)];
    return g.rt.pick(2) === 1 ? order.reverse() : order;
  }
}
