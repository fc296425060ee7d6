// Lock advice: the next step where goroutines wait for a lock: a circle of locks, a holder that waits for something else,
// or one that has ended.

import { type G, Status } from "../runtime/index.js";
import type { Waiting } from "./deadlockwaits.js";
import { NEXT } from "./waitadvice.js";
import { called } from "./words.js";

/** What to do about the locks in `all`; undefined when they are not what keeps everybody waiting. */
export function lockAdvice(all: readonly Waiting[]): string | undefined {
  const locks = all.filter((w) => w.isLock);
  const byG = new Map(locks.map((w) => [w.g, w]));
  if (locks.some((w) => isInCircle(w, byG))) return "next: take the locks in one order everywhere.";
  const holders = new Set(locks.flatMap((w) => w.wakers));
  const keeper = all.find((w) => !w.isLock && holders.has(w.g));
  if (keeper !== undefined) {
    const { g, kind } = keeper;
    return `next: ${called(g)} waits (${kind.wait}) and keeps a lock that others wait for: let go of the lock before you wait.`;
  }
  const hasEnded = [...holders].some((g) => g.status === Status.DEAD);
  return hasEnded ? NEXT.unlock : undefined;
}

/** True when those who could give `start` its lock wait for locks themselves, one for the other, and at last for `start`. */
function isInCircle(start: Waiting, byG: ReadonlyMap<G, Waiting>): boolean {
  const seen = new Set<G>();
  const open = [...start.wakers];
  for (let g = open.pop(); g !== undefined; g = open.pop()) {
    if (g === start.g) return true;
    if (seen.has(g)) continue;
    seen.add(g);
    open.push(...(byG.get(g)?.wakers ?? []));
  }
  return false;
}
