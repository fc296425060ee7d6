// Words: the shared memory of one run, and the lock for a few of its words.
//
// Invariants:
//  I1. A lock word is 0 free, 1 taken, 2 taken and somebody may sleep; it is held for tens of nanoseconds, and nothing in
//      between throws.
//
// Source: Drepper, "Futexes Are Tricky" (2011), mutex 2, with a short spin in front: the holder is on another core.

import { Ended, M, S } from "./layout.js";

const SPINS = 100;

/** A run's memory: one buffer, seen as words, as numbers and as bytes. */
export class Words {
  readonly buffer: SharedArrayBuffer;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly bytes: Buffer;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.bytes = Buffer.from(buffer);
  }

  /** The first word of M `id`. */
  m(id: number): number {
    return S.FIRST_M + id * M.WORDS;
  }
}

/** Takes the lock at `at`. */
export function lockWord(i32: Int32Array, at: number): void {
  // ORDER: acquire; pairs with the exchange in unlockWord.
  if (Atomics.compareExchange(i32, at, 0, 1) !== 0) lockSlow(i32, at);
}

function lockSlow(i32: Int32Array, at: number): void {
  for (let i = 0; i < SPINS; i++) {
    // ORDER: acquire, as in lockWord.
    if (Atomics.load(i32, at) === 0 && Atomics.compareExchange(i32, at, 0, 1) === 0) return;
  }
  // ORDER: acquire; the 2 tells the holder to notify.
  while (Atomics.exchange(i32, at, 2) !== 0) Atomics.wait(i32, at, 2);
}

/** Gives the lock at `at` back. */
export function unlockWord(i32: Int32Array, at: number): void {
  // ORDER: release; pairs with the compare-exchange in lockWord.
  if (Atomics.exchange(i32, at, 0) === 2) Atomics.notify(i32, at, 1);
}

/** Ends the run, unless it has ended; wakes everybody. True for the first. */
export function endRun(words: Words, how: number): boolean {
  const { i32 } = words;
  // ORDER: release; pairs with the loads in the schedulers' loops.
  if (Atomics.compareExchange(i32, S.ENDED, Ended.NO, how) !== Ended.NO) return false;
  const count = Atomics.load(i32, S.M_COUNT); // ORDER: none needed; a later M looks at ENDED before it sleeps
  for (let id = 0; id < count; id++) leaveNote(words, id, Note.END);
  ringHost(words);
  return true;
}

/** What an M finds when it wakes: bits. */
export const Note = { WAKE: 1, SPIN: 2, GIVEN_P: 4, END: 8 } as const;

/** Adds to the note of M `id`, and wakes it when it waits for one. */
export function leaveNote(words: Words, id: number, note: number): void {
  const at = words.m(id) + M.NOTE;
  Atomics.or(words.i32, at, note); // ORDER: release; after what it is to see. Pairs with the exchange in readNote
  Atomics.notify(words.i32, at, 1);
}

/** Sleeps until the note of M `id` has one of `bits`, or the time has passed; returns all that it says. */
export function readNote(words: Words, id: number, bits: number, timeoutMs: number): number {
  const at = words.m(id) + M.NOTE;
  for (let note = 0; ; ) {
    note |= Atomics.exchange(words.i32, at, 0); // ORDER: acquire; pairs with the or in leaveNote
    if ((note & bits) !== 0) return note;
    if (Atomics.wait(words.i32, at, 0, timeoutMs) === "timed-out") return note;
  }
}

/** Tells the host to look. */
export function ringHost(words: Words): void {
  // ORDER: both after what it is to see; they pair with the store before the host's look. The load leaves the line to all.
  if (Atomics.load(words.i32, S.HOST_AWAKE) === 1 || Atomics.exchange(words.i32, S.HOST_AWAKE, 1) === 1)
    return;
  Atomics.add(words.i32, S.BELL, 1);
  Atomics.notify(words.i32, S.BELL);
}
