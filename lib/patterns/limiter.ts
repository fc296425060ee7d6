// Limiter: a token bucket that also takes reservations. Tokens may go below zero: that is what is reserved for later.
//
// Invariants:
//  I1. #tokens is what was in the bucket at #lastNs; it never exceeds the burst.
//  I2. #lastEventNs is the time of the latest event that was allowed, past or future.
//
// Source: golang.org/x/time/rate (Limiter). Time is the run's clock, so on the virtual one every delay is exact. A wait
// that can never end (a limit of 0) sets no timer; Go sets one for 292 years.

import type { Op } from "../op/index.js";
import { catchUp, type G, type Operable, type OpKind, operate, running, Timer } from "../runtime/index.js";
import { type ContextLike, ContextWait, checkContext, isDone } from "../sync/index.js";

const WAIT: OpKind = { name: "wait", wait: "select" };

/** Go: Inf */
const UNLIMITED = Number.POSITIVE_INFINITY;
/** Go: InfDuration, math.MaxInt64 ns */
const FOREVER_NS = 2 ** 63;

/** How long `tokens` take at `limit` per second. */
function durationNs(limit: number, tokens: number): number {
  if (limit <= 0) return FOREVER_NS;
  return Math.min(Math.trunc((tokens / limit) * 1e9), FOREVER_NS);
}

function tokensIn(limit: number, ns: number): number {
  return limit <= 0 ? 0 : (ns / 1e9) * limit;
}

interface Grant {
  readonly tokens: number;
  readonly atNs: number;
  readonly limit: number;
}

/** A promise of a Limiter: the event may happen after `delayMs()`. */
export class Reservation {
  readonly #limiter: Limiter;
  readonly #grant: Grant | null;

  /** Made by `Limiter.reserve`. */
  constructor(limiter: Limiter, grant: Grant | null) {
    this.#limiter = limiter;
    this.#grant = grant;
  }

  /** False when the limiter can never allow so many tokens at once. Then `delayMs` is Infinity, and `cancel` nothing. */
  get ok(): boolean {
    return this.#grant !== null;
  }

  /** How long to wait from now on before the event may happen; 0 means at once. */
  delayMs(): number {
    if (this.#grant === null || this.#grant.atNs >= FOREVER_NS) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#grant.atNs - running("delayMs").rt.nowNs) / 1e6;
  }

  /** Gives back what can be given back without breaking the promises made since: the event will not happen. */
  cancel(): void {
    if (this.#grant !== null) this.#limiter.giveBack(this.#grant, running("cancel").rt.nowNs);
  }
}

/**
 * Allows `limit` events per second on average and up to `burst` at once. `allow` drops what is too much, `reserve` says
 * how long it has to wait, `wait` waits. The bucket is full at the start.
 *
 * **Cost:** O(1); a `wait` that has to wait O(log timers).
 * @throws {RangeError} `` Limiter: expected `limit` to be a number >= 0, got -1 ``
 * @example
 * await run(function* () {
 *   const limiter = new Limiter(10, 2);
 *   console.log(limiter.allow(), limiter.allow(), limiter.allow()); // prints: true true false
 *   yield* limiter.wait();
 *   console.log(now()); // prints: 100
 * }, { clock: "jump" });
 * @see Go: golang.org/x/time/rate.Limiter
 */
export class Limiter implements Operable {
  readonly label = "limiter";
  #limit: number;
  #burst: number;
  #tokens: number;
  #lastNs = 0;
  #lastEventNs = 0;

  /**
   * The limit for one event every `intervalMs`.
   *
   * @throws {RangeError} `` Limiter.every: expected `intervalMs` to be a number, got NaN ``
   * @see Go: rate.Every
   */
  static every(intervalMs: number): number {
    if (typeof intervalMs === "number" && !Number.isNaN(intervalMs)) {
      return intervalMs <= 0 ? UNLIMITED : 1000 / intervalMs;
    }
    throw new RangeError(`Limiter.every: expected \`intervalMs\` to be a number, got ${String(intervalMs)}`);
  }

  /** `limit` is in events per second; Infinity allows everything, 0 nothing but the first burst. */
  constructor(limit: number, burst: number) {
    this.#limit = checkLimit("Limiter", limit);
    this.#burst = checkCount("Limiter", "burst", burst);
    this.#tokens = burst;
  }

  /** Events per second. */
  get limit(): number {
    return this.#limit;
  }

  /** The most tokens that can be taken at once. */
  get burst(): number {
    return this.#burst;
  }

  /** How many tokens there are now; negative while some are reserved for later. */
  tokens(): number {
    return this.#tokensAt(nowNs("tokens"));
  }

  /** Takes `n` tokens if they are there; says whether it did. */
  allow(n = 1): boolean {
    return this.#reserve(nowNs("allow"), checkCount("Limiter.allow", "n", n), 0) !== null;
  }

  /** Takes `n` tokens, now or in the future, and says when. To give them back, cancel the reservation. */
  reserve(n = 1): Reservation {
    const atNs = nowNs("reserve");
    return new Reservation(this, this.#reserve(atNs, checkCount("Limiter.reserve", "n", n), FOREVER_NS));
  }

  /**
   * Waits until `n` tokens may be taken. Returns null, or an error: that of `ctx` when it ends first (the tokens are
   * given back), `rate: Wait(n=5) exceeds limiter's burst 2`, or, at once,
   * `rate: Wait(n=1) would exceed context deadline`.
   *
   * @throws {TypeError} `` Limiter.wait: expected `ctx` to be a Context, got null ``
   */
  wait(n = 1, ctx?: ContextLike): Op<Error | null> {
    checkCount("Limiter.wait", "n", n);
    checkContext("Limiter.wait", ctx);
    return operate(WAIT, this, { n, ctx });
  }

  /** Changes the limit from now on. Reservations made keep their times. */
  setLimit(limit: number): void {
    checkLimit("Limiter.setLimit", limit);
    this.#advance(nowNs("setLimit"));
    this.#limit = limit;
  }

  /** Changes the burst from now on. */
  setBurst(burst: number): void {
    checkCount("Limiter.setBurst", "burst", burst);
    this.#advance(nowNs("setBurst"));
    this.#burst = burst;
  }

  perform(g: G, _kind: OpKind, arg: unknown): boolean {
    const { n, ctx } = arg as { n: number; ctx: ContextLike | undefined };
    const { rt } = g;
    g.value = this.#refusal(n, ctx);
    if (g.value !== null) return true;
    const deadlineMs = ctx?.deadline();
    const maxNs = deadlineMs === undefined ? FOREVER_NS : deadlineMs * 1e6 - rt.nowNs;
    const grant = this.#reserve(rt.nowNs, n, maxNs);
    if (grant === null) {
      g.value = new Error(`rate: Wait(n=${n}) would exceed context deadline`);
      return true;
    }
    if (grant.atNs <= rt.nowNs) return true;
    const timer = new Timer(() => wait.grant());
    const wait = new ContextWait(g, ctx, (outcome) => {
      if (outcome !== "cancelled") return null; // the time has come: Go takes either, and the tokens are used
      rt.timers.remove(timer);
      this.giveBack(grant, rt.nowNs);
      return ctx?.err() ?? null;
    });
    wait.begin(null);
    if (grant.atNs < FOREVER_NS) rt.timers.add(timer, grant.atNs);
    return false;
  }

  #refusal(n: number, ctx: ContextLike | undefined): Error | null {
    if (n > this.#burst && this.#limit !== UNLIMITED) {
      return new Error(`rate: Wait(n=${n}) exceeds limiter's burst ${this.#burst}`);
    }
    return ctx !== undefined && isDone(ctx) ? ctx.err() : null;
  }

  #reserve(atNs: number, n: number, maxNs: number): Grant | null {
    const limit = this.#limit;
    if (limit === UNLIMITED) return { tokens: n, atNs, limit };
    const tokens = this.#tokensAt(atNs) - n;
    const waitNs = tokens < 0 ? durationNs(limit, -tokens) : 0;
    if (n > this.#burst || waitNs > maxNs) return null;
    this.#lastNs = atNs;
    this.#tokens = tokens;
    this.#lastEventNs = atNs + waitNs; // I2
    return { tokens: n, atNs: this.#lastEventNs, limit };
  }

  /** Gives back the tokens of a reservation, except those that later reservations were promised. For Reservation. */
  giveBack(grant: Grant, atNs: number): void {
    if (this.#limit === UNLIMITED || grant.tokens === 0 || grant.atNs < atNs) return;
    const tokens = grant.tokens - tokensIn(grant.limit, this.#lastEventNs - grant.atNs);
    if (tokens <= 0) return;
    this.#advance(atNs);
    this.#tokens = Math.min(this.#tokens + tokens, this.#burst); // I1
    if (grant.atNs !== this.#lastEventNs) return;
    const previousNs = grant.atNs - durationNs(grant.limit, grant.tokens);
    if (previousNs >= atNs) this.#lastEventNs = previousNs;
  }

  #tokensAt(atNs: number): number {
    const elapsedNs = Math.max(0, atNs - this.#lastNs);
    return Math.min(this.#tokens + tokensIn(this.#limit, elapsedNs), this.#burst); // I1
  }

  #advance(atNs: number): void {
    this.#tokens = this.#tokensAt(atNs);
    this.#lastNs = atNs;
  }
}

function nowNs(name: string): number {
  const { rt } = running(name);
  catchUp();
  return rt.nowNs;
}

function checkLimit(name: string, limit: number): number {
  if (typeof limit === "number" && limit >= 0) return limit;
  throw new RangeError(`${name}: expected \`limit\` to be a number >= 0, got ${String(limit)}`);
}

function checkCount(name: string, what: string, n: number): number {
  if (Number.isInteger(n) && n >= 0) return n;
  throw new RangeError(`${name}: expected \`${what}\` to be an integer >= 0, got ${String(n)}`);
}
