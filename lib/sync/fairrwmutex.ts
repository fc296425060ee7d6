// FairRWMutex: many readers or one writer, strictly in the order in which they came.
//
// Invariants: those of admission.ts.
//
// Source: the phase-fair idea of Mellor-Crummey and Scott, "Scalable Reader-Writer Synchronization" (PPoPP 1991),
// in its simplest form, one queue. Differs from RWMutex: a writer cannot overtake readers that came before it, and
// every unlock hands over. The price: a reader behind a waiting writer waits although only readers are inside, and
// each hand-over costs a switch.

import type { Op, Step } from "../op/index.js";
import {
  current,
  type G,
  noticed,
  type Operable,
  type OpKind,
  operate,
  ready,
  step,
} from "../runtime/index.js";
import { Admission, Mode } from "./admission.js";
import { checkLimit, type Leavable, performFor, type WaitLimit } from "./limit.js";

const R_LOCK: OpKind = { name: "rLock", wait: "sync.FairRWMutex.RLock", edge: "rLock" };
const TRY_R_LOCK_FOR: OpKind = { name: "tryRLockFor", wait: "sync.FairRWMutex.RLock", edge: "rLock" };
const R_UNLOCK: OpKind = { name: "rUnlock", wait: "", edge: "rUnlock" };
const LOCK: OpKind = { name: "lock", wait: "sync.FairRWMutex.Lock", edge: "lock" };
const TRY_LOCK_FOR: OpKind = { name: "tryLockFor", wait: "sync.FairRWMutex.Lock", edge: "lock" };
const UNLOCK: OpKind = { name: "unlock", wait: "", edge: "unlock" };

/**
 * A reader/writer lock that serves first come, first served; neighbouring readers in line get in together. Nobody
 * starves. Use it when waiting times must be bounded; RWMutex has the better throughput.
 *
 * A second `rLock` of the same goroutine deadlocks when somebody queues between the two.
 *
 * **Happens-before:** `unlock` synchronizes before any later `rLock` and `lock`; `rUnlock` before the next `lock`.
 * **Cost:** O(1), and O(readers woken) for what lets readers in; uncontended, nothing allocates nor yields.
 *
 * @throws {FatalError} `sync: RUnlock of unlocked FairRWMutex`, `sync: Unlock of unlocked FairRWMutex`
 * @example
 * await run(function* () {
 *   const rw = new FairRWMutex();
 *   yield* rw.rLock();
 *   go(function* writer() {
 *     yield* rw.lock();
 *     rw.unlock();
 *   });
 *   yield* gosched();
 *   console.log(rw.tryRLock()); // prints: false
 *   rw.rUnlock();
 *   yield* rw.rLock();
 *   console.log("after the writer"); // prints: after the writer
 * }, { clock: "jump" });
 */
export class FairRWMutex implements Operable, Leavable {
  readonly label = "fairrwmutex";
  readonly #inside = new Admission();

  /** Locks for reading; waits for a writer inside and for everybody in line. */
  rLock(): Op<void> {
    if (current.isFast && this.tryRLock()) return ready(R_LOCK, undefined);
    return operate(R_LOCK, this, undefined);
  }

  /** Locks for reading if no writer is inside and nobody waits. */
  tryRLock(): boolean {
    const isIn = this.#inside.tryEnter(Mode.READ);
    if (isIn) noticed(R_LOCK, this);
    return isIn;
  }

  /** Locks for reading if that succeeds within `limit`; says whether it did. */
  tryRLockFor(limit: WaitLimit): Op<boolean> {
    checkLimit("FairRWMutex.tryRLockFor", limit);
    return operate(TRY_R_LOCK_FOR, this, limit);
  }

  /** Undoes one `rLock`. @throws {FatalError} `sync: RUnlock of unlocked FairRWMutex` */
  rUnlock(): Step {
    return step(R_UNLOCK, this, undefined);
  }

  /** Locks for writing; waits for everybody who came before. */
  lock(): Op<void> {
    if (current.isFast && this.tryLock()) return ready(LOCK, undefined);
    return operate(LOCK, this, undefined);
  }

  /** Locks for writing if nobody is inside and nobody waits. */
  tryLock(): boolean {
    const isIn = this.#inside.tryEnter(Mode.WRITE);
    if (isIn) noticed(LOCK, this);
    return isIn;
  }

  /** Locks for writing if that succeeds within `limit`; says whether it did. */
  tryLockFor(limit: WaitLimit): Op<boolean> {
    checkLimit("FairRWMutex.tryLockFor", limit);
    return operate(TRY_LOCK_FOR, this, limit);
  }

  /** Unlocks for writing: the next in line get in. @throws {FatalError} `sync: Unlock of unlocked FairRWMutex` */
  unlock(): Step {
    return step(UNLOCK, this, undefined);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === R_UNLOCK || kind === UNLOCK) return this.#performUnlock(g, kind);
    const mode = kind === R_LOCK || kind === TRY_R_LOCK_FOR ? Mode.READ : Mode.WRITE;
    if (kind === R_LOCK || kind === LOCK) return this.#inside.enter(g, mode);
    const attempt = (): boolean => this.#inside.tryEnter(mode);
    return performFor(g, this, arg as WaitLimit, attempt, () => this.#inside.enter(g, mode));
  }

  /** For waits with a limit. */
  leave(g: G): boolean {
    return this.#inside.leave(g);
  }

  #performUnlock(g: G, kind: OpKind): boolean {
    const mode = kind === R_UNLOCK ? Mode.READ : Mode.WRITE;
    if (!this.#inside.holds(mode)) {
      g.rt.fatal(`sync: ${kind === R_UNLOCK ? "RUnlock" : "Unlock"} of unlocked FairRWMutex`);
    }
    this.#inside.exit(mode);
    return true;
  }
}
