// DistributedLock: a lock in a store, held for a time at most; released by token, and guarded by fencing numbers.
//
// Invariants:
//  I1. Only the lease that holds the key deletes or prolongs it: the token is compared in the same script.
//  I2. A fencing number is drawn in the script that takes the key: who takes it later has a larger one.
//  I3. FencedResource accepts no write with a smaller number than it has seen.
//
// Source: the Redis documentation's lock (SET NX PX, compare-and-delete); M. Kleppmann, How to do distributed locking
// (2016), for fencing: a holder that pauses beyond its time does not know that it holds nothing any more.
// Rejected: GET, compare, DEL as three commands (deletes the next holder's lock); INCR as a command after SET (a
// holder that lost the key in between draws a larger number than its successor).

import type { Go, Op } from "../op/index.js";
import { type G, type Operable, type OpKind, operate, running } from "../runtime/index.js";
import { sleep } from "../time/index.js";
import { atLeast } from "./arguments.js";
import type { Store } from "./store.js";

const WRITE: OpKind = { name: "write", wait: "" };

export interface DistributedLockOptions {
  /** After so many milliseconds the lock is free even if nobody releases it. */
  ttlMs: number;
  /** How long to wait between two attempts, in milliseconds. Default 10. */
  retryMs?: number;
}

/** A lock that was acquired. It may have run out already: `token` and `fence` are what counts. */
export class Lease {
  /** What stands in the store while it is held. */
  readonly token: string;
  /** Larger than that of every earlier holder. */
  readonly fence: number;
  readonly #store: Store;
  readonly #key: string;
  readonly #ttlMs: number;

  constructor(store: Store, key: string, ttlMs: number, token: string, fence: number) {
    this.#store = store;
    this.#key = key;
    this.#ttlMs = ttlMs;
    this.token = token;
    this.fence = fence;
  }

  /** Gives the lock back; false when it had run out, and then nothing was changed. */
  release(): Op<boolean> {
    return this.#store.eval((s) => s.get(this.#key) === this.token && s.del(this.#key) === 1); // I1
  }

  /** Holds it for another `ttlMs` from now; false when it had run out. */
  renew(): Op<boolean> {
    return this.#store.eval(
      (s) => s.get(this.#key) === this.token && s.set(this.#key, this.token, { px: this.#ttlMs }) === "OK", // I1
    );
  }
}

/**
 * A lock that goroutines, standing for processes, share through a store.
 *
 * It keeps others out only as long as the holder is quicker than `ttlMs`; what must not happen twice has to check
 * the fencing number (FencedResource). It is no substitute for idempotency.
 *
 * **Happens-before:** a `release` synchronizes before the `acquire` that succeeds after it.
 * **Cost:** one command of the store per attempt; `acquire` is a generator that polls, so it is not fair.
 * @throws {RangeError} `` DistributedLock: expected `ttlMs` to be a number >= 1, got 0 `` and the like
 * @example
 * await run(function* () {
 *   const lock = new DistributedLock(new Store(), "stock", { ttlMs: 100 });
 *   const first = yield* lock.acquire();
 *   console.log(yield* lock.tryAcquire()); // prints: null
 *   yield* sleep(100);
 *   const second = yield* lock.acquire();
 *   console.log(yield* first.release(), first.fence < second.fence); // prints: false true
 *   console.log(yield* second.release()); // prints: true
 * }, { clock: "jump" });
 * @see Redis: Distributed Locks with Redis
 */
export class DistributedLock {
  readonly #store: Store;
  readonly #key: string;
  readonly #ttlMs: number;
  readonly #retryMs: number;

  constructor(store: Store, key: string, options: DistributedLockOptions) {
    this.#store = store;
    this.#key = key;
    this.#ttlMs = atLeast("DistributedLock", "ttlMs", options.ttlMs, 1);
    this.#retryMs = atLeast("DistributedLock", "retryMs", options.retryMs ?? 10, 0);
  }

  /** Takes the lock if it is free; null when it is not. */
  tryAcquire(): Op<Lease | null> {
    const owner = running("tryAcquire").id;
    return this.#store.eval((s) => {
      if (s.get(this.#key) !== null) return null;
      const fence = s.incr(`${this.#key}:fence`); // I2
      const token = `${owner}-${fence}`;
      s.set(this.#key, token, { nx: true, px: this.#ttlMs });
      return new Lease(this.#store, this.#key, this.#ttlMs, token, fence);
    });
  }

  /** Takes the lock, asking again until it is free; null when it was not within `mostMs`. */
  acquire(): Go<Lease>;
  acquire(mostMs: number): Go<Lease | null>;
  *acquire(mostMs = Number.POSITIVE_INFINITY): Go<Lease | null> {
    atLeast("DistributedLock", "mostMs", mostMs, 0);
    const { rt } = running("acquire");
    const untilNs = rt.nowNs + mostMs * 1e6;
    for (;;) {
      const lease = yield* this.tryAcquire();
      if (lease !== null) return lease;
      const leftMs = (untilNs - rt.nowNs) / 1e6;
      if (leftMs <= 0) return null;
      yield* sleep(Math.min(this.#retryMs, leftMs));
    }
  }
}

/** A write came with a fencing number that is smaller than one seen before. */
export class StaleFenceError extends Error {
  override readonly name: string = "StaleFenceError";
}

/**
 * Something that is written under a lock and checks the fencing number itself.
 *
 * **Cost:** O(1), never waits.
 * @throws {StaleFenceError} `fenced: write with fence 1 after one with 2` (from `write`)
 * @example
 * await run(function* () {
 *   const stock = new FencedResource(5);
 *   yield* stock.write(2, 4);
 *   try { yield* stock.write(1, 9); } catch (e) { console.log((e as Error).message); }
 *   // prints: fenced: write with fence 1 after one with 2
 *   console.log(stock.value); // prints: 4
 * });
 */
export class FencedResource<T> implements Operable {
  readonly label = "fenced";
  #value: T;
  #fence = Number.NEGATIVE_INFINITY;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value written last. */
  get value(): T {
    return this.#value;
  }

  /** Writes `value` under the fencing number of a lease. */
  write(fence: number, value: T): Op<void> {
    return operate(WRITE, this, { fence, value });
  }

  perform(_g: G, _kind: OpKind, arg: unknown): boolean {
    const { fence, value } = arg as { fence: number; value: T };
    if (fence < this.#fence) {
      throw new StaleFenceError(`fenced: write with fence ${fence} after one with ${this.#fence}`); // I3
    }
    this.#fence = fence;
    this.#value = value;
    return true;
  }
}
