// stealWork: an idle P takes half of somebody's ring.
//
// Source: Go src/runtime/proc.go (stealWork, randomOrder).

import type { P } from "./proc.js";
import type { Random } from "./random.js";

const PASSES = 4;

/**
 * Moves half of a ring into `thief`, whose own is empty; false when nobody had anything. The others are asked in a
 * random order, up to four times round; only the last time may a victim's `runnext` be taken.
 */
export function stealWork(ps: readonly P[], thief: P, random: Random): boolean {
  const n = ps.length;
  if (n === 1) return false;
  for (let pass = 0; pass < PASSES; pass++) {
    let at = random.below(n);
    const stride = coprime(n, random);
    for (let i = 0; i < n; i++, at = (at + stride) % n) {
      const victim = ps[at] as P;
      if (victim !== thief && victim.stolenBy(thief, pass === PASSES - 1) > 0) return true;
    }
  }
  return false;
}

/** A random step with which a walk over `n` Ps meets each once. */
function coprime(n: number, random: Random): number {
  const steps = Array.from({ length: n }, (_, i) => i + 1).filter((k) => gcd(k, n) === 1);
  return steps[random.below(steps.length)] as number;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
