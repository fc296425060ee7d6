// Held: which locks every goroutine holds. For reports only: races are decided by order, not by locks.

import type { Edge, G, Operable } from "../runtime/index.js";

/** What operations that take a lock order (opkind.ts). */
export const LOCKS: ReadonlySet<Edge | undefined> = new Set<Edge>(["lock", "rLock"]);

/** A lock that somebody holds. */
export interface Held {
  readonly lock: Operable;
  readonly isShared: boolean;
}

export class HeldLocks {
  readonly #of = new Map<G, Held[]>();

  /** The locks that `g` holds, in the order in which it took them. */
  of(g: G): readonly Held[] {
    return this.#of.get(g) ?? [];
  }

  locked(g: G, lock: Operable, isShared: boolean): void {
    const held = this.#of.get(g);
    if (held === undefined) this.#of.set(g, [{ lock, isShared }]);
    else if (isShared || !held.some((h) => h.lock === lock && !h.isShared)) held.push({ lock, isShared });
  }

  /** `g` unlocks; what somebody else had locked is taken from them. */
  unlocked(g: G, lock: Operable, isShared: boolean): void {
    if (this.#remove(g, lock, isShared)) return;
    for (const other of this.#of.keys()) if (this.#remove(other, lock, isShared)) return;
  }

  #remove(g: G, lock: Operable, isShared: boolean): boolean {
    const held = this.#of.get(g);
    if (held === undefined) return false;
    for (let i = held.length - 1; i >= 0; i--) {
      const { lock: own, isShared: ownIsShared } = held[i] as Held;
      if (own !== lock || ownIsShared !== isShared) continue;
      held.splice(i, 1);
      if (held.length === 0) this.#of.delete(g);
      return true;
    }
    return false;
  }
}
