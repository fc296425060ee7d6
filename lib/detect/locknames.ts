// LockNames: what a goroutine and a lock of one run are called, so that they are known again in another run of the same
// program, where every object is a new one.
//
// A goroutine is known by its spawn path: who started it, as which of its goroutines, and the name of its body. A lock is
// known by where it lies in the state that `setup` made (`state.accounts[0].mu`), or else by who used it: as the k-th lock
// of a goroutine. Such a lock has as many names as it has users.
//
// Invariants:
//  I1. A name depends on what its goroutine did, not on who was faster.
//  I2. A goroutine that the runtime started (a timer's function) has no path: which of them comes first depends on time.
//
// Source: P. Joshi, C.-S. Park, K. Sen, M. Naik, A Randomized Dynamic Program Analysis Technique for Detecting Real
// Deadlocks (PLDI 2009), which knows objects again by how they came to be. Differs: nothing tells when a lock is made, so
// it is known by its place or its users.

import type { G, Operable } from "../runtime/index.js";

/** How deep and how far the state is searched for locks. */
const MOST_DEEP = 6;
const MOST_LOOKED_AT = 2_000;

/** The goroutine that the runtime starts first. */
const MAIN = 1;

export class LockNames {
  readonly #inState = new Map<object, string>();
  /** By goroutine id. */
  readonly #paths: (string | undefined)[] = [];
  readonly #spawned: number[] = [];
  readonly #locksOf = new Map<number, Operable[]>();
  readonly #usersOf = new Map<Operable, string[]>();
  readonly #used = new Set<Operable>();

  /** `state` is what `setup` made. */
  constructor(state: unknown) {
    this.#walk(state);
  }

  spawned(g: G, by: G | null): void {
    if (by === null) {
      this.#paths[g.id] = g.id === MAIN ? g.name : undefined; // I2
      return;
    }
    const nth = (this.#spawned[by.id] ?? 0) + 1;
    this.#spawned[by.id] = nth;
    const parent = this.#paths[by.id];
    if (parent !== undefined) this.#paths[g.id] = `${parent} / ${nth} ${g.name}`;
  }

  /** `g` has taken `lock`. */
  used(g: G, lock: Operable): void {
    this.#used.add(lock);
    if (this.#inState.has(lock)) return;
    const path = this.pathOf(g);
    const locks = this.#locksOf.get(g.id) ?? [];
    if (path === undefined || locks.includes(lock)) return;
    const users = this.#usersOf.get(lock) ?? [];
    users.push(`${lock.label} ${locks.length + 1} of ${path}`);
    locks.push(lock);
    this.#locksOf.set(g.id, locks);
    this.#usersOf.set(lock, users);
  }

  /** The spawn path of `g`; undefined when it has none (I2). */
  pathOf(g: G): string | undefined {
    return this.#paths[g.id];
  }

  /** The locks that somebody has taken and that have a name. */
  *locks(): IterableIterator<Operable> {
    for (const lock of this.#used) if (this.namesOf(lock).length > 0) yield lock;
  }

  /** Each of them is a name of `lock`, sorted: its place in the state, else as whose k-th lock it was used. */
  namesOf(lock: Operable): readonly string[] {
    const place = this.#inState.get(lock);
    return place === undefined ? [...(this.#usersOf.get(lock) ?? [])].sort() : [place];
  }

  /** `state.accounts[0].mu`; undefined for a lock that does not lie in the state. */
  placeOf(lock: Operable): string | undefined {
    return this.#inState.get(lock);
  }

  /** Gives everything in the state that could be a lock its place: the shortest one, and the first of these. */
  #walk(state: unknown): void {
    const seen = new Set<object>();
    let level: [object, string][] = isObject(state) ? [[state, "state"]] : [];
    for (let depth = 0; depth <= MOST_DEEP && level.length > 0; depth++) {
      const next: [object, string][] = [];
      for (const [object, place] of level) {
        if (seen.has(object) || seen.size === MOST_LOOKED_AT) continue;
        seen.add(object);
        if (isOperable(object)) this.#inState.set(object, place);
        for (const [key, value] of parts(object)) {
          if (next.length === MOST_LOOKED_AT) break;
          if (isObject(value)) next.push([value, place + key]);
        }
      }
      level = next;
    }
  }
}

/** What lies in `object`, and how it is written after it. No getter is called. */
function* parts(object: object): IterableIterator<[key: string, value: unknown]> {
  if (Array.isArray(object)) {
    const length = Math.min(object.length, MOST_LOOKED_AT);
    for (let i = 0; i < length; i++) yield [`[${i}]`, partAt(object, i)];
    return;
  }
  if (ArrayBuffer.isView(object)) return;
  if (object instanceof Map) {
    for (const [key, value] of object) if (!isObject(key)) yield [`.get(${written(key)})`, value];
  }
  for (const key of Object.keys(object)) yield [`.${key}`, partAt(object, key)];
}

function partAt(object: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

function written(key: unknown): string {
  return typeof key === "string" ? JSON.stringify(key) : String(key);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isOperable(object: object): boolean {
  return typeof (object as Partial<Operable>).perform === "function";
}
