// TokenBucket: a rate with a burst. Tokens drip in; each call takes some; no more than the burst are ever held.
//
// Invariants:
//  I1. The state is one time: #fullNs, when the bucket will be full. Tokens now = burst - (fullNs - now) / interval,
//      so a long pause cannot gather more than the burst: a time in the past counts as now.
//  I2. A waiter has taken its tokens in advance, so who comes later waits longer: first in, first out.
//
// Source: the generic cell rate algorithm (ITU-T I.371), in its virtual scheduling form. Rejected: a counter that a
// ticker refills (wakes for nothing, and gives in steps); a counter and a time, refilled on use (the cap is
// what one forgets: `tokens += elapsed * rate` floods after a pause).

import type { Op } from "../op/index.js";
import { type G, type Operable, type OpKind, operate, running, Timer } from "../runtime/index.js";
import { atLeast, integer, positive } from "./arguments.js";

const TAKE: OpKind = { name: "take", wait: "token bucket" };
const TAKE_WITHIN: OpKind = { name: "takeWithin", wait: "token bucket" };

/** Times are sums of fractions: half a nanosecond is no lateness. */
const TOLERANCE_NS = 0.5;

export interface TokenBucketOptions {
  /** Tokens that drip in per second. */
  ratePerSecond: number;
  /** Tokens that the bucket holds at most, and at the start. */
  burst: number;
}

interface Wanted {
  readonly tokens: number;
  readonly mostNs: number;
}

/**
 * A token bucket on the run's clock.
 *
 * **Cost:** O(1); O(log timers) when it waits. No timer runs while nobody waits.
 * @throws {RangeError} `` TokenBucket: expected `ratePerSecond` to be a finite number > 0, got 0 `` and the like
 * @throws {RangeError} `` TokenBucket: expected `tokens` to be at most the burst of 2, got 3 ``
 * @example
 * await run(function* () {
 *   const bucket = new TokenBucket({ ratePerSecond: 100, burst: 2 });
 *   console.log(bucket.tryTake(), bucket.tryTake(), bucket.tryTake()); // prints: true true false
 *   yield* bucket.take();
 *   console.log(now()); // prints: 10
 *   yield* sleep(60_000);
 *   console.log(bucket.tokens); // prints: 2
 * }, { clock: "jump" });
 */
export class TokenBucket implements Operable {
  readonly label = "token bucket";
  readonly #burst: number;
  readonly #intervalNs: number;
  #fullNs = 0;

  constructor(options: TokenBucketOptions) {
    this.#intervalNs = 1e9 / positive("TokenBucket", "ratePerSecond", options.ratePerSecond);
    this.#burst = integer("TokenBucket", "burst", options.burst, 1);
  }

  /** How many tokens there are now; may be a fraction, and below zero while somebody waits. */
  get tokens(): number {
    const missing = this.#fullNs - running("tokens").rt.nowNs;
    return this.#burst - Math.max(0, missing) / this.#intervalNs;
  }

  /** Takes `tokens` if there are so many now; never waits. */
  tryTake(tokens = 1): boolean {
    return this.#reserve(running("tryTake").rt.nowNs, this.#checked(tokens), 0) === 0;
  }

  /** Takes `tokens`, waiting until there are so many. */
  take(tokens = 1): Op<void> {
    return operate(TAKE, this, { tokens: this.#checked(tokens), mostNs: Number.POSITIVE_INFINITY });
  }

  /** Takes `tokens` if that needs no longer wait than `mostMs`; otherwise takes none and returns false at once. */
  takeWithin(mostMs: number, tokens = 1): Op<boolean> {
    const mostNs = atLeast("TokenBucket", "mostMs", mostMs, 0) * 1e6;
    return operate(TAKE_WITHIN, this, { tokens: this.#checked(tokens), mostNs });
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const { tokens, mostNs } = arg as Wanted;
    const { rt } = g;
    const waitNs = this.#reserve(rt.nowNs, tokens, mostNs);
    if (kind === TAKE_WITHIN) g.value = waitNs >= 0;
    if (waitNs <= 0) return true;
    rt.block(g);
    rt.timers.add(new Timer(() => rt.wake(g)), rt.nowNs + waitNs);
    return false;
  }

  /** Takes tokens in advance and returns how long to wait for them; takes none and returns -1 when that is too long. */
  #reserve(nowNs: number, tokens: number, mostNs: number): number {
    const fullNs = Math.max(nowNs, this.#fullNs) + tokens * this.#intervalNs; // I1
    const waitNs = fullNs - nowNs - this.#burst * this.#intervalNs;
    if (waitNs > mostNs + TOLERANCE_NS) return -1;
    this.#fullNs = fullNs; // I2
    return waitNs > TOLERANCE_NS ? waitNs : 0;
  }

  #checked(tokens: number): number {
    if (integer("TokenBucket", "tokens", tokens, 1) <= this.#burst) return tokens;
    throw new RangeError(
      `TokenBucket: expected \`tokens\` to be at most the burst of ${this.#burst}, got ${tokens}`,
    );
  }
}
