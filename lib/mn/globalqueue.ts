// Global queue: goroutines that have not started and belong to no P: what did not fit into a deque, and the host's tasks.
//
// Invariants:
//  I1. First, last and count are read and written under the lock, except the count as a hint.
//
// Source: Go src/runtime/proc.go (globrunqputbatch, globrunqget).

import { G, S } from "./layout.js";
import { lockWord, unlockWord } from "./words.js";

const LOCK = S.GLOBAL;
const FIRST = S.GLOBAL + 1;
const LAST = S.GLOBAL + 2;
const COUNT = S.GLOBAL + 3;

/** How many wait in the global queue. Out of date as soon as you read it. */
export function globalLength(i32: Int32Array): number {
  return Atomics.load(i32, COUNT); // ORDER: acquire; a look before sleep must not come before the bit in IDLE_MS
}

/** Puts goroutines at the end, in order. */
export function globalPush(i32: Int32Array, gs: readonly number[]): void {
  const first = gs[0];
  if (first === undefined) return;
  for (let i = 0; i < gs.length; i++) i32[(gs[i] as number) + G.NEXT] = gs[i + 1] ?? 0;
  lockWord(i32, LOCK);
  const last = i32[LAST] as number;
  if (last === 0) i32[FIRST] = first;
  else i32[last + G.NEXT] = first;
  i32[LAST] = gs.at(-1) as number;
  Atomics.add(i32, COUNT, gs.length); // ORDER: release; pairs with the load in globalLength
  unlockWord(i32, LOCK);
}

/** Takes up to `most` from the front into `taken`; returns how many. */
export function globalTake(i32: Int32Array, most: number, taken: number[]): number {
  if (globalLength(i32) === 0) return 0;
  lockWord(i32, LOCK);
  let g = i32[FIRST] as number;
  let count = 0;
  for (; g !== 0 && count < most; count++) {
    taken.push(g);
    g = i32[g + G.NEXT] as number;
  }
  i32[FIRST] = g;
  if (g === 0) i32[LAST] = 0;
  Atomics.sub(i32, COUNT, count); // ORDER: none needed; under the lock
  unlockWord(i32, LOCK);
  return count;
}
