// WaitGroup: waits until a number of goroutines have finished.
//
// Invariants:
//  I1. Goroutines wait only while #count > 0, or while a `done` that has reached zero is about to release them (I2).
//  I2. In controlled runs a yielded `add` or `done` that reaches zero takes two steps, as Go's has two atomic actions:
//      the counter falls, and then the waiters are released. Between them somebody may misuse the group.
//  I3. A waiter that goes on finds the group as it was left: no counter and no waiters.
//
// Source: Go src/sync/waitgroup.go (1.27). Differs: a panic in a body started with `go` ends the run before its
// `done`, so `wait` never returns first (golang/go#76126); its `done` at the end of a body is one step.

import type { Body, Op, Step } from "../op/index.js";
import {
  current,
  done,
  type G,
  happened,
  type Operable,
  type OpKind,
  operate,
  PanicError,
  Phase,
  step,
  WaitQueue,
} from "../runtime/index.js";
import { checkLimit, type Leavable, performFor, type WaitLimit } from "./limit.js";

const ADD: OpKind = { name: "add", wait: "", edge: "own" };
const DONE: OpKind = { name: "done", wait: "", edge: "own" };
const GO: OpKind = { name: "go", wait: "", edge: "own" };
const WAIT: OpKind = { name: "wait", wait: "sync.WaitGroup.Wait", edge: "own" };
const WAIT_FOR: OpKind = { name: "waitFor", wait: "sync.WaitGroup.Wait", edge: "own" };

const NEGATIVE = "sync: negative WaitGroup counter";
const CONCURRENT = "sync: WaitGroup misuse: Add called concurrently with Wait";
const REUSED = "sync: WaitGroup is reused before previous Wait has returned";

/**
 * Waits for a collection of goroutines: `go` starts one, `wait` returns when all have ended.
 *
 * **Happens-before:** a `done` (and the end of a body started with `go`) synchronizes before the return of the
 * `wait` that it unblocks.
 * **Cost:** O(1); the `done` that reaches zero is O(waiters).
 *
 * A group that is used again must be at rest: every `wait` of the last round has returned before the next `add`.
 *
 * @throws {PanicError} `sync: negative WaitGroup counter`
 * @throws {PanicError} `sync: WaitGroup misuse: Add called concurrently with Wait`, from an `add` that comes while a
 *   `done` releases the waiters, or from that `done`; found while schedules are explored
 * @throws {PanicError} `sync: WaitGroup is reused before previous Wait has returned`, from the `wait`
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
  /** Between the two steps of I2. */
  #isReleasing = false;

  /** How many are still to be done. For the runtime: a program that asks races with the answer. */
  get counter(): number {
    return this.#count;
  }

  /** Adds `delta`, which may be negative, to the counter. */
  add(delta: number): Step {
    if (!Number.isInteger(delta)) {
      throw new RangeError(`WaitGroup.add: expected \`delta\` to be an integer, got ${String(delta)}`);
    }
    if (!current.isFast) return step(ADD, this, delta);
    const count = this.#count + delta;
    if (count <= 0 && (count < 0 || this.#waiters.head !== null)) return step(ADD, this, delta);
    this.#count = count;
    return happened();
  }

  /** Takes one off the counter. */
  done(): Step {
    if (!current.isFast) return step(DONE, this, undefined);
    const count = this.#count - 1;
    if (count <= 0 && (count < 0 || this.#waiters.head !== null)) return step(DONE, this, undefined);
    this.#count = count;
    return happened();
  }

  /** Starts `body(...args)` as a goroutine that this group waits for. */
  go<A extends unknown[]>(body: Body<A>, ...args: A): Step {
    return step(GO, this, { body, args });
  }

  /** Waits until the counter is zero. */
  wait(): Op<void> {
    if (current.isFast && this.#count === 0) return done(WAIT);
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
      return performFor(g, this, arg as WaitLimit, () => this.#isZero(g), enter);
    }
    if (kind !== GO) return this.#add(g, kind === ADD ? (arg as number) : -1, true);
    const { body, args } = arg as { body: Body<unknown[]>; args: unknown[] };
    this.#add(g, 1, false);
    const started = g.rt.launch(body, args);
    started.onExit = this;
    g.value = started.id;
    return true;
  }

  /** Called by the runtime when a goroutine started with `go` has ended. */
  exited(g: G): void {
    this.#add(g, -1, false);
  }

  /** For waits with a limit. */
  leave(g: G): boolean {
    if (g.queue !== this.#waiters) return false;
    this.#waiters.remove(g);
    return true;
  }

  /** A waiter was released and goes on, or a `done` that has reached zero takes its second step. */
  resume(g: G): boolean {
    if (g.kind === ADD || g.kind === DONE) {
      if (this.#count !== 0 || !this.#isReleasing) g.throws = CONCURRENT;
      else this.#release();
      return true;
    }
    g.rt.listener?.acquire(g, this);
    if (this.#count !== 0 || this.#waiters.length !== 0) g.throws = REUSED; // I3
    return true;
  }

  #isZero(g: G): boolean {
    if (this.#count !== 0) return false;
    g.rt.listener?.acquire(g, this);
    return true;
  }

  #performWait(g: G): boolean {
    if (this.#isZero(g)) return true;
    if (this.#waiters.length === 0) g.rt.listener?.access(g, this, "", true); // races with the first add
    this.#waiters.pushBack(g); // I1
    g.again = this;
    g.rt.block(g);
    return false;
  }

  /** Adds `delta`. False when `g` takes a second step (I2), which only a yielded operation can. */
  #add(g: G, delta: number, isStep: boolean): boolean {
    const { rt } = g;
    this.#count += delta;
    if (delta < 0) rt.listener?.release(g, this);
    else if (this.#count === delta) rt.listener?.access(g, this, "", false); // races with the first wait
    if (this.#count < 0) throw new PanicError(NEGATIVE);
    if (this.#waiters.length === 0) return true;
    if (delta > 0 && this.#count === delta) throw new PanicError(CONCURRENT);
    if (this.#count > 0) return true;
    if (!isStep || !rt.isControlled || g.phase !== Phase.ANNOUNCED) {
      this.#release();
      return true;
    }
    this.#isReleasing = true;
    g.again = this;
    rt.block(g);
    rt.ready(g); // it waits for nobody
    return false;
  }

  #release(): void {
    this.#isReleasing = false;
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift())
      w.goroutine.rt.wake(w.goroutine);
  }
}
