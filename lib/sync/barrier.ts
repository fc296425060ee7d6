// Barrier: nobody passes until everybody has come; then it stands ready for the next round.
//
// Invariants:
//  I1. Fewer than `parties` goroutines wait: the last to come wakes them all and does not wait itself.
//  I2. A broken barrier lets nobody wait: who waits and who comes gets the error.
//
// Source: java.util.concurrent.CyclicBarrier. Differs: no action at the turn; `wait` tells one goroutine that it was
// the last, which may do it. Who gives up waiting breaks the barrier for all, since the others would wait for ever.

import type { Op, Step } from "../op/index.js";
import { type G, type Operable, type OpKind, operate, step, WaitQueue } from "../runtime/index.js";
import { checkLimit, type Leavable, performFor, type WaitLimit } from "./limit.js";

const WAIT: OpKind = { name: "wait", wait: "sync.Barrier.Wait" };
const WAIT_FOR: OpKind = { name: "waitFor", wait: "sync.Barrier.Wait" };
const BREAK: OpKind = { name: "break", wait: "" };

/** Thrown at a barrier that will never turn, because one of its parties has given up. */
export class BrokenBarrierError extends Error {
  override readonly name = "BrokenBarrierError";
}

/**
 * A meeting point of `parties` goroutines, for any number of rounds.
 *
 * **Happens-before:** everything before a `wait` synchronizes before the return of everybody's `wait` of that round.
 * **Cost:** O(1); the last to come is O(parties).
 *
 * @throws {RangeError} `` Barrier: expected `parties` to be an integer >= 1, got 0 ``
 * @example
 * await run(function* () {
 *   const turn = new Barrier(2);
 *   go(function* () {
 *     console.log("first half"); // prints: first half
 *     yield* turn.wait();
 *   });
 *   yield* turn.wait();
 *   console.log("second half"); // prints: second half
 * }, { clock: "jump" });
 */
export class Barrier implements Operable, Leavable {
  readonly label = "barrier";
  readonly parties: number;
  readonly #waiters = new WaitQueue();
  #isBroken = false;

  constructor(parties: number) {
    if (!Number.isInteger(parties) || parties < 1) {
      throw new RangeError(`Barrier: expected \`parties\` to be an integer >= 1, got ${String(parties)}`);
    }
    this.parties = parties;
  }

  /** True when somebody has given up: no round will end any more. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * Waits for the others of this round; true for the last one, which did not wait.
   *
   * @throws {BrokenBarrierError} `Barrier: broken, one of its 3 parties has given up`
   */
  wait(): Op<boolean> {
    return operate(WAIT, this, undefined);
  }

  /**
   * Waits for the others of this round, but not beyond `limit`. False means that it gave up, and that the barrier
   * is broken for everybody.
   */
  waitFor(limit: WaitLimit): Op<boolean> {
    checkLimit("Barrier.waitFor", limit);
    return operate(WAIT_FOR, this, limit);
  }

  /** Breaks the barrier: whoever waits or comes gets a BrokenBarrierError. */
  break(): Step {
    return step(BREAK, this, undefined);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === BREAK) {
      this.#break();
      return true;
    }
    if (this.#isBroken) throw this.#error(); // I2
    if (kind === WAIT) return this.#arrive(g);
    const isDone = performFor(
      g,
      this,
      arg as WaitLimit,
      () => this.#waiters.length === this.parties - 1 && this.#arrive(g),
      () => this.#arrive(g),
    );
    if (isDone && g.value === false) this.#break();
    return isDone;
  }

  /** For waits with a limit. */
  leave(g: G): boolean {
    if (g.queue !== this.#waiters) return false;
    this.#waiters.remove(g);
    this.#break();
    return true;
  }

  #arrive(g: G): boolean {
    if (this.#waiters.length < this.parties - 1) {
      this.#waiters.pushBack(g); // I1
      g.value = false;
      g.rt.block(g);
      return false;
    }
    this.#wakeAll(null);
    g.value = true;
    return true;
  }

  #break(): void {
    this.#isBroken = true;
    this.#wakeAll(this.#error());
  }

  #wakeAll(error: Error | null): void {
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift()) {
      const g = w.goroutine;
      g.throws = error;
      g.rt.wake(g);
    }
  }

  #error(): BrokenBarrierError {
    return new BrokenBarrierError(`Barrier: broken, one of its ${this.parties} parties has given up`);
  }
}
