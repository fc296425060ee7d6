// Vector clocks, and epochs: one entry of a vector clock as one number.
//
// A vector clock says, for every slot (a goroutine, see slots.ts), up to which of its epochs everything is known to
// have happened. It is a plain array that is as long as the highest slot known; what lies beyond is 0.
//
// Source: C. Flanagan, S. Freund, FastTrack: Efficient and Precise Dynamic Race Detection (2009).

/** As many slots as ThreadSanitizer has. A power of two, so that an epoch is one small integer for a long time. */
export const SLOTS = 256;

/** Entries by slot. */
export type Clock = number[];

/** A slot's time as one number; 0 is no time at all, since times begin at 1. */
export type Epoch = number;

/** The epoch at `time` of `slot`. */
export function epochOf(slot: number, time: number): Epoch {
  return time * SLOTS + slot;
}

/** The slot of an epoch. */
export function slotOf(epoch: Epoch): number {
  return epoch % SLOTS;
}

/** The time of an epoch in its slot. */
export function timeOf(epoch: Epoch): number {
  return Math.floor(epoch / SLOTS);
}

/** True when `clock` knows of `epoch`. */
export function knows(clock: Clock, epoch: Epoch): boolean {
  const slot = epoch % SLOTS;
  return slot < clock.length && Math.floor(epoch / SLOTS) <= (clock[slot] as number);
}

/** Makes `into` know what `from` knows. O(slots known). */
export function join(into: Clock, from: Clock): void {
  const { length } = from;
  for (let i = into.length; i < length; i++) into.push(0);
  for (let i = 0; i < length; i++) {
    const time = from[i] as number;
    if (time > (into[i] as number)) into[i] = time;
  }
}

/** Makes `into` know of `slot` up to `time`. */
export function learn(into: Clock, slot: number, time: number): void {
  for (let i = into.length; i <= slot; i++) into.push(0);
  if (time > (into[slot] as number)) into[slot] = time;
}
