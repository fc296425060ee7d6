// IdempotencyKeys: the same request, sent again, has its effect once and gets the same answer.
//
// Invariants:
//  I1. Of one key at most one body runs at a time, and none after one has succeeded, until the answer is forgotten.
//  I2. #answers is ordered by the time when the answer was given, so what is to be forgotten stands in front.
//
// Source: Stripe's idempotent requests. Differs: who comes while the first is under way waits for its answer instead
// of being refused, and failures are not kept. A lock around the body is not enough: it ends with the first
// request, and the repeat after it would have the effect again. That is what the kept answer is for.

import { Chan } from "../chan/index.js";
import type { Body, Go } from "../op/index.js";
import { type G, type Operable, type OpKind, operate, step } from "../runtime/index.js";
import { atLeast, begin } from "./arguments.js";

const CLAIM: OpKind = { name: "claim", wait: "" };
const SETTLE: OpKind = { name: "settle", wait: "" };

export interface IdempotencyOptions {
  /** How long answers are kept, in milliseconds. Default: for ever. Repeats that come later have their effect again. */
  keepMs?: number;
}

interface Answer {
  readonly value: unknown;
  readonly print: string;
  readonly untilNs: number;
}

interface Attempt {
  readonly print: string;
  readonly done: Chan<never>;
}

/** What a claim found: an answer, somebody at work, or nobody (then the claimer has an attempt of its own). */
type Claim = { answer: Answer } | { other: Attempt } | { mine: Attempt };

/** A key was used for two different requests. */
export class IdempotencyKeyError extends Error {
  override readonly name: string = "IdempotencyKeyError";
}

/**
 * Remembers the answers of requests by their key.
 *
 * A body that fails leaves nothing behind: its caller gets the error, and the next one with the key tries again.
 *
 * **Happens-before:** the end of the body synchronizes before every return with its answer.
 * **Cost:** O(1) per call, plus the JSON text of `request`; `call` is a generator.
 * **Limits:** the memory is this object. For an effect in a database, write key and effect in one transaction.
 * @throws {IdempotencyKeyError} `idempotency key "k": was used for another request` (from `call`)
 * @throws {RangeError} `` IdempotencyKeys: expected `keepMs` to be a number >= 0, got -1 ``
 * @example
 * await run(function* () {
 *   const keys = new IdempotencyKeys();
 *   let stock = 5;
 *   const deduct = function* (items: number) { stock -= items; return stock; };
 *   console.log(yield* keys.call("order-1", deduct, 2)); // prints: 3
 *   console.log(yield* keys.call("order-1", deduct, 2)); // prints: 3
 *   console.log(stock); // prints: 3
 * });
 */
export class IdempotencyKeys implements Operable {
  readonly label = "idempotency";
  readonly #keepNs: number;
  readonly #attempts = new Map<string, Attempt>();
  readonly #answers = new Map<string, Answer>();

  constructor(options: IdempotencyOptions = {}) {
    const keepMs = options.keepMs ?? Number.POSITIVE_INFINITY;
    this.#keepNs = atLeast("IdempotencyKeys", "keepMs", keepMs, 0) * 1e6;
  }

  /** How many answers are kept. */
  get size(): number {
    return this.#answers.size;
  }

  /** Returns the answer of `key`, running `body(...request)` for it if there is none. */
  *call<A extends unknown[], T>(key: string, body: Body<A, T>, ...request: A): Go<T> {
    if (typeof key !== "string") {
      throw new TypeError(`IdempotencyKeys: expected \`key\` to be a string, got ${String(key)}`);
    }
    const print = JSON.stringify(request, (_, v: unknown) => (typeof v === "bigint" ? `${v}n` : v));
    for (;;) {
      const claim = yield* operate<Claim>(CLAIM, this, { key, print });
      const found = "answer" in claim ? claim.answer : "other" in claim ? claim.other : claim.mine;
      if (found.print !== print) {
        throw new IdempotencyKeyError(`idempotency key ${JSON.stringify(key)}: was used for another request`);
      }
      if ("answer" in claim) return claim.answer.value as T;
      if ("mine" in claim) return yield* this.#attempt(key, claim.mine, body, request);
      yield* claim.other.done.recv();
    }
  }

  *#attempt<A extends unknown[], T>(key: string, attempt: Attempt, body: Body<A, T>, request: A): Go<T> {
    let answer: { value: T } | null = null;
    try {
      answer = { value: yield* begin("IdempotencyKeys", body, request) };
      return answer.value;
    } finally {
      yield* step(SETTLE, this, { key, print: attempt.print, answer });
      yield* attempt.done.close();
    }
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const { key, print, answer } = arg as { key: string; print: string; answer?: { value: unknown } | null };
    this.#forget(g.rt.nowNs);
    if (kind === CLAIM) {
      g.value = this.#claim(key, print);
      return true;
    }
    this.#attempts.delete(key);
    if (answer) this.#answers.set(key, { value: answer.value, print, untilNs: g.rt.nowNs + this.#keepNs });
    return true;
  }

  #claim(key: string, print: string): Claim {
    const answer = this.#answers.get(key);
    if (answer !== undefined) return { answer };
    const other = this.#attempts.get(key);
    if (other !== undefined) return { other };
    const mine = { print, done: new Chan<never>() };
    this.#attempts.set(key, mine); // I1
    return { mine };
  }

  #forget(nowNs: number): void {
    for (const [key, { untilNs }] of this.#answers) {
      if (untilNs > nowNs) return; // I2
      this.#answers.delete(key);
    }
  }
}
