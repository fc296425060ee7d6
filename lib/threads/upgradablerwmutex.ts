// UpgradableRWMutex: readers, one reader that may become the writer, or one writer, across threads.
//
// Invariants: those of rworder.ts, and
//  I1. At most one thread holds the lock upgradable, so an upgrade waits for plain readers only, and these leave. If
//      every reader could upgrade, two of them would wait for each other for ever:
//        rw.rLock(); … rw.lock(); // wrong with any reader-writer lock: it waits for its own read lock
//  I2. UPGRADABLE and WRITER together: an upgrade waits. It holds new readers out, so those inside only become fewer.
//
// Source: the upgradable read of parking_lot (Rust) and of boost::upgrade_mutex.

import type { Handle } from "./memory.js";
import { checkTimeout, parkTask, type SlowPath, type WaitOptions } from "./park.js";
import { hasEnded, lookAfter, noticeEnd } from "./roster.js";
import type { RWOptions } from "./rwcore.js";
import { RWOrder, UPGRADABLE, UPGRADE_LATER } from "./rworder.js";
import { readersIn, STATE, WAITING_MASK, WRITER } from "./rwstate.js";
import { checkMayBlock, thisThread } from "./thread.js";

/**
 * A reader-writer lock between threads with a third way in: `uLock` reads beside other readers and may `upgrade` to
 * writing without letting go, so what it has read still holds. First come, first served.
 *
 * Dead threads: as RWMutex; one that dies with the lock upgradable has written nothing, so the lock is not poisoned.
 *
 * **Happens-before:** as RWMutex; `downgrade` as `unlock`, `uUnlock` as `rUnlock`, the return of `upgrade` as that of `lock`.
 * **Cost:** as FairRWMutex.
 * **Limits:** as FairRWMutex.
 *
 * @throws {LockError} `sync: RUnlock of unlocked UpgradableRWMutex`; the same with `Unlock`, `UUnlock`, `Upgrade` (not held
 * by `uLock`), `Downgrade` (not held for writing)
 * @example
 * const [rw, cell] = [new UpgradableRWMutex(), new Int32Array(new SharedArrayBuffer(4))];
 * const made = await team(3, (t, rw, cell) => {
 *   rw.uLock();
 *   const isFirst = cell[0] === 0;
 *   if (isFirst) rw.upgrade(); // nobody writes in between: no second look is needed
 *   if (isFirst) cell[0] = 7;
 *   isFirst ? rw.unlock() : rw.uUnlock();
 *   return isFirst;
 * }, { args: [rw, cell] });
 * console.log(made.filter(Boolean).length, cell[0]); // prints: 1 7
 */
export class UpgradableRWMutex extends RWOrder {
  constructor(options: RWOptions = {}) {
    super("UpgradableRWMutex", options);
  }

  /** Attaches to the lock that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): UpgradableRWMutex {
    return new UpgradableRWMutex({ at: handle });
  }

  /** Locks for reading with the right to upgrade; one thread at a time. Refused on the main thread. */
  uLock(): void {
    this.#uLockFor("uLock", Number.POSITIVE_INFINITY);
  }

  /** Takes the upgradable lock if that needs no waiting; never sleeps. */
  tryULock(): boolean {
    return this.enterNow(UPGRADE_LATER) || (this.takeBack(hasEnded) && this.enterNow(UPGRADE_LATER));
  }

  /** Takes the upgradable lock if that succeeds within `timeoutMs` milliseconds; returns whether it did. */
  tryULockFor(timeoutMs: number): boolean {
    checkTimeout(`${this.label}.tryULockFor`, timeoutMs);
    return this.#uLockFor("tryULockFor", timeoutMs);
  }

  /** Takes the upgradable lock without blocking the thread; resolves to false after `timeoutMs`, rejects when aborted. */
  async uLockAsync(options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout(`${this.label}.uLockAsync`, options.timeoutMs);
    options.signal?.throwIfAborted();
    return this.enterNow(UPGRADE_LATER) || parkTask(this.words, this.path(UPGRADE_LATER), options);
  }

  /** Undoes `uLock` (after an `upgrade`: `downgrade` first, or `unlock` instead). */
  uUnlock(): void {
    this.#checkUpgradable("uUnlock", "UUnlock");
    this.leave(UPGRADABLE);
  }

  /** Turns `uLock` into `lock`; waits for the readers inside and keeps new ones out. Refused on the main thread. */
  upgrade(): void {
    this.#upgradeFor("upgrade", Number.POSITIVE_INFINITY);
  }

  /** Upgrades if no reader is inside; never sleeps. */
  tryUpgrade(): boolean {
    this.#checkUpgradable("tryUpgrade", "Upgrade");
    return this.#becomeWriter() || (this.takeBack(hasEnded) && this.#becomeWriter());
  }

  /** Upgrades if the readers inside leave within `timeoutMs` milliseconds; else keeps the `uLock` and returns false. */
  tryUpgradeFor(timeoutMs: number): boolean {
    checkTimeout(`${this.label}.tryUpgradeFor`, timeoutMs);
    return this.#upgradeFor("tryUpgradeFor", timeoutMs);
  }

  /** Upgrades without blocking the thread; resolves to false after `timeoutMs`, rejects when aborted; then keeps `uLock`. */
  async upgradeAsync(options: WaitOptions = {}): Promise<boolean> {
    if (options.timeoutMs !== undefined) checkTimeout(`${this.label}.upgradeAsync`, options.timeoutMs);
    options.signal?.throwIfAborted();
    this.#checkUpgradable("upgradeAsync", "Upgrade");
    return this.#becomeWriter() || parkTask(this.words, this.#drain(), options);
  }

  /** Turns `lock` into `uLock`: readers get in, and nobody writes in between. */
  downgrade(): void {
    this.checkWriter("downgrade", "Downgrade");
    // ORDER: release; pairs with the addition in enterRead.
    const before = Atomics.xor(this.words, STATE, WRITER | UPGRADABLE);
    if ((before & WAITING_MASK) !== 0) Atomics.notify(this.words, STATE);
  }

  /** Runs `body` with the upgradable lock held, also if it upgrades; unlocks when it throws. `body` must not be async. */
  withUpgradable<R>(body: () => R): R {
    this.uLock();
    try {
      return body();
    } finally {
      this.#leaveEither();
    }
  }

  /** Like `withUpgradable` for the event loop: waits without blocking the thread; `body` may be async. */
  async withUpgradableAsync<R>(
    body: () => R | Promise<R>,
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<R> {
    await this.uLockAsync({ signal: options.signal });
    try {
      return await body();
    } finally {
      this.#leaveEither();
    }
  }

  protected override get isReading(): boolean {
    return super.isReading || this.#hasUpgradable;
  }

  protected override get readerHolds(): string {
    return this.#hasUpgradable ? "holds the upgradable lock (use upgrade)" : super.readerHolds;
  }

  get #hasUpgradable(): boolean {
    return this.holder === thisThread && this.isUpgradable;
  }

  #leaveEither(): void {
    if (this.#hasUpgradable) this.uUnlock();
    else this.unlock();
  }

  #uLockFor(call: string, timeoutMs: number): boolean {
    checkMayBlock(`${this.label}.${call}`, "await rwMutex.uLockAsync()");
    if (this.enterNow(UPGRADE_LATER)) return true;
    if (this.holder === thisThread) throw this.selfWait(call, "holds this lock already");
    return this.sleep(call, "upgradable", this.path(UPGRADE_LATER), timeoutMs);
  }

  #upgradeFor(call: string, timeoutMs: number): boolean {
    checkMayBlock(`${this.label}.${call}`, "await rwMutex.upgradeAsync()");
    this.#checkUpgradable(call, "Upgrade");
    if (this.#becomeWriter()) return true;
    if (super.isReading) throw this.selfWait(call, "holds a read lock too");
    return this.sleep(call, "upgrade", this.#drain(), timeoutMs);
  }

  #checkUpgradable(call: string, goWord: string): void {
    if (!this.#hasUpgradable) throw this.notMine(call, goWord);
  }

  /** Enters for writing if no reader is inside. */
  #becomeWriter(): boolean {
    const seen = Atomics.load(this.words, STATE); // ORDER: none needed; the compare-exchange decides
    if (readersIn(seen) > 0) return false;
    const next = (seen | WRITER) & ~UPGRADABLE;
    // ORDER: acquire; pairs with the subtraction in rUnlock.
    return Atomics.compareExchange(this.words, STATE, seen, next) === seen;
  }

  *#drain(): SlowPath {
    const words = this.words;
    for (let ended = hasEnded, looks = 0; ; ) {
      const seen = Atomics.or(words, STATE, WRITER) | WRITER; // I2. ORDER: before the sleep; pairs with rUnlock
      if (readersIn(seen) === 0) {
        if (this.#becomeWriter()) return true;
        continue;
      }
      if (this.slots.bury(ended)) continue;
      const wake = yield [STATE, seen, lookAfter(looks)];
      ended = wake === "look" ? noticeEnd : hasEnded;
      if (wake === "look") looks++;
      if (wake !== "timed-out") continue;
      if (this.#becomeWriter()) return true; // the last reader may have left meanwhile
      // ORDER: none needed; nothing was written.
      Atomics.and(words, STATE, ~WRITER);
      Atomics.notify(words, STATE);
      return false;
    }
  }
}
