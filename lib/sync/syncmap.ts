// SyncMap: Go's sync.Map as it is since 1.24.
//
// Source: Go src/internal/sync/hashtriemap.go (1.27). There a trie with a lock per node lets many threads write at
// once; on one thread no two operations are ever inside together, so one hash table shows the same behaviour: look-ups
// never wait, every operation is linearizable, `range` meets keys in an order that nobody may count on. Rejected: the
// trie (it is HashTrieMap), because JavaScript hides its hashes: a load of a number takes half as long again there, of
// a text twice as long, of an object nearly three times.

import { ConcurrentMap } from "./concurrentmap.js";
import { HashTable } from "./hashtable.js";

/**
 * A map for many goroutines, without a lock around it. The zero map is empty.
 *
 * One call is atomic; two are not: between `load` and `store` anybody may come. Use `loadOrStore`, `compareAndSwap` or
 * a Mutex for check-then-act. A Mutex with a Map is the better choice when most calls write to the same keys.
 *
 * **Happens-before:** a write synchronizes before every read that sees it. `store`, `swap`, `delete`,
 * `loadAndDelete`, `clear` always write; `loadOrStore`, `compareAndSwap` and `compareAndDelete` when they succeed.
 * **Cost:** O(1), never waits; `load` and `store` do not allocate. `tryLoad`, a plain call, is the fastest. `range` is O(n).
 * **Limits:** keys and values are compared as by `Map` and `===`, so the key `NaN` is found here and is not in Go.
 * @throws {PanicError} `called CompareAndSwap when value is not of comparable type`, for arrays, Maps and functions
 * @example
 * await run(function* () {
 *   const stock = new SyncMap<string, number>();
 *   stock.store("apple", 3);
 *   console.log(yield* stock.load("apple")); // prints: 3
 *   console.log(yield* stock.compareAndSwap("apple", 3, 2)); // prints: true
 *   console.log(yield* stock.loadOrStore("apple", 9)); // prints: { value: 2, loaded: true }
 * });
 * @see Go: sync.Map
 */
export class SyncMap<K, V> extends ConcurrentMap<K, V> {
  readonly label = "syncmap";

  constructor() {
    super(new HashTable<K, V>());
  }
}
