// DistributedRWMutex: a reader/writer lock made of many, one of which each reader uses; a writer takes them all.
//
// Invariants:
//  I1. A goroutine reads under the shard of its number, so `rUnlock` finds what `rLock` took.
//  I2. Writers take the shards in order, so no two wait for each other.
//
// Source: the "big reader lock" of Linux 2.4 (brlock), lglocks, and https://github.com/jonhoo/drwmutex. On real
// threads readers then share no cache line; here, on one, what can be seen is the price: a writer takes every shard.

import type { Go, Op, Step } from "../op/index.js";
import { running } from "../runtime/index.js";
import { checkLimit, timeoutOf, type WaitLimit } from "./limit.js";
import { RWMutex } from "./rwmutex.js";

const MOST_SHARDS = 1024;

/**
 * A reader/writer lock whose readers are spread over `shards` locks by goroutine. Cheap for readers, dear for
 * writers. It must be unlocked for reading by the goroutine that locked.
 *
 * **Happens-before:** as RWMutex.
 * **Cost:** reading O(1); writing O(shards), each a scheduling point.
 *
 * @throws {RangeError} `` DistributedRWMutex: expected `shards` to be an integer from 1 to 1024, got 0 ``
 * @throws {FatalError} `sync: RUnlock of unlocked RWMutex`, `sync: Unlock of unlocked RWMutex`
 * @example
 * await run(function* () {
 *   const rw = new DistributedRWMutex(8);
 *   yield* rw.rLock();
 *   console.log(rw.tryLock()); // prints: false
 *   rw.rUnlock();
 *   yield* rw.lock();
 *   console.log(rw.tryRLock()); // prints: false
 *   rw.unlock();
 * });
 */
export class DistributedRWMutex {
  readonly #shards: readonly RWMutex[];

  constructor(shards = 8) {
    if (!Number.isInteger(shards) || shards < 1 || shards > MOST_SHARDS) {
      throw new RangeError(
        `DistributedRWMutex: expected \`shards\` to be an integer from 1 to ${MOST_SHARDS}, got ${String(shards)}`,
      );
    }
    this.#shards = Array.from({ length: shards }, () => new RWMutex());
  }

  /** Locks for reading; waits while a writer holds or wants this goroutine's shard. */
  rLock(): Op<void> {
    return this.#mine("rLock").rLock();
  }

  /** Locks for reading if no writer holds or wants this goroutine's shard. */
  tryRLock(): boolean {
    return this.#mine("tryRLock").tryRLock();
  }

  /** Undoes one `rLock` of this goroutine. */
  rUnlock(): Step {
    return this.#mine("rUnlock").rUnlock();
  }

  /** Locks for writing: takes all shards, one after the other (I2). Generator. */
  *lock(): Go {
    for (const shard of this.#shards) yield* shard.lock();
  }

  /** Locks for writing if nobody holds any shard. */
  tryLock(): boolean {
    for (const [i, shard] of this.#shards.entries()) {
      if (shard.tryLock()) continue;
      for (const taken of this.#shards.slice(0, i)) taken.unlock();
      return false;
    }
    return true;
  }

  /** Locks for writing if that succeeds within `limit`, for all shards together. Generator. */
  *tryLockFor(limit: WaitLimit): Go<boolean> {
    checkLimit("DistributedRWMutex.tryLockFor", limit);
    const { rt } = running("tryLockFor");
    const endNs = rt.nowNs + timeoutOf(limit) * 1e6;
    const signal = typeof limit === "number" ? undefined : limit.signal;
    for (const [i, shard] of this.#shards.entries()) {
      const timeoutMs = (endNs - rt.nowNs) / 1e6;
      if (yield* shard.tryLockFor(signal === undefined ? timeoutMs : { timeoutMs, signal })) continue;
      for (const taken of this.#shards.slice(0, i)) yield* taken.unlock();
      return false;
    }
    return true;
  }

  /** Unlocks all shards. */
  unlock(): Step {
    const last = this.#shards.length - 1;
    for (let i = 0; i < last; i++) (this.#shards[i] as RWMutex).unlock();
    return (this.#shards[last] as RWMutex).unlock();
  }

  #mine(name: string): RWMutex {
    return this.#shards[running(name).id % this.#shards.length] as RWMutex; // I1
  }
}
