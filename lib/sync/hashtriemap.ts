// HashTrieMap: Go's sync.Map since 1.24 as it is built, to be looked at and compared with ReadDirtyMap.
//
// Source: Go src/internal/sync/hashtriemap.go (1.27).

import { ConcurrentMap } from "./concurrentmap.js";
import { HashTrie } from "./hashtrie.js";

/** How a HashTrieMap is built. */
export interface HashTrieMapOptions<K> {
  /**
   * Makes 32 bits of a key, the same for equal keys, instead of the built-in hash; `seed` is the map's. A bad one makes
   * the map slow, never wrong.
   */
  hash?: (key: K, seed: number) => number;
}

/** What the trie looks like and has cost so far. */
export interface HashTrieStats {
  /** Entries. */
  readonly keys: number;
  /** Nodes of 16 places, the root included. */
  readonly nodes: number;
  /** Levels of nodes. */
  readonly depth: number;
  /** Locks of nodes taken so far: by writes only, one each, and one per node that is removed. */
  readonly locked: number;
}

/**
 * Go's sync.Map since 1.24 as it is built: a tree of nodes with 16 places, chosen by four bits of the key's hash each.
 * Nobody waits to read; two writes meet only when they change the same node. Nothing is ever copied, so keys that come
 * and go cost no more than keys that stay: the difference to ReadDirtyMap. The methods are those of SyncMap.
 *
 * Use SyncMap for work: its one hash table is the engine's own, which hashes texts and objects several times faster
 * than a library can. This one is for looking at, with `stats`.
 *
 * **Happens-before:** as SyncMap.
 * **Cost:** O(log16 n), at most eight nodes, and O(length) for keys that are texts. Never waits.
 * **Limits:** keys are compared by `===`, so that, as in Go, `NaN` is never found. An operation is one step.
 * @example
 * await run(function* () {
 *   const m = new HashTrieMap<string, number>({ hash: (key) => key.length });
 *   for (const key of ["ant", "bee", "cat", "whale"]) m.store(key, 1);
 *   console.log(yield* m.load("bee"), m.stats); // prints: 1 { keys: 4, nodes: 1, depth: 1, locked: 4 }
 * });
 * @see Go: internal/sync.HashTrieMap
 */
export class HashTrieMap<K, V> extends ConcurrentMap<K, V> {
  readonly label = "hashtriemap";
  readonly #trie: HashTrie<K, V>;

  /** @throws {TypeError} ``HashTrieMap: expected `hash` to be a function, got 7`` */
  constructor(options: HashTrieMapOptions<K> = {}) {
    const { hash } = options;
    if (hash !== undefined && typeof hash !== "function") {
      throw new TypeError(`HashTrieMap: expected \`hash\` to be a function, got ${String(hash)}`);
    }
    const trie = new HashTrie<K, V>(hash ?? null);
    super(trie);
    this.#trie = trie;
  }

  /** What the trie looks like and has cost so far. O(nodes). */
  get stats(): HashTrieStats {
    const { keyCount, nodeCount, depth, locked } = this.#trie;
    return { keys: keyCount, nodes: nodeCount, depth, locked };
  }
}
