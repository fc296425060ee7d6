// WaitGroup: waits until a number of goroutines have finished.
//
// Invariants:
//  I1. Goroutines wait only while #count > 0.
//
// Source: Go src/sync/waitgroup.go (1.27). Differs: a panic in a body started with `go` ends the run before its
// `done`, so `wait` never returns first (golang/go#76126).

import type { Body, Op, Step } from "../op/index.js";
import {
  current,
  type G,
  type Operable,
  type OpKind,
  operate,
  PanicError,
  ready,
  step,
  WaitQueue,
} from "../runtime/index.js";
import { checkLimit, type Leavable, performFor, type WaitLimit } from "./limit.js";

const ADD: OpKind = { name: "add", wait: "" };
const DONE: OpKind = { name: "done", wait: "" };
const GO: OpKind = { name: "go", wait: "" };
const WAIT: OpKind = { name: "wait", wait: "sync.WaitGroup.Wait" };
const WAIT_FOR: OpKind = { name: "waitFor", wait: "sync.WaitGroup.Wait" };

/**
 * Waits for a collection of goroutines: `go` starts one, `wait` returns when all have ended.
 *
 * **Happens-before:** a `done` (and the end of a body started with `go`) synchronizes before the return of the
 * `wait` that it unblocks.
 * **Cost:** O(1); the `done` that reaches zero is O(waiters).
 *
 * @throws {PanicError} `sync: negative WaitGroup counter`
 * @example
 * await run(function* () {
 *   const wg = new WaitGroup();
 *   let sum = 0;
 *   for (let i = 1; i <= 3; i++) wg.go(function* () { sum += i; });
 *   yield* wg.wait();
 *   console.log(sum); // prints: 6
 * });
 * @see Go: sync.WaitGroup
 */
export class WaitGroup implements Operable, Leavable {
  readonly label = "waitgroup";
  #count = 0;
  readonly #waiters = new WaitQueue();

  /** Adds `delta`, which may be negative, to the counter. */
  add(delta: number): Step {
    if (!Number.isInteger(delta)) {
      throw new RangeError(`WaitGroup.add: expected \`delta\` to be an integer, got ${String(delta)}`);
    }
    return step(ADD, this, delta);
  }

  /** Takes one off the counter. */
  done(): Step {
    return step(DONE, this, undefined);
  }

  /** Starts `body(...args)` as a goroutine that this group waits for. */
  go<A extends unknown[]>(body: Body<A>, ...args: A): Step {
    return step(GO, this, { body, args });
  }

  /** Waits until the counter is zero. */
  wait(): Op<void> {
    if (current.isFast && this.#count === 0) return ready(WAIT, undefined);
    return operate(WAIT, this, undefined);
  }

  /**
   * Waits until the counter is zero, but not beyond `limit`: milliseconds, or `{ timeoutMs, signal }`. Says whether
   * it is. The goroutines that it waited for go on.
   *
   * @throws {RangeError} `` WaitGroup.waitFor: expected `timeoutMs` to be a number, got NaN ``
   */
  waitFor(limit: WaitLimit): Op<boolean> {
    checkLimit("WaitGroup.waitFor", limit);
    return operate(WAIT_FOR, this, limit);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === WAIT) return this.#performWait(g);
    if (kind === WAIT_FOR) {
      const enter = (): boolean => this.#performWait(g);
      return performFor(g, this, arg as WaitLimit, () => this.#count === 0, enter);
    }
    if (kind === GO) {
      const { body, args } = arg as { body: Body<unknown[]>; args: unknown[] };
      this.#count++;
      const started = g.rt.spawn(body, args);
      started.onExit = this;
      g.value = started.id;
    } else {
      this.#add(kind === ADD ? (arg as number) : -1);
    }
    return true;
  }

  /** Called by the runtime when a goroutine started with `go` has ended. */
  exited(): void {
    this.#add(-1);
  }

  /** For waits with a limit. */
  leave(g: G): boolean {
    if (g.queue !== this.#waiters) return false;
    this.#waiters.remove(g);
    return true;
  }

  #performWait(g: G): boolean {
    if (this.#count === 0) return true;
    this.#waiters.pushBack(g); // I1
    g.rt.block(g);
    return false;
  }

  #add(delta: number): void {
    this.#count += delta;
    if (this.#count < 0) throw new PanicError("sync: negative WaitGroup counter");
    if (this.#count > 0) return;
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift())
      w.goroutine.rt.wake(w.goroutine);
  }
}
