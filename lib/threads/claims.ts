// Claims: which cells each thread is about to fill or read, in shared memory, so that others can put right what a dead one began.
//
// A thread writes its claim into a line of its own before it claims, and clears it when the cell is handed on: plain stores to
// memory that nobody else touches, about a nanosecond. Only who finds a cell stuck reads the lines of the others.
//
// Invariants:
//  I1. Only its thread writes a line. It writes channel, position and count before the compare-exchange that claims them.
//      So whoever sees the position claimed sees the claim of the one that won (or the cell already handed on).
//  I2. A thread that claims nothing has channel 0 in its line, unless it died.
//  I3. A line of a thread that has ended is given away only when no claim stands in it.
//
// Source: the idea is that of robust futexes' `list_op_pending` (Linux, Documentation/locking/robust-futexes.rst): note what you are
// about to take, then take it. Rejected: the owner's number in the cell (the claim is on the position, and both cannot be
// written in one compare-exchange); a table in each channel (threads would share lines).

import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { LINE_BYTES } from "./memory.js";
import { hasEnded } from "./roster.js";
import { thisThread } from "./thread.js";

/** Shared by all threads of the process, as the roster (roster.ts). */
const KEY = "happens-before.claims";
const LINE = LINE_BYTES / 4;
const MOST_THREADS = 4096;
/** In line 0: how many lines were ever taken, and the last number given to a channel. */
const LINES_TAKEN = 0;
const LAST_CHANNEL = 1;
/** In a thread's line. */
const OWNER = 0;
const CHANNEL = 1;
const POSITION = 2;
const COUNT = 3;

const shared = openClaims();
const mine = takeLine();

function openClaims(): Int32Array {
  const known: unknown = getEnvironmentData(KEY);
  if (known instanceof SharedArrayBuffer) return new Int32Array(known);
  const buffer = new SharedArrayBuffer((MOST_THREADS + 1) * LINE_BYTES); // untouched pages of it cost nothing
  setEnvironmentData(KEY, buffer);
  return new Int32Array(buffer);
}

/** A line for this thread: one that nobody has, else one whose thread has ended and left no claim (I3). */
function takeLine(): Int32Array {
  for (let number = 1; number <= MOST_THREADS; number++) {
    const line = number * LINE;
    const owner = Atomics.load(shared, line + OWNER); // ORDER: acquire; pairs with the compare-exchange below
    if (owner !== 0 && (!hasEnded(owner - 1) || shared[line + CHANNEL] !== 0)) continue;
    // ORDER: release; pairs with the loads here and in fateOf.
    if (Atomics.compareExchange(shared, line + OWNER, owner, thisThread + 1) !== owner) continue;
    raise(number);
    return shared.subarray(line, line + LINE);
  }
  throw new RangeError(`expected at most ${MOST_THREADS} threads at once`);
}

function raise(number: number): void {
  for (;;) {
    const taken = Atomics.load(shared, LINES_TAKEN); // ORDER: none needed; the compare-exchange decides
    if (taken >= number) return;
    // ORDER: release; before this thread claims anything; pairs with the load in fateOf.
    if (Atomics.compareExchange(shared, LINES_TAKEN, taken, number) === taken) return;
  }
}

/** A number for a new channel, unique in this process. */
export function newChannelNumber(): number {
  return Atomics.add(shared, LAST_CHANNEL, 1) + 1; // ORDER: none needed; it only has to differ
}

/** Notes that this thread is about to claim `count` cells of `channel` from `position` on (I1). An odd position: to read it. */
export function noteClaim(channel: number, position: number, count: number): void {
  mine[POSITION] = position;
  mine[COUNT] = count;
  mine[CHANNEL] = channel;
}

/** Notes that this thread claims nothing (I2). */
export function clearClaim(): void {
  mine[CHANNEL] = 0;
}

/**
 * Whose `position` is, which the caller sees claimed and not handed on: "running", some thread that may go on; "ended", of
 * one that never will; "unknown", nobody's: look again. `isEnded` is asked about threads that noted that claim.
 */
export function fateOf(
  channel: number,
  position: number,
  isEnded: (thread: number) => boolean,
): "running" | "ended" | "unknown" {
  let fate: "ended" | "unknown" = "unknown";
  const taken = Atomics.load(shared, LINES_TAKEN); // ORDER: acquire; pairs with the compare-exchange in raise
  for (let number = 1; number <= taken; number++) {
    const line = number * LINE;
    const owner = Atomics.load(shared, line + OWNER); // ORDER: acquire; pairs with takeLine
    // I1. ORDER: none; ordered by the claim's compare-exchange, which the caller has seen.
    if (owner === 0 || shared[line + CHANNEL] !== channel) continue;
    const distance = (position - shared[line + POSITION]!) | 0;
    if ((distance & 1) !== 0 || distance < 0 || distance >= 2 * shared[line + COUNT]!) continue;
    if (!isEnded(owner - 1)) return "running";
    fate = "ended";
  }
  return fate;
}
