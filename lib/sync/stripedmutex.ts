// StripedMutex: a fixed number of mutexes for any number of keys.
//
// Invariants:
//  I1. A key's stripe never changes.
//  I2. Several stripes are locked in the order of their numbers, each once, so no cycle of waiters can form.
//
// Source: com.google.common.util.concurrent.Striped; Java 5's ConcurrentHashMap. The wrong version:
//
//   yield* locks.of("a").lock(); yield* locks.of("b").lock(); // wrong: deadlocks with b, a elsewhere, and with
//                                                             // itself when both keys share a stripe
import type { Go } from "../op/index.js";
import { checkShards, type ShardKey, shardOf } from "./hash.js";
import { Mutex } from "./mutex.js";

/**
 * Locks by key: goroutines with different keys mostly do not wait for each other. Two keys may share a stripe.
 *
 * **Happens-before:** as Mutex, among keys of one stripe.
 * **Cost:** O(1) per key; memory for `shards` mutexes whatever the number of keys.
 *
 * @throws {RangeError} `` StripedMutex: expected `shards` to be an integer from 1 to 65536, got 0 ``
 * @throws {TypeError} `` StripedMutex: expected `key` to be a string, number, bigint or boolean, got [object Object] ``
 * @example
 * await run(function* () {
 *   const locks = new StripedMutex(64);
 *   yield* locks.lockAll("to", "from"); // in one global order, whatever the arguments' order
 *   console.log(locks.of("from").tryLock()); // prints: false
 *   locks.unlockAll("from", "to");
 * });
 */
export class StripedMutex {
  readonly #stripes: readonly Mutex[];

  constructor(shards = 64) {
    checkShards("StripedMutex", shards);
    this.#stripes = Array.from({ length: shards }, () => new Mutex());
  }

  /** The mutex of `key`. To hold several at a time, use `lockAll`. */
  of(key: ShardKey): Mutex {
    return this.#stripes[shardOf("StripedMutex", key, this.#stripes.length)] as Mutex;
  }

  /** Locks all of `keys`, in the one order that all callers share (I2). Generator. */
  *lockAll(...keys: ShardKey[]): Go {
    for (const stripe of this.#stripesOf(keys)) yield* (this.#stripes[stripe] as Mutex).lock();
  }

  /** Unlocks all of `keys`, which `lockAll` locked. */
  unlockAll(...keys: ShardKey[]): void {
    for (const stripe of this.#stripesOf(keys)) (this.#stripes[stripe] as Mutex).unlock();
  }

  #stripesOf(keys: readonly ShardKey[]): number[] {
    const stripes = new Set(keys.map((key) => shardOf("StripedMutex", key, this.#stripes.length)));
    return [...stripes].sort((a, b) => a - b);
  }
}
