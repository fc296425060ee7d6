// Latch: a gate that opens for good after `count` arrivals.
//
// Invariants:
//  I1. Goroutines wait only while #left > 0; whoever brings it to 0 wakes everybody.
//
// Source: java.util.concurrent.CountDownLatch. Differs from a WaitGroup: it cannot be used twice, and arriving once
// too often is harmless.

import type { Op, Step } from "../op/index.js";
import {
  current,
  type G,
  type Operable,
  type OpKind,
  operate,
  ready,
  step,
  WaitQueue,
} from "../runtime/index.js";
import { checkLimit, type Leavable, performFor, type WaitLimit } from "./limit.js";

const COUNT_DOWN: OpKind = { name: "countDown", wait: "", edge: "release" };
const WAIT: OpKind = { name: "wait", wait: "sync.Latch.Wait", edge: "acquire" };
const WAIT_FOR: OpKind = { name: "waitFor", wait: "sync.Latch.Wait", edge: "acquire" };

/**
 * Opens after `countDown` was called `count` times, and stays open.
 *
 * **Happens-before:** each `countDown` synchronizes before the return of a `wait` that it lets pass.
 * **Cost:** O(1); the `countDown` that opens is O(waiters).
 *
 * @throws {RangeError} `` Latch: expected `count` to be an integer >= 0, got -1 ``
 * @example
 * await run(function* () {
 *   const isUp = new Latch(2);
 *   for (let i = 0; i < 2; i++) go(function* () { isUp.countDown(); });
 *   yield* isUp.wait();
 *   console.log(isUp.left); // prints: 0
 * });
 */
export class Latch implements Operable, Leavable {
  readonly label = "latch";
  readonly #waiters = new WaitQueue();
  #left: number;

  constructor(count: number) {
    if (!Number.isInteger(count) || count < 0) {
      throw new RangeError(`Latch: expected \`count\` to be an integer >= 0, got ${String(count)}`);
    }
    this.#left = count;
  }

  /** Arrivals still missing. */
  get left(): number {
    return this.#left;
  }

  /** Arrives; the last arrival opens the gate. */
  countDown(): Step {
    return step(COUNT_DOWN, this, undefined);
  }

  /** Waits until the gate is open. */
  wait(): Op<void> {
    if (current.isFast && this.#left === 0) return ready(WAIT, undefined);
    return operate(WAIT, this, undefined);
  }

  /** Waits until the gate is open, but not beyond `limit`; says whether it is. */
  waitFor(limit: WaitLimit): Op<boolean> {
    checkLimit("Latch.waitFor", limit);
    return operate(WAIT_FOR, this, limit);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === WAIT) return this.#performWait(g);
    if (kind === WAIT_FOR) {
      const attempt = (): boolean => this.#left === 0;
      return performFor(g, this, arg as WaitLimit, attempt, () => this.#performWait(g));
    }
    if (this.#left === 0 || --this.#left > 0) return true;
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift()) {
      w.goroutine.rt.wake(w.goroutine); // I1
    }
    return true;
  }

  /** For waits with a limit. */
  leave(g: G): boolean {
    if (g.queue !== this.#waiters) return false;
    this.#waiters.remove(g);
    return true;
  }

  #performWait(g: G): boolean {
    if (this.#left === 0) return true;
    this.#waiters.pushBack(g);
    g.rt.block(g);
    return false;
  }
}
