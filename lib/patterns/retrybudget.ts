// RetryBudget: bounds how much load retries add, whatever each caller would like.
//
// Invariants:
//  I1. 0 <= balance <= burst. Over any span, retries <= burst + ratio · calls.
//
// Source: the retry budgets of Twitter's Finagle and of gRPC (A6, retry throttling). Differs: no decay in time.
// The balance is counted in thousandths, since ten times 0.1 is not 1 in binary fractions.

import { integer, share } from "./arguments.js";

export interface RetryBudgetOptions {
  /** Retries that one call pays for. Default 0.1: at most 10% more load. */
  ratio?: number;
  /** The largest balance, and the one at the start. Default 10. */
  burst?: number;
}

/**
 * Retries allowed to all callers that share it: each call adds `ratio`, each retry costs 1.
 *
 * **Cost:** O(1). Never waits: an empty budget means that the error is passed on.
 * @throws {RangeError} `` RetryBudget: expected `burst` to be an integer >= 0, got -1 `` and the like
 * @example
 * await run(function* () {
 *   const budget = new RetryBudget({ burst: 1 });
 *   let calls = 0;
 *   const broken = function* () { calls++; throw new Error("down"); };
 *   for (let i = 0; i < 5; i++) {
 *     try { yield* retry(broken, { attempts: 3, budget }); } catch { continue; }
 *   }
 *   console.log(calls); // prints: 6
 * }, { clock: "jump" });
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #burst: number;
  #balance: number;
  #refused = 0;

  constructor(options: RetryBudgetOptions = {}) {
    this.#ratio = Math.round(share("RetryBudget", "ratio", options.ratio ?? 0.1) * 1000);
    this.#burst = integer("RetryBudget", "burst", options.burst ?? 10, 0) * 1000;
    this.#balance = this.#burst;
  }

  /** How many retries are paid for now; may be a fraction. */
  get balance(): number {
    return this.#balance / 1000;
  }

  /** How many retries were refused. */
  get refused(): number {
    return this.#refused;
  }

  /** Notes a call. `retry` does it before the first attempt. */
  deposit(): void {
    this.#balance = Math.min(this.#burst, this.#balance + this.#ratio); // I1
  }

  /** Pays for one retry; false when there is not enough. */
  withdraw(): boolean {
    if (this.#balance < 1000) {
      this.#refused++;
      return false;
    }
    this.#balance -= 1000;
    return true;
  }
}
