// Deadlock: how the Ms of a run find out that all of them sleep and nobody can ever wake one.
//
// That all bits in IDLE_MS are set does not say it: an M whose bit is set may still be on its way to its last look, and find a
// goroutine in its inbox that came before the bit, whose sender told nobody and sleeps by now. So an M also says that it has looked.
//
// Invariants:
//  I1. An M is settled when it has set its bit in IDLE_MS, looked at every queue after that, found nothing, and has no timer. It
//      says so in SETTLED: the low bits count the settled Ms, the rest counts how often one went on.
//  I2. An M that was woken takes itself out of SETTLED before it does anything else. Its bit is clear from the moment somebody
//      decided to wake it (wake.ts, I2), and it sets it only after that.
//  I3. If all were settled before a look at IDLE_MS and SETTLED has not changed after it, then nobody ran in between, and a bit that
//      is set belongs to an M that nobody is about to wake. Every queue is empty: who put something in was awake, and looked
//      afterwards, at its own inbox and at all that anybody may take; into the inbox of an M that had looked it came with a
//      wake-up. So it is a deadlock.
//  I4. The last M to settle finds it.
//
// Source: Mattern, Algorithms for distributed termination detection (1987): count, look, and see that the count has not moved. Go's
// checkdead (src/runtime/proc.go) needs none of this: it runs under the scheduler's lock.

import { S } from "./layout.js";
import { bits } from "./wake.js";

/** More than there are Ms. */
const COUNT_MASK = 63;
const ONE_WENT_ON = COUNT_MASK + 1;

/** I1. The M has looked and found nothing. */
export function settle(i32: Int32Array): void {
  Atomics.add(i32, S.SETTLED, 1); // ORDER: after the last look; pairs with the loads in areAllSettled
}

/** I2. It was woken. */
export function goOn(i32: Int32Array): void {
  Atomics.add(i32, S.SETTLED, ONE_WENT_ON - 1); // ORDER: before it does anything else; pairs with the loads in areAllSettled
}

/** True when all Ms sleep for ever (I3). */
export function areAllSettled(i32: Int32Array): boolean {
  const settled = Atomics.load(i32, S.SETTLED); // ORDER: before the looks at the bits
  const all = Atomics.load(i32, S.ALL_MS);
  if ((settled & COUNT_MASK) !== bits(all) || Atomics.load(i32, S.IDLE_MS) !== all) return false;
  return Atomics.load(i32, S.SETTLED) === settled; // ORDER: after the looks at the bits
}
