// Pause: what a thread does that finds a channel full or empty, before it sleeps.
//
// A sleep and its wake-up take 10 to 50 us, and the other side pays for the wake-up. So a thread first stays away for less than that,
// three times. It looks at nothing meanwhile: the other side fills or empties many cells undisturbed, instead of handing on a line
// for each.
//
// Rejected: to sleep at once (an item through a Ring of 128 took twice as long); to look all the time, as spinning does (the same).

/** How long a thread stays away at first. */
export const FIRST_PAUSE_US = 2;
const TIMES = 3;
const MOST_US = 8;

/** Stays away for the `times`-th time, counted from 0: `firstUs`, then twice as long, up to 8 us; false, at once, when it is time to sleep. */
export function pause(times: number, firstUs: number = FIRST_PAUSE_US): boolean {
  if (times >= TIMES) return false;
  const untilMs = performance.now() + Math.min(MOST_US, firstUs * 2 ** times) / 1000;
  while (performance.now() < untilMs);
  return true;
}
