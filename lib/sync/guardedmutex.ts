// GuardedMutex: a mutex that hands out a guard object, the proof that the caller holds this lock.
//
// Invariants:
//  I1. At most one guard is live, and only while the lock is held; `unlock` ends it.
//  I2. With `checks: false` there is one guard for all: `check` does nothing and nothing is allocated.
//
// Source: std::sync::MutexGuard of Rust. Rust's compiler proves that a guard is not used after it was dropped;
// TypeScript's can demand that there is one, for the lock of that name, and `check` does the rest at run time.
//
// The wrong version, a flag, tells that *somebody* holds the lock:
//   if (!this.isLocked) throw new Error("not locked"); // wrong: passes while another goroutine is inside

import type { Op, Step } from "../op/index.js";
import {
  current,
  type G,
  noticed,
  type Operable,
  type OpKind,
  operate,
  PanicError,
  ready,
  running,
  step,
} from "../runtime/index.js";
import { MutexCore } from "./mutex.js";

const LOCK: OpKind = { name: "lock", wait: "sync.Mutex.Lock", edge: "lock" };
const UNLOCK: OpKind = { name: "unlock", wait: "", edge: "unlock" };

/** Proof of holding the lock `Name`. Take it as a parameter wherever the lock must be held. */
export class Guard<Name extends string = string> {
  /** The lock that it proves. */
  readonly lock: Name;
  readonly #owner: GuardedMutex<Name>;
  #holder: G | null;
  readonly #isChecked: boolean;

  /** Made by `GuardedMutex.lock` only. */
  constructor(lock: Name, owner: GuardedMutex<Name>, holder: G | null, isChecked: boolean) {
    this.lock = lock;
    this.#owner = owner;
    this.#holder = holder;
    this.#isChecked = isChecked;
  }

  /**
   * Asserts that *this* goroutine holds the lock, through this guard. Does nothing with `checks: false`.
   *
   * @throws {PanicError} `guard of stock: used after unlock`, `guard of stock: held by goroutine 1, used by goroutine 2`
   */
  check(): void {
    if (!this.#isChecked) return;
    const g = running("check");
    if (this.#holder === null) throw new PanicError(`guard of ${this.lock}: used after unlock`);
    if (this.#holder === g) return;
    throw new PanicError(
      `guard of ${this.lock}: held by goroutine ${this.#holder.id}, used by goroutine ${g.id}`,
    );
  }

  /** Unlocks; the guard proves nothing any more. Checks first. */
  unlock(): Step {
    this.check();
    this.#holder = null;
    return step(UNLOCK, this.#owner, undefined);
  }
}

/** Options of a GuardedMutex. */
export interface GuardedMutexOptions {
  /** Whether guards check at run time who uses them. Default: true; with false they cost nothing. */
  readonly checks?: boolean;
}

/**
 * A mutex with a name, whose `lock` returns a guard. What must be called under the lock takes the guard as a
 * parameter: without one, or with another lock's, it does not compile; with a stale or a borrowed one it panics.
 *
 * **Happens-before:** as Mutex.
 * **Cost:** as Mutex; with checks one small object per `lock`, without them none.
 *
 * @throws {FatalError} `sync: unlock of unlocked mutex` (with `checks: false`; with checks it is a panic of the guard)
 * @throws {TypeError} `` GuardedMutex: expected `name` to be a string, got 1 ``
 * @example
 * await run(function* () {
 *   const stock = new GuardedMutex("stock");
 *   let rooms = 3;
 *   function book(held: Guard<"stock">): void {
 *     held.check();
 *     rooms--;
 *   }
 *   const held = yield* stock.lock();
 *   book(held);
 *   held.unlock();
 *   console.log(rooms); // prints: 2
 * });
 */
export class GuardedMutex<Name extends string = string> implements Operable {
  readonly label = "mutex";
  readonly name: Name;
  readonly #core = new MutexCore();
  /** The guard of all, when nothing is checked (I2). */
  readonly #shared: Guard<Name> | null;

  constructor(name: Name, options: GuardedMutexOptions = {}) {
    if (typeof name !== "string") {
      throw new TypeError(`GuardedMutex: expected \`name\` to be a string, got ${String(name)}`);
    }
    this.name = name;
    this.#shared = options.checks === false ? new Guard(name, this, null, false) : null;
  }

  /** Locks, and returns the proof. */
  lock(): Op<Guard<Name>> {
    if (current.isFast && this.#core.isFree) {
      this.#core.take();
      return ready(LOCK, this.#guard(running("lock")));
    }
    return operate(LOCK, this, undefined);
  }

  /** Locks if the lock is free; null when it is not. */
  tryLock(): Guard<Name> | null {
    if (!this.#core.isFree) return null;
    const g = running("tryLock");
    this.#core.take();
    noticed(LOCK, this);
    return this.#guard(g);
  }

  perform(g: G, kind: OpKind): boolean {
    if (kind === LOCK) return this.#granted(g, this.#core.acquire(g, this));
    if (!this.#core.isLocked) g.rt.fatal("sync: unlock of unlocked mutex");
    this.#core.release();
    return true;
  }

  resume(g: G): boolean {
    return this.#granted(g, this.#core.acquireAgain(g));
  }

  #granted(g: G, isMine: boolean): boolean {
    if (isMine) g.value = this.#guard(g);
    return isMine;
  }

  #guard(g: G): Guard<Name> {
    return this.#shared ?? new Guard(this.name, this, g, true);
  }
}
