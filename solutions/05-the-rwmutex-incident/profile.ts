// exercise: 05-the-rwmutex-incident/profile
// Orders stall twice a second. The block profile of this program says at which of its three
// locks. Name it, then change `reload` until no order waits for the fetch; on real threads.
// Check: npx hb check 05-the-rwmutex-incident/profile
// Fails: `culprit` names no lock yet
import type * as locks from "happens-before/threads";

/** What all threads of the order centre share. */
export interface Centre {
  readonly stats: locks.Mutex;
  /** Orders taken so far, at index 0. */
  readonly taken: Int32Array;
  readonly prices: locks.RWMutex;
  readonly list: Float64Array;
  readonly journal: locks.Mutex;
}

// `journal` is held as long as `prices`, but no order wants it; `stats` is wanted most, and held for an instant.
export const culprit: keyof Centre | "?" = "prices";

/** Takes one order; returns the sum of its first and last price. Many threads at once. */
export function order({ stats, taken, prices, list }: Centre): number {
  stats.lock();
  taken[0]!++;
  stats.unlock();
  prices.rLock();
  const sum = list[0]! + list[list.length - 1]!;
  prices.rUnlock();
  return sum;
}

/** Replaces the list by what `fetch` returns, which takes long, and may throw. */
export function reload({ prices, list, journal }: Centre, fetch: () => Float64Array): void {
  journal.withLock(() => {
    const next = fetch(); // orders go on; if it throws, `journal` is unlocked and the list is as it was
    prices.withWrite(() => list.set(next));
  });
}
