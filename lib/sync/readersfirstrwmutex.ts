// ReadersFirstRWMutex: many readers or one writer; a waiting writer keeps nobody out.
//
// Invariants:
//  I1. A writer is inside alone.
//  I2. Readers wait only while a writer is inside, never for one that waits.
//  I3. Who is woken is inside already.
//
// Source: the first readers-writers problem of Courtois, Heymans and Parnas (CACM 1971); glibc's default rwlock. The
// opposite of Go's RWMutex: nested read locks are safe, and a steady stream of readers starves writers for ever.

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
  WaitQueue,
} from "../runtime/index.js";
import { checkLimit, type Leavable, performFor, type WaitLimit } from "./limit.js";

const R_LOCK: OpKind = { name: "rLock", wait: "sync.ReadersFirstRWMutex.RLock", edge: "rLock" };
const R_UNLOCK: OpKind = { name: "rUnlock", wait: "", edge: "rUnlock" };
const LOCK: OpKind = { name: "lock", wait: "sync.ReadersFirstRWMutex.Lock", edge: "lock" };
const TRY_LOCK_FOR: OpKind = { name: "tryLockFor", wait: "sync.ReadersFirstRWMutex.Lock", edge: "lock" };
const UNLOCK: OpKind = { name: "unlock", wait: "", edge: "unlock" };

/**
 * A reader/writer lock that prefers readers: `rLock` waits only for a writer that is inside. A goroutine may take it
 * for reading twice. Use it when writers may wait; under constant reading they wait for ever (`tryLockFor` notices).
 *
 * **Happens-before:** `unlock` synchronizes before any later `rLock` and `lock`; `rUnlock` before the next `lock`.
 * **Cost:** O(1), and O(readers woken) for `unlock`; uncontended, nothing allocates nor yields.
 *
 * @throws {FatalError} `sync: RUnlock of unlocked ReadersFirstRWMutex`, `sync: Unlock of unlocked ReadersFirstRWMutex`
 * @example
 * await run(function* () {
 *   const rw = new ReadersFirstRWMutex();
 *   yield* rw.rLock();
 *   go(function* writer() {
 *     yield* rw.lock();
 *   });
 *   yield* gosched();
 *   yield* rw.rLock(); // RWMutex would deadlock here
 *   console.log("read twice"); // prints: read twice
 * }, { clock: "jump" });
 */
export class ReadersFirstRWMutex implements Operable, Leavable {
  readonly label = "readersfirstrwmutex";
  readonly #readersWaiting = new WaitQueue();
  readonly #writersWaiting = new WaitQueue();
  #readers = 0;
  #hasWriter = false;

  /** Locks for reading; waits while a writer is inside. */
  rLock(): Op<void> {
    if (current.isFast && this.tryRLock()) return ready(R_LOCK, undefined);
    return operate(R_LOCK, this, undefined);
  }

  /** Locks for reading if no writer is inside. */
  tryRLock(): boolean {
    const isIn = this.#takeShare();
    if (isIn) noticed(R_LOCK, this);
    return isIn;
  }

  #takeShare(): boolean {
    if (this.#hasWriter) return false;
    this.#readers++;
    return true;
  }

  /** Undoes one `rLock`. @throws {FatalError} `sync: RUnlock of unlocked ReadersFirstRWMutex` */
  rUnlock(): Step {
    return step(R_UNLOCK, this, undefined);
  }

  /** Locks for writing; waits until there is no reader at all. */
  lock(): Op<void> {
    if (current.isFast && this.tryLock()) return ready(LOCK, undefined);
    return operate(LOCK, this, undefined);
  }

  /** Locks for writing if nobody is inside. */
  tryLock(): boolean {
    const isIn = this.#takeAll();
    if (isIn) noticed(LOCK, this);
    return isIn;
  }

  #takeAll(): boolean {
    if (this.#hasWriter || this.#readers > 0) return false;
    this.#hasWriter = true;
    return true;
  }

  /** Locks for writing if that succeeds within `limit`; says whether it did. */
  tryLockFor(limit: WaitLimit): Op<boolean> {
    checkLimit("ReadersFirstRWMutex.tryLockFor", limit);
    return operate(TRY_LOCK_FOR, this, limit);
  }

  /** Unlocks for writing: all waiting readers get in. @throws {FatalError} `sync: Unlock of unlocked …` */
  unlock(): Step {
    return step(UNLOCK, this, undefined);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    switch (kind) {
      case R_LOCK:
        return this.#takeShare() || park(g, this.#readersWaiting);
      case LOCK:
        return this.#performLock(g);
      case TRY_LOCK_FOR:
        return performFor(
          g,
          this,
          arg as WaitLimit,
          () => this.#takeAll(),
          () => this.#performLock(g),
        );
      case R_UNLOCK:
        if (this.#readers === 0) g.rt.fatal("sync: RUnlock of unlocked ReadersFirstRWMutex");
        if (--this.#readers === 0) this.#admitWriter();
        return true;
      default:
        return this.#performUnlock(g);
    }
  }

  /** For waits with a limit. A writer keeps nobody out, so nobody has to be let in (I2). */
  leave(g: G): boolean {
    if (g.queue !== this.#writersWaiting) return false;
    this.#writersWaiting.remove(g);
    return true;
  }

  #performLock(g: G): boolean {
    return this.#takeAll() || park(g, this.#writersWaiting);
  }

  #performUnlock(g: G): boolean {
    if (!this.#hasWriter) g.rt.fatal("sync: Unlock of unlocked ReadersFirstRWMutex");
    this.#hasWriter = false;
    for (let w = this.#readersWaiting.shift(); w !== null; w = this.#readersWaiting.shift()) {
      this.#readers++;
      w.goroutine.rt.wake(w.goroutine); // I3
    }
    if (this.#readers === 0) this.#admitWriter();
    return true;
  }

  #admitWriter(): void {
    const g = this.#writersWaiting.shift()?.goroutine;
    if (g === undefined) return;
    this.#hasWriter = true;
    g.rt.wake(g); // I3
  }
}

function park(g: G, queue: WaitQueue): false {
  queue.pushBack(g);
  g.rt.block(g);
  return false;
}
