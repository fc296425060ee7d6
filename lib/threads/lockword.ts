// LockWord: the algorithm of a lock in one word of shared memory: normal and starvation mode, and an owner that died.
//
// The word is 0 when free, else the owner's number and flags. MutexWord has the fast path: one compare-exchange from 0, one
// back to 0. Everything else is here, so a flag that stays in a free word sends every caller here.
//
//   CONTENDED  somebody may be asleep
//   POISONED   an owner ended with the lock held; stays until `clearPoison`
//   STARVING   a waiter has waited 1 ms: the lock is handed over, newcomers stand in line
//   WATCHED    the lock takes part in the lock graph (lockgraph.ts)
//
// Invariants:
//  I1. A thread sleeps only after it has stored CONTENDED, and an unlock that finds CONTENDED notifies, so no
//      wake-up is lost.
//  I2. A thread that has slept takes the lock with CONTENDED set: others may still be asleep, it cannot know.
//  I3. Only the owner changes a taken word, except for setting flags and, when the owner has ended, for taking the
//      word over with one compare-exchange from the value seen. So "not mine" needs no second look.
//  I4. Normal mode: whoever comes takes a free word (barging), which keeps a busy lock fast.
//      Starvation mode, while STARVING is set: unlock leaves STARVING in the free word, which is thereby *reserved*,
//      and wakes the head of the line. Only who has slept takes a reserved word; newcomers go to the end of the line.
//      So between the moment STARVING is set and a waiter's turn, only those in line before it come first.
//  I5. Back to normal: who waited less than 1 ms takes a reserved word without STARVING; and an unlock that finds
//      nobody asleep frees the word.
//  I6. A reserved word is never lost: each sleeper looks again after a while (roster.ts) and may take it, also when
//      the one it was meant for has given up or ended.
//
// Source: Drepper, "Futexes Are Tricky" (2011), mutex 2; the two modes of Go's src/internal/sync/mutex.go; the owner in the word
// as in Linux' PI futexes; the repair after POSIX' robust mutexes (EOWNERDEAD). Differs from Go: the line is the futex's, so
// a waiter keeps its place between two looks at the owner (50 ms, then twice as long each time), not beyond.
// Rejected: two states (every unlock notifies: 49 ns against 17). A starvation mode that only wakes the head and frees
// the word: who runs wins against who is woken (a planted bug in the tests).

import { casFailed } from "./casfailures.js";
import type { SlowPath } from "./park.js";
import { hasEnded, lookAfter, noticeEnd } from "./roster.js";
import { thisThread } from "./thread.js";

export const FREE = 0;
export const CONTENDED = 1;
export const POISONED = 2;
export const STARVING = 4;
export const WATCHED = 8;
const OWNER_SHIFT = 4;
const FLAGS = (1 << OWNER_SHIFT) - 1;
/** Flags that stay when the lock is freed. */
const LASTING = POISONED | WATCHED;
/** This thread as an owner. */
export const SELF = (thisThread + 1) << OWNER_SHIFT;
const STARVATION_MS = 1;

/** The thread that holds a lock word, or -1. */
export function ownerOf(word: number): number {
  return (word >> OWNER_SHIFT) - 1;
}

/** True when this thread holds the word. */
export function isMine(word: number): boolean {
  return (word & ~FLAGS) === SELF;
}

/**
 * Takes the lock if that is possible now; the owner may have ended (I3).
 * @param hasSlept whether the caller stood in line @param isStarving whether it did so for 1 ms
 */
export function tryTake(words: Int32Array, word: number, hasSlept = false, isStarving = false): boolean {
  for (;;) {
    const seen = Atomics.load(words, word); // ORDER: none needed; the compare-exchange below decides
    let next = SELF | (seen & LASTING) | (hasSlept ? CONTENDED : 0); // I2
    if ((seen & ~FLAGS) !== FREE) {
      if (!hasEnded(ownerOf(seen))) return false;
      next |= POISONED | (seen & (CONTENDED | STARVING));
    } else if ((seen & STARVING) !== 0) {
      if (!hasSlept) return false; // I4
      if (isStarving) next |= STARVING; // I5
    }
    // I3. ORDER: acquire; pairs with the compare-exchanges in MutexWord.unlock and in release.
    if (Atomics.compareExchange(words, word, seen, next) === seen) return true;
    casFailed();
  }
}

/** Waits for the lock and takes it. */
export function* acquire(words: Int32Array, word: number): SlowPath {
  let hasSlept = false;
  let beganMs = 0;
  let looks = 0;
  for (;;) {
    const isStarving = hasSlept && performance.now() - beganMs >= STARVATION_MS;
    if (tryTake(words, word, hasSlept, isStarving)) return true;
    const seen = Atomics.load(words, word); // ORDER: none needed; the compare-exchange below decides
    if ((seen & ~FLAGS) === FREE && (hasSlept || (seen & STARVING) === 0)) continue; // freed since
    const marked = seen | CONTENDED | (isStarving ? STARVING : 0);
    // I1. ORDER: none needed; it publishes no data, the unlocker's compare-exchange fails on it and looks.
    if (seen !== marked && Atomics.compareExchange(words, word, seen, marked) !== seen) continue;
    if (beganMs === 0) beganMs = performance.now();
    const wake = yield [word, marked, lookAfter(looks)];
    if (wake !== "not-equal") hasSlept = true; // else it never stood in line: it must not take what is reserved
    if (wake === "timed-out") return tryTake(words, word, true); // what was reserved may have been for us (I6)
    if (wake === "look" && !noticeEnd(ownerOf(marked))) looks++;
  }
}

/** Frees the word that this thread holds, or hands it over, and wakes one sleeper; `flags` are added. */
export function release(words: Int32Array, word: number, flags = 0): void {
  for (;;) {
    const seen = Atomics.load(words, word); // ORDER: none needed; I3
    const free = flags | (seen & LASTING) | ((seen & STARVING) === 0 ? FREE : STARVING | CONTENDED); // I4
    // ORDER: release; pairs with the compare-exchanges in MutexWord.lock and in tryTake.
    if (Atomics.compareExchange(words, word, seen, free) !== seen) {
      casFailed();
      continue;
    }
    if ((seen & CONTENDED) === 0 || Atomics.notify(words, word, 1) > 0) return; // I1
    // I5. ORDER: release; as above. Who came to stand in line since then sleeps on the reserved word: it is woken.
    if (free !== (free & LASTING) && Atomics.compareExchange(words, word, free, free & LASTING) === free)
      Atomics.notify(words, word, 1);
    return;
  }
}
