// Inbox: through which others give an M, or the host, what belongs to it; many push, the owner takes all.
//
// Source: Treiber, Systems Programming: Coping with Parallelism (1986). Heads are only swapped in, and all are taken at once,
// so there is no ABA.

import { G, M } from "./layout.js";
import type { Words } from "./words.js";

/** Puts a goroutine into the inbox of M `owner`. */
export function pushInbox(words: Words, owner: number, address: number): void {
  const { i32 } = words;
  const inbox = words.m(owner) + M.INBOX;
  for (;;) {
    const first = Atomics.load(i32, inbox); // ORDER: none needed; the compare-exchange decides
    i32[address + G.NEXT] = first;
    // ORDER: release; pairs with the exchange of who empties it.
    if (Atomics.compareExchange(i32, inbox, first, address) === first) return;
  }
}

/** Takes all out of the inbox of M `owner`; returns the first that came, linked by G.NEXT, or 0. */
export function takeInbox(words: Words, owner: number): number {
  const { i32 } = words;
  let newest = Atomics.exchange(i32, words.m(owner) + M.INBOX, 0); // ORDER: acquire; pairs with pushInbox
  let oldest = 0;
  while (newest !== 0) {
    const older = i32[newest + G.NEXT] as number;
    i32[newest + G.NEXT] = oldest;
    oldest = newest;
    newest = older;
  }
  return oldest;
}
