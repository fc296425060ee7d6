// Inbox: through which others give an M what belongs to it, and an M gives the host what has ended: a stack; who reads it takes all.
//
// Source: Treiber, Systems Programming: Coping with Parallelism (1986). Heads are only swapped in, and all are taken at once,
// so there is no ABA.

import { G } from "./layout.js";

/** Puts the record at `address` into the box whose head is the word at `box`. */
export function pushBox(i32: Int32Array, box: number, address: number): void {
  for (let first = i32[box] as number; ; ) {
    i32[address + G.NEXT] = first;
    // ORDER: release; pairs with the exchange of who empties it. What was read plainly before it is only a guess.
    const seen = Atomics.compareExchange(i32, box, first, address);
    if (seen === first) return;
    first = seen;
  }
}

/** Takes all out of a box; returns the first that came, linked by G.NEXT, or 0. */
export function takeBox(i32: Int32Array, box: number): number {
  let newest = Atomics.exchange(i32, box, 0); // ORDER: acquire; pairs with pushBox
  let oldest = 0;
  while (newest !== 0) {
    const older = i32[newest + G.NEXT] as number;
    i32[newest + G.NEXT] = oldest;
    oldest = newest;
    newest = older;
  }
  return oldest;
}
