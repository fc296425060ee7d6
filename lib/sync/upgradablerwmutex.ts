// UpgradableRWMutex: readers, one reader that may become the writer, or one writer.
//
// Invariants: those of admission.ts.
//
// Source: the upgradable read of parking_lot (Rust) and of boost::upgrade_mutex. Why there is a mode of its own: if
// every reader could upgrade, two of them would wait for each other to leave, for ever:
//
//   yield* rw.rLock(); … yield* rw.lock(); // wrong with any RW lock: it waits for its own read lock
//
// With one upgradable holder at a time there is nobody to wait for but plain readers, and these leave.

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

const R_LOCK: OpKind = { name: "rLock", wait: "sync.UpgradableRWMutex.RLock", edge: "rLock" };
const R_UNLOCK: OpKind = { name: "rUnlock", wait: "", edge: "rUnlock" };
const U_LOCK: OpKind = { name: "uLock", wait: "sync.UpgradableRWMutex.ULock" };
const U_UNLOCK: OpKind = { name: "uUnlock", wait: "" };
const UPGRADE: OpKind = { name: "upgrade", wait: "sync.UpgradableRWMutex.Upgrade" };
const TRY_UPGRADE_FOR: OpKind = { name: "tryUpgradeFor", wait: "sync.UpgradableRWMutex.Upgrade" };
const DOWNGRADE: OpKind = { name: "downgrade", wait: "" };
const LOCK: OpKind = { name: "lock", wait: "sync.UpgradableRWMutex.Lock", edge: "lock" };
const UNLOCK: OpKind = { name: "unlock", wait: "", edge: "unlock" };

/** What an operation takes or needs, and its name in Go's style for the text of its misuse. */
const MODE_OF = new Map<OpKind, readonly [Mode, string]>([
  [R_LOCK, [Mode.READ, ""]],
  [U_LOCK, [Mode.UPGRADABLE, ""]],
  [LOCK, [Mode.WRITE, ""]],
  [R_UNLOCK, [Mode.READ, "RUnlock"]],
  [U_UNLOCK, [Mode.UPGRADABLE, "UUnlock"]],
  [UNLOCK, [Mode.WRITE, "Unlock"]],
  [UPGRADE, [Mode.UPGRADABLE, "Upgrade"]],
  [TRY_UPGRADE_FOR, [Mode.UPGRADABLE, "Upgrade"]],
  [DOWNGRADE, [Mode.WRITE, "Downgrade"]],
]);

/**
 * A reader/writer lock with a third way in: `uLock` reads beside other readers and may `upgrade` to writing without
 * letting go, so what it has read still holds. First come, first served.
 *
 * **Happens-before:** `unlock` and `downgrade` synchronize before any later `rLock`, `uLock` and `lock`; `rUnlock`
 * and `uUnlock` before the next `lock`; `rUnlock` also before the `upgrade` that waited for it.
 * **Cost:** O(1), and O(readers woken) for what lets readers in.
 *
 * @throws {FatalError} `sync: RUnlock of unlocked UpgradableRWMutex`; the same with `UUnlock`, `Unlock`, `Upgrade`
 * (not held by `uLock`), `Downgrade` (not held for writing)
 * @example
 * await run(function* () {
 *   const rw = new UpgradableRWMutex();
 *   const cache = new Map<string, number>();
 *   yield* rw.uLock();
 *   if (!cache.has("a")) {
 *     yield* rw.upgrade(); // nobody wrote in between: no second look is needed
 *     cache.set("a", 1);
 *     rw.downgrade();
 *   }
 *   console.log(cache.get("a"), rw.tryRLock()); // prints: 1 true
 *   rw.uUnlock();
 * });
 */
export class UpgradableRWMutex implements Operable, Leavable {
  readonly label = "upgradablerwmutex";
  readonly #inside = new Admission();

  /** Locks for reading. */
  rLock(): Op<void> {
    if (current.isFast && this.tryRLock()) return ready(R_LOCK, undefined);
    return operate(R_LOCK, this, undefined);
  }

  /** Locks for reading if no writer is inside or upgrading and nobody waits. */
  tryRLock(): boolean {
    const isIn = this.#inside.tryEnter(Mode.READ);
    if (isIn) noticed(R_LOCK, this);
    return isIn;
  }

  /** Undoes one `rLock`. */
  rUnlock(): Step {
    return step(R_UNLOCK, this, undefined);
  }

  /** Locks for reading with the right to upgrade; one goroutine at a time. */
  uLock(): Op<void> {
    return operate(U_LOCK, this, undefined);
  }

  /** Takes the upgradable lock if that needs no waiting. */
  tryULock(): boolean {
    return this.#inside.tryEnter(Mode.UPGRADABLE);
  }

  /** Undoes `uLock` (after an `upgrade`: `downgrade` first, or `unlock` instead). */
  uUnlock(): Step {
    return step(U_UNLOCK, this, undefined);
  }

  /** Turns `uLock` into `lock`; waits for the readers inside and keeps new ones out. */
  upgrade(): Op<void> {
    return operate(UPGRADE, this, undefined);
  }

  /** Upgrades if the readers inside leave within `limit`; otherwise keeps the `uLock` and says false. */
  tryUpgradeFor(limit: WaitLimit): Op<boolean> {
    checkLimit("UpgradableRWMutex.tryUpgradeFor", limit);
    return operate(TRY_UPGRADE_FOR, this, limit);
  }

  /** Turns `lock` into `uLock`: readers get in, and nobody wrote in between. */
  downgrade(): Step {
    return step(DOWNGRADE, this, undefined);
  }

  /** Locks for writing. */
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

  /** Unlocks for writing. */
  unlock(): Step {
    return step(UNLOCK, this, undefined);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const [mode, word] = MODE_OF.get(kind) as readonly [Mode, string];
    if (word === "") return this.#inside.enter(g, mode);
    if (!this.#inside.holds(mode)) g.rt.fatal(`sync: ${word} of unlocked UpgradableRWMutex`);
    if (kind === UPGRADE) return this.#inside.upgrade(g);
    if (kind === TRY_UPGRADE_FOR) {
      const attempt = (): boolean => this.#inside.tryUpgrade();
      return performFor(g, this, arg as WaitLimit, attempt, () => this.#inside.upgrade(g));
    }
    if (kind === DOWNGRADE) this.#inside.downgrade();
    else this.#inside.exit(mode);
    return true;
  }

  /** For waits with a limit. */
  leave(g: G): boolean {
    return this.#inside.leave(g);
  }
}
