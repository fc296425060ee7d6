// CircuitBreaker: stops calling what fails, and tries again carefully.
//
// Invariants:
//  I1. Closed: every call passes; open: none; half-open: at most `trialCalls`.
//  I2. Each change of state begins a new generation; a result counts only in the generation that its call began in.
//      Without that, a slow success from before the trouble would close a breaker that has just opened.
//  I3. A trial that does not come back keeps its place for `openMs` at most: then the breaker opens anew.
//
// Source: M. Nygard, Release It! (2007); the sliding window of calls as in resilience4j, generations as in
// sony/gobreaker. Differs: time is the run's clock. Rejected: a window of time (a quiet service would forget).

import type { Body, Go } from "../op/index.js";
import { type G, type Operable, type OpKind, operate, running, step } from "../runtime/index.js";
import { atLeast, begin, integer, share } from "./arguments.js";

const ADMIT: OpKind = { name: "admit", wait: "" };
const RECORD: OpKind = { name: "record", wait: "" };

export type BreakerState = "closed" | "open" | "half-open";

export interface BreakerOptions {
  /** How many of the latest results are looked at. Default 20. */
  windowCalls?: number;
  /** Nothing is decided on fewer results than this. Default 10, at most `windowCalls`. */
  minimumCalls?: number;
  /** The share of failures that opens the breaker. Default 0.5. */
  failureRate?: number;
  /** How long it stays open, in milliseconds. Default 5,000. */
  openMs?: number;
  /** How many calls are tried after that; all must succeed. Default 1. */
  trialCalls?: number;
  /** A success that took longer counts as a failure. Default: none does. */
  slowMs?: number;
  /** Called at every change of state with the run's time. */
  onChange?: (from: BreakerState, to: BreakerState, atMs: number) => void;
}

/** The breaker is open: the call was not made. */
export class BreakerOpenError extends Error {
  override readonly name: string = "BreakerOpenError";
}

interface Outcome {
  readonly generation: number;
  readonly isFailure: boolean;
}

/**
 * A circuit breaker around calls of one dependency.
 *
 * **Cost:** O(1) per call; `call` is a generator.
 * **Limits:** a call that never ends is not cut off: give the body a deadline of its own.
 * @throws {BreakerOpenError} `circuit breaker: open for another 5000 ms` (from `call`)
 * @throws {BreakerOpenError} `circuit breaker: half-open, and its 1 trial calls are under way`
 * @throws {RangeError} `` CircuitBreaker: expected `openMs` to be a number >= 0, got -1 `` and the like
 * @example
 * await run(function* () {
 *   const breaker = new CircuitBreaker({ windowCalls: 2, minimumCalls: 2, openMs: 1000 });
 *   const broken = function* () { throw new Error("down"); };
 *   for (let i = 0; i < 3; i++) {
 *     try { yield* breaker.call(broken); } catch (e) { console.log((e as Error).message); }
 *     // prints: down down circuit breaker: open for another 1000 ms
 *   }
 *   yield* sleep(1000);
 *   console.log(yield* breaker.call(function* () { return breaker.state; })); // prints: half-open
 *   console.log(breaker.state); // prints: closed
 * }, { clock: "jump" });
 */
export class CircuitBreaker implements Operable {
  readonly label = "breaker";
  readonly #windowCalls: number;
  readonly #minimumCalls: number;
  readonly #failureRate: number;
  readonly #openMs: number;
  readonly #trialCalls: number;
  readonly #slowMs: number;
  readonly #onChange: BreakerOptions["onChange"];

  #state: BreakerState = "closed";
  #generation = 0;
  #sinceNs = 0;
  /** Closed: the ring of the latest results. */
  readonly #window: boolean[] = [];
  #at = 0;
  #failures = 0;
  /** Half-open: trials begun, and trials that succeeded. */
  #trials = 0;
  #passed = 0;

  constructor(options: BreakerOptions = {}) {
    const of = "CircuitBreaker";
    this.#windowCalls = integer(of, "windowCalls", options.windowCalls ?? 20, 1);
    const minimum = options.minimumCalls ?? Math.min(10, this.#windowCalls);
    this.#minimumCalls = integer(of, "minimumCalls", minimum, 1);
    if (this.#minimumCalls > this.#windowCalls) {
      throw new RangeError(
        `${of}: expected \`minimumCalls\` to be at most ${this.#windowCalls}, got ${minimum}`,
      );
    }
    this.#failureRate = share(of, "failureRate", options.failureRate ?? 0.5);
    this.#openMs = atLeast(of, "openMs", options.openMs ?? 5000, 0);
    this.#trialCalls = integer(of, "trialCalls", options.trialCalls ?? 1, 1);
    this.#slowMs = atLeast(of, "slowMs", options.slowMs ?? Number.POSITIVE_INFINITY, 0);
    this.#onChange = options.onChange;
  }

  /** The state after the latest call; an open breaker becomes half-open by the first call after `openMs`. */
  get state(): BreakerState {
    return this.#state;
  }

  /** Calls `body(...args)`, or throws BreakerOpenError. What the body throws is counted and thrown on. */
  *call<A extends unknown[], T>(body: Body<A, T>, ...args: A): Go<T> {
    const generation = yield* operate<number>(ADMIT, this, undefined);
    const { rt } = running("call");
    const startNs = rt.nowNs;
    let isFailure = true;
    try {
      const value = yield* begin("CircuitBreaker", body, args);
      isFailure = rt.nowNs - startNs > this.#slowMs * 1e6;
      return value;
    } finally {
      yield* step(RECORD, this, { generation, isFailure } satisfies Outcome);
    }
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === ADMIT) g.value = this.#admit(g.rt.nowNs);
    else this.#record(arg as Outcome, g.rt.nowNs);
    return true;
  }

  #admit(nowNs: number): number {
    const leftMs = this.#openMs - (nowNs - this.#sinceNs) / 1e6;
    if (this.#state === "open" && leftMs <= 0) this.#become("half-open", nowNs);
    if (this.#state === "half-open" && this.#trials === this.#trialCalls) {
      if (leftMs > 0) {
        throw new BreakerOpenError(
          `circuit breaker: half-open, and its ${this.#trialCalls} trial calls are under way`,
        );
      }
      this.#become("open", nowNs); // I3
    }
    if (this.#state === "open") {
      const openMs = this.#openMs - (nowNs - this.#sinceNs) / 1e6;
      throw new BreakerOpenError(`circuit breaker: open for another ${Math.ceil(openMs)} ms`);
    }
    if (this.#state === "half-open") this.#trials++; // I1
    return this.#generation;
  }

  #record({ generation, isFailure }: Outcome, nowNs: number): void {
    if (generation !== this.#generation) return; // I2
    if (this.#state === "half-open") {
      if (isFailure) this.#become("open", nowNs);
      else if (++this.#passed === this.#trialCalls) this.#become("closed", nowNs);
      return;
    }
    if (this.#window[this.#at] === true) this.#failures--;
    this.#window[this.#at] = isFailure;
    this.#at = (this.#at + 1) % this.#windowCalls;
    if (isFailure) this.#failures++;
    const { length } = this.#window;
    if (length >= this.#minimumCalls && this.#failures >= this.#failureRate * length) {
      this.#become("open", nowNs);
    }
  }

  #become(state: BreakerState, nowNs: number): void {
    const from = this.#state;
    this.#state = state;
    this.#generation++;
    this.#sinceNs = nowNs;
    this.#window.length = this.#at = this.#failures = this.#trials = this.#passed = 0;
    this.#onChange?.(from, state, nowNs / 1e6);
  }
}
