// DeadlockDetector: partial deadlocks, which Go's runtime does not see: some goroutines wait for each other, or for
// nobody, while others still run.
//
// Looked for when a run is over that did not end in order: it ran out of steps, or main has returned and somebody is
// left. In the second case only a cycle of locks counts; a goroutine that is merely left behind is a leak.
//
// Invariants:
//  I1. `stuck` is the greatest set in which everybody waits and nobody outside, alive, could wake any of them:
//      whoever can be woken is taken out until nothing changes. Main, as long as it can act, may know of any channel:
//      it made or was given what the others share, even if it has not used it yet.
//
// Rejected: asking while the program runs. Who has not used a channel yet may still be about to.

import type { Finding } from "../event/index.js";
import { type G, type Runtime, Status, stackOf } from "../runtime/index.js";
import { deadlockText } from "./deadlocktext.js";
import type { Waiting } from "./deadlockwaits.js";
import { waitData } from "./waitdata.js";
import { WaitWatcher } from "./waitwatcher.js";

/** More goroutines than this are not looked at one by one: the sets would be too large to follow. */
const MOST_WAITING = 5_000;

/** Finds partial deadlocks. Made for `detect: ["deadlock"]`. */
export class DeadlockDetector extends WaitWatcher {
  /** Nothing is wrong where nobody waits; and where somebody does, it will be asked. */
  override get hasFindings(): boolean {
    return false;
  }

  override findings(rt: Runtime): Finding[] {
    const isOutOfSteps = rt.ending?.why === "out-of-steps";
    if (!isOutOfSteps && (rt.ending !== null || !rt.mainIsDone)) return [];
    const waiting = this.waits.all(rt);
    if (waiting.length === 0 || waiting.length > MOST_WAITING) return [];
    const all = stuck(waiting);
    const found = isOutOfSteps ? all : inCycles(all);
    if (found.length === 0) return [];
    return [
      {
        verdict: "partial-deadlock",
        message: deadlockText(rt, found, this.waits),
        goroutines: found.map((w) => w.g.id),
        at: found.flatMap((w) => stackOf(w.g).slice(0, 1)),
        waits: waitData(rt, found, this.waits),
      },
    ];
  }

  override details(rt: Runtime, { verdict, message }: Finding): Partial<Finding> {
    if (verdict !== "global-deadlock" && verdict !== "leak") return {};
    const waiting = this.waits.all(rt);
    if (waiting.length === 0 || waiting.length > MOST_WAITING) return {};
    const waits = waitData(rt, waiting, this.waits);
    if (verdict === "leak") return { waits };
    return { waits, message: deadlockText(rt, waiting, this.waits, message) };
  }
}

/** I1 */
export function stuck(waiting: readonly Waiting[]): Waiting[] {
  const left = new Map(waiting.map((w) => [w.g, w]));
  const canAct = (g: G): boolean => g.status !== Status.DEAD && !left.has(g);
  const main = waiting[0]?.g.rt.main ?? null;
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const { g, objects, isLock, wakers } of left.values()) {
      // A lock without a holder has been handed to somebody who is about to run.
      const isFree = isLock
        ? wakers.every(canAct)
        : wakers.some(canAct) || (objects.length > 0 && main !== null && canAct(main));
      if (isFree) left.delete(g);
    }
  }
  return [...left.values()];
}

/** Those who wait for a lock that, through other locks, waits for themselves; and who waits for one of those. */
function inCycles(all: readonly Waiting[]): Waiting[] {
  const locks = new Map(all.filter((w) => w.isLock).map((w) => [w.g, w]));
  const reaches = (from: Waiting, goal: (w: Waiting) => boolean): boolean => {
    const seen = new Set<G>();
    const next = [...from.wakers];
    for (let g = next.pop(); g !== undefined; g = next.pop()) {
      const w = locks.get(g);
      if (w === undefined || seen.has(g)) continue;
      if (goal(w)) return true;
      seen.add(g);
      next.push(...w.wakers);
    }
    return false;
  };
  const cycle = new Set([...locks.values()].filter((w) => reaches(w, (other) => other.g === w.g)));
  return [...locks.values()].filter((w) => cycle.has(w) || reaches(w, (other) => cycle.has(other)));
}
