// RWState: the word in which a reader-writer lock counts, and where its other words lie. Common to all variants.
//
//   31 … 16   readers inside (a reader adds its one, then looks at what was there before)
//   15 … 3    who waits: readers behind a writer, or everybody in the line of a lock that serves in order
//   2         the variant's own mark: DRAINING (readers first), UPGRADABLE (in order)
//   1         PHASE: changes when a leaving writer gives the lock to the readers that waited
//   0         WRITER: a writer is inside, or has announced itself
//
// Invariants:
//  I1. More than 32,767 readers make the word negative, and that counts as closed: nobody comes in by overflow.
//  I2. A thread may be ended between any two steps. What readers add and take is noted around each step in their thread's
//      slot (readerslots.ts, I3); WRITER is changed only by who is named in another word, before and after (rwgate.ts,
//      rworder.ts). So whatever a dead thread left here can be told from what the living hold.

import { LINE_BYTES } from "./memory.js";

const LINE_WORDS = LINE_BYTES / 4;

/** The word that counts. */
export const STATE = 1;
/** How many slots of readers there are. */
export const SLOT_COUNT = 3;
/** How many of them have ever been in use: writers look no further. */
export const SLOTS_USED = 4;
/** Where the slots begin, in words. */
export const SLOTS_AT = 5;
/** 1 once a writer has died inside. */
export const POISON = 6;
/** The lock of who takes back what dead readers held. */
export const BURIER = 7;
/** The lock's number in the lock graph; 0 until somebody watches. */
export const NAME = 8;

/** The second line belongs to writers and to those who wait; readers that do not wait leave it alone. */
export const WRITERS_LINE = LINE_WORDS;
export const HEADER_BYTES = 2 * LINE_BYTES;

export const WRITER = 1;
export const PHASE = 2;
export const OWN_MARK = 4;
export const WAITING = 8;
export const WAITING_MASK = 0xfff8;
export const READER = 0x10000;
/** The sign: 32,768 readers or more (I1). */
const FULL = -0x8000_0000;

/** What keeps readers out. */
export const CLOSED = FULL | WRITER | WAITING_MASK;
/** What makes the last reader that leaves look for somebody to wake. */
export const HAS_WAITERS = WRITER | OWN_MARK | WAITING_MASK;

/** How many readers `state` counts. */
export function readersIn(state: number): number {
  return state >>> 16;
}

/** How many wait, as `state` counts. */
export function waitingIn(state: number): number {
  return (state & WAITING_MASK) / WAITING;
}
