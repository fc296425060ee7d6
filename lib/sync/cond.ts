// Cond: a place to wait until somebody announces that something has changed.
//
// Invariants:
//  I1. A waiter takes its place in the queue before it unlocks, so no signal between the two is lost.
//  I2. A goroutine leaves the queue only when it is notified, oldest first: there are no spurious wake-ups.
//
// Source: Go src/sync/cond.go, src/runtime/sema.go (notifyList), 1.27. The place in the queue is Go's ticket.

import type { Go, Op, Step } from "../op/index.js";
import {
  borrowed,
  current,
  type G,
  happened,
  type Operable,
  type OpKind,
  operate,
  PanicError,
  parking,
  running,
  Status,
  step,
  type Waiter,
  WaitQueue,
} from "../runtime/index.js";
import type { Locker } from "./locker.js";
import { lockFor, Mutex } from "./mutex.js";

// A local name: V8 folds it, while an imported binding is loaded at every use.
const here = current;

const ADD: OpKind = { name: "wait", wait: "", edge: "none" }; // Go: runtime_notifyListAdd
const WAIT: OpKind = { name: "wait", wait: "sync.Cond.Wait", edge: "none" };
const SIGNAL: OpKind = { name: "signal", wait: "", edge: "own" };
const BROADCAST: OpKind = { name: "broadcast", wait: "", edge: "own" };

/**
 * A condition variable: goroutines wait for a change, others announce it. `L` guards what the condition is about.
 *
 * `wait` belongs into a loop, because the condition may be false again when the lock is back:
 * `while (!ready) yield* c.wait();`. `signal` gives its waiter no priority on `L`.
 *
 * **Happens-before:** a `signal` or `broadcast` synchronizes before the return of the `wait` that it wakes.
 * **Cost:** O(1); `broadcast` is O(waiters). `wait` on a Mutex allocates nothing in a direct run, otherwise it is one generator.
 * @throws {PanicError} `sync.Cond is copied`, from a copy that `Object.create` or `Object.assign` made
 * @throws {FatalError} `sync: unlock of unlocked mutex`, from `wait` without the lock
 * @example
 * await run(function* () {
 *   const c = new Cond(new Mutex());
 *   let isReady = false;
 *   go(function* () {
 *     yield* c.L.lock();
 *     isReady = true;
 *     c.L.unlock();
 *     c.broadcast();
 *   });
 *   yield* c.L.lock();
 *   while (!isReady) yield* c.wait();
 *   c.L.unlock();
 *   console.log("ready"); // prints: ready
 * });
 * @see Go: sync.Cond
 */
export class Cond implements Operable {
  readonly label = "cond";
  /** Held while the condition is looked at or changed, and by the caller of `wait`. */
  readonly L: Locker;
  readonly #waiters = new WaitQueue();

  /** @throws {TypeError} ``Cond: expected `L` to have lock and unlock, got undefined`` */
  constructor(L: Locker) {
    if (typeof (L as Locker | undefined)?.lock !== "function" || typeof L.unlock !== "function") {
      throw new TypeError(`Cond: expected \`L\` to have lock and unlock, got ${String(L)}`);
    }
    this.L = L;
  }

  /** Unlocks `L`, waits until it is notified, and locks `L` again before it returns. */
  wait(): Op<void> {
    Cond.#checkIsOriginal(this);
    if (here.isFast) return this.#waitFast();
    // The operation is created here and not in the generator, so that a forgotten `yield*` is found.
    return this.#wait(operate(ADD, this, undefined)) as unknown as Op<void>;
  }

  /** In a direct run nobody else runs before this goroutine has parked, so the steps before need not be operations. */
  #waitFast(): Op<void> {
    const g = borrowed("wait");
    this.#waiters.pushBack(g); // I1
    try {
      this.L.unlock();
    } catch (error) {
      this.#leave(g);
      throw error;
    }
    if (!(this.L instanceof Mutex)) {
      return this.#lockAfter(operate(WAIT, this, undefined)) as unknown as Op<void>;
    }
    g.again = this;
    return parking(WAIT, this) as unknown as Op<void>;
  }

  /** Woken in a direct run: the same operation goes on as that of the mutex. */
  resume(g: G): boolean {
    return lockFor(this.L as Mutex, g);
  }

  *#wait(added: Op<void>): Go {
    yield* added; // I1
    try {
      yield* this.L.unlock();
    } catch (error) {
      this.#leave(running("wait"));
      throw error;
    }
    yield* this.#lockAfter(operate(WAIT, this, undefined));
  }

  *#lockAfter(waiting: Op<void>): Go {
    yield* waiting;
    yield* this.L.lock();
  }

  /** Wakes the goroutine that has waited longest, if there is one. The caller may hold `L` and need not. */
  signal(): Step {
    Cond.#checkIsOriginal(this);
    if (!here.isFast) return step(SIGNAL, this, undefined);
    this.#notifyFirst();
    return happened();
  }

  /** Wakes all goroutines that wait. The caller may hold `L` and need not. */
  broadcast(): Step {
    Cond.#checkIsOriginal(this);
    if (!here.isFast) return step(BROADCAST, this, undefined);
    while (this.#notifyFirst());
    return happened();
  }

  perform(g: G, kind: OpKind): boolean {
    if (kind === ADD) {
      this.#waiters.pushBack(g);
    } else if (kind === WAIT) {
      if (g.queue !== this.#waiters) return true; // notified since it was added
      g.rt.block(g);
      return false;
    } else if (kind === SIGNAL) {
      this.#notifyFirst();
    } else {
      while (this.#notifyFirst());
    }
    return true;
  }

  /** Takes the oldest waiter out of the queue (I2), and wakes it when it sleeps already. */
  #notifyFirst(): boolean {
    if (this.#waiters.head === null) return false;
    const g = (this.#waiters.shift() as Waiter).goroutine;
    g.rt.listener?.handed(here.g, g);
    if (g.status === Status.WAITING) g.rt.wake(g);
    return true;
  }

  #leave(g: G): void {
    if (g.queue === this.#waiters) this.#waiters.remove(g);
  }

  static #checkIsOriginal(c: Cond): void {
    if (!(#waiters in c)) throw new PanicError("sync.Cond is copied");
  }
}
