// Pause: what a thread does that finds a channel full or empty, before it sleeps.
//
// A sleep and its wake-up take 10 to 50 us, and the other side pays for the wake-up. So a thread first stays away for less than that,
// a few times. It looks at nothing meanwhile: the other side fills or empties several cells undisturbed, instead of handing on a
// line for each.
//
// Rejected: to sleep at once (an item through a Ring of 128 took twice as long); to look all the time, as spinning does (the same).

/** How long a thread stays away, one time after the other. */
const PAUSES_US = [2, 4, 8];

/** Stays away for the `times`-th time, counted from 0; false, at once, when it is time to sleep. */
export function pause(times: number): boolean {
  const us = PAUSES_US[times];
  if (us === undefined) return false;
  const untilMs = performance.now() + us / 1000;
  while (performance.now() < untilMs);
  return true;
}
