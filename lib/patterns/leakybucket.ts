// LeakyBucket: lets calls through one by one at an even pace; a bounded number of them waits.
//
// Invariants:
//  I1. Two calls pass at least one interval apart, in the order in which they were poured in.
//  I2. At most `capacity` wait; who finds so many is turned away at once, without a trace.
//
// Source: the leaky bucket as a queue (J. Turner, 1986). Beside a token bucket: that one lets a burst through and
// bounds the mean, this one bounds the distance between any two.

import type { Op } from "../op/index.js";
import { type G, type Operable, type OpKind, operate, Timer } from "../runtime/index.js";
import { integer, positive } from "./arguments.js";

const POUR: OpKind = { name: "pour", wait: "leaky bucket" };

export interface LeakyBucketOptions {
  /** Calls that pass per second. */
  ratePerSecond: number;
  /** How many may wait. */
  capacity: number;
}

/**
 * A leaky bucket on the run's clock.
 *
 * **Cost:** O(1); O(log timers) when it waits.
 * @throws {RangeError} `` LeakyBucket: expected `capacity` to be an integer >= 0, got -1 `` and the like
 * @example
 * await run(function* () {
 *   const bucket = new LeakyBucket({ ratePerSecond: 100, capacity: 1 });
 *   const wg = new WaitGroup();
 *   for (const name of ["a", "b", "c"]) wg.go(function* () {
 *     const passed = yield* bucket.pour();
 *     console.log(name, passed, now()); // prints: a true 0 c false 0 b true 10
 *   });
 *   yield* wg.wait();
 * }, { clock: "jump", strategy: "fifo" });
 */
export class LeakyBucket implements Operable {
  readonly label = "leaky bucket";
  readonly #intervalNs: number;
  readonly #capacity: number;
  /** When the next call may pass. */
  #nextNs = 0;
  #waiting = 0;

  constructor(options: LeakyBucketOptions) {
    this.#intervalNs = 1e9 / positive("LeakyBucket", "ratePerSecond", options.ratePerSecond);
    this.#capacity = integer("LeakyBucket", "capacity", options.capacity, 0);
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Waits for its turn and returns true; returns false at once when the bucket is full. */
  pour(): Op<boolean> {
    return operate(POUR, this, undefined);
  }

  perform(g: G): boolean {
    const { rt } = g;
    const atNs = Math.max(rt.nowNs, this.#nextNs);
    g.value = atNs <= rt.nowNs || this.#waiting < this.#capacity; // I2
    if (g.value === false) return true;
    this.#nextNs = atNs + this.#intervalNs; // I1
    if (atNs <= rt.nowNs) return true;
    this.#waiting++;
    rt.block(g);
    const pass = (): void => {
      this.#waiting--;
      rt.wake(g);
    };
    rt.timers.add(new Timer(pass), atNs);
    return false;
  }
}
