// HashTrie: a table as a tree of nodes with 16 places each. Four bits of a key's hash choose the place on each level.
//
// Invariants:
//  I1. An entry stands at the place that its hash says, on the first level where no other hash stands at the same
//      place; entries with equal hashes hang in one chain (overflow).
//  I2. Every node but the root has at least one child; a node that loses its last one leaves its parent.
//  I3. An entry never moves up. So a tour, which walks the places in order, meets a key at most once, and meets every
//      key that stays.
//
// Source: Go src/internal/sync/hashtriemap.go (1.27). There, who writes takes the lock of the one node whose places it
// changes, and looks again whether that node is still alive; who reads takes none. Here an operation is one step, so
// nobody is ever found inside; the locks are counted, and what is counted is what Go would lock. Differs: 32 bits of
// hash instead of 64, so eight levels; a new value is written into its entry.

import { current, type Runtime } from "../runtime/index.js";
import { KeyHash } from "./keyhash.js";
import type { MapTable, MapTour } from "./maptable.js";

/** Bits of the hash that choose a place. Go: nChildrenLog2 */
const BITS = 4;
/** Places of a node. Go: nChildren */
const PLACES = 1 << BITS;
const MASK = PLACES - 1;

class Entry<K, V> {
  readonly isEntry = true;
  readonly key: K;
  readonly hash: number;
  value: V;
  overflow: Entry<K, V> | null;

  constructor(key: K, hash: number, value: V, overflow: Entry<K, V> | null) {
    this.key = key;
    this.hash = hash;
    this.value = value;
    this.overflow = overflow;
  }
}

class Indirect<K, V> {
  readonly isEntry = false;
  readonly parent: Indirect<K, V> | null;
  readonly children: (Entry<K, V> | Indirect<K, V> | null)[] = new Array(PLACES).fill(null);
  /** Children that are not null. */
  used = 0;

  constructor(parent: Indirect<K, V> | null) {
    this.parent = parent;
  }

  put(place: number, child: Entry<K, V> | Indirect<K, V>): void {
    if (this.children[place] === null) this.used++;
    this.children[place] = child;
  }
}

export class HashTrie<K, V> implements MapTable<K, V> {
  keyCount = 0;
  nodeCount = 1;
  /** Locks of nodes that Go would have taken so far. */
  locked = 0;
  #root = new Indirect<K, V>(null);
  readonly #given: ((key: K, seed: number) => number) | null;
  #seed = 0;
  #hash: KeyHash | null = null;

  /** `hash`: instead of the built-in one. */
  constructor(hash: ((key: K, seed: number) => number) | null) {
    this.#given = hash;
  }

  get(key: K): V | undefined {
    return this.#find(key)?.value;
  }

  peek(key: K): V | undefined {
    return this.#find(key)?.value;
  }

  has(key: K): boolean {
    return this.#find(key) !== null;
  }

  set(key: K, value: V): void {
    const hash = this.#hashOf(key);
    this.locked++;
    let node = this.#root;
    for (let shift = 0; ; shift += BITS) {
      const place = (hash >>> shift) & MASK;
      const child = node.children[place] as Entry<K, V> | Indirect<K, V> | null;
      if (child !== null && !child.isEntry) {
        node = child;
        continue;
      }
      const old = lookUp(child, key);
      if (old !== null) {
        old.value = value;
        return;
      }
      this.keyCount++;
      node.put(
        place,
        child === null
          ? new Entry(key, hash, value, null)
          : this.#expand(node, child, key, hash, value, shift),
      );
      return;
    }
  }

  delete(key: K): void {
    const hash = this.#hashOf(key);
    let node = this.#root;
    let shift = 0;
    let child = node.children[hash & MASK] as Entry<K, V> | Indirect<K, V> | null;
    while (child !== null && !child.isEntry) {
      node = child;
      shift += BITS;
      child = node.children[(hash >>> shift) & MASK] as Entry<K, V> | Indirect<K, V> | null;
    }
    if (lookUp(child, key) === null) return;
    this.locked++;
    this.keyCount--;
    const rest = without(child as Entry<K, V>, key);
    node.children[(hash >>> shift) & MASK] = rest;
    if (rest === null) this.#prune(node, hash, shift);
  }

  clear(): void {
    this.#root = new Indirect<K, V>(null);
    this.keyCount = 0;
    this.nodeCount = 1;
  }

  tour(rt: Runtime): MapTour<K, V> {
    const turn = this.keyCount > 1 ? rt.pick(PLACES) : MASK * rt.pick(this.keyCount + 1);
    return new TrieTour(this.#root, turn);
  }

  /** Levels of nodes. O(n). */
  get depth(): number {
    const levels = (node: Indirect<K, V>): number =>
      1 + Math.max(0, ...node.children.map((c) => (c === null || c.isEntry ? 0 : levels(c))));
    return levels(this.#root);
  }

  #find(key: K): Entry<K, V> | null {
    const hash = this.#hashOf(key);
    let node = this.#root;
    for (let shift = 0; ; shift += BITS) {
      const child = node.children[(hash >>> shift) & MASK] as Entry<K, V> | Indirect<K, V> | null;
      if (child === null) return null;
      if (child.isEntry) return lookUp(child, key);
      node = child;
    }
  }

  /** A chain or a subtree that holds `old` and the new entry in its place. Go: expand */
  #expand(
    parent: Indirect<K, V>,
    old: Entry<K, V>,
    key: K,
    hash: number,
    value: V,
    at: number,
  ): Entry<K, V> | Indirect<K, V> {
    if (old.hash === hash) return new Entry(key, hash, value, old);
    const top = new Indirect(parent);
    let node = top;
    this.nodeCount++;
    for (let shift = at + BITS; ; shift += BITS) {
      const oldPlace = (old.hash >>> shift) & MASK;
      const place = (hash >>> shift) & MASK;
      if (oldPlace !== place) {
        node.put(oldPlace, old);
        node.put(place, new Entry(key, hash, value, null));
        return top;
      }
      const below = new Indirect(node);
      node.put(place, below);
      node = below;
      this.nodeCount++;
    }
  }

  /** A place of `at` was emptied (I2). */
  #prune(at: Indirect<K, V>, hash: number, level: number): void {
    let node = at;
    node.used--;
    for (let shift = level - BITS; node.parent !== null && node.used === 0; shift -= BITS) {
      this.locked++;
      this.nodeCount--;
      node = node.parent;
      node.children[(hash >>> shift) & MASK] = null;
      node.used--;
    }
  }

  #hashOf(key: K): number {
    this.#hash ??= this.#sown();
    return this.#given === null ? this.#hash.of(key) : this.#given(key, this.#seed) | 0;
  }

  /** Takes the seed from the run. While schedules are chosen it is fixed, and a tour asks where to begin instead. */
  #sown(): KeyHash {
    const { rt } = current;
    this.#seed = rt === null || rt.isControlled ? 0 : rt.random.below(2 ** 32) | 0;
    return new KeyHash(this.#seed);
  }
}

/** The entry of `key` in a chain. */
function lookUp<K, V>(chain: Entry<K, V> | null, key: K): Entry<K, V> | null {
  for (let e = chain; e !== null; e = e.overflow) if (e.key === key) return e;
  return null;
}

/** The chain without the entry of `key`, which is in it. */
function without<K, V>(chain: Entry<K, V>, key: K): Entry<K, V> | null {
  if (chain.key === key) return chain.overflow;
  let before = chain;
  for (let e = chain.overflow; e !== null; e = e.overflow) {
    if (e.key === key) before.overflow = e.overflow;
    else before = e;
  }
  return chain;
}

/** A walk over the places in order, numbered by `turn`: place i is visited as i ^ turn. */
class TrieTour<K, V> implements MapTour<K, V> {
  readonly #turn: number;
  readonly #nodes: Indirect<K, V>[];
  readonly #places = [0];
  #last: Entry<K, V> | null = null;

  constructor(root: Indirect<K, V>, turn: number) {
    this.#turn = turn;
    this.#nodes = [root];
  }

  next(): Entry<K, V> | null {
    this.#last = this.#last?.overflow ?? this.#nextChain();
    return this.#last;
  }

  #nextChain(): Entry<K, V> | null {
    for (let level = this.#nodes.length - 1; level >= 0; ) {
      const place = this.#places[level] as number;
      if (place === PLACES) {
        this.#nodes.pop();
        this.#places.pop();
        level--;
        continue;
      }
      this.#places[level] = place + 1;
      const child = (this.#nodes[level] as Indirect<K, V>).children[place ^ this.#turn] ?? null;
      if (child === null) continue;
      if (child.isEntry) return child;
      this.#nodes.push(child);
      this.#places.push(0);
      level++;
    }
    return null;
  }
}
