// Deque: the goroutines of a P that have not started. Its owner pushes and pops at the bottom, anybody steals at the top.
//
// Invariants:
//  I1. The goroutines stand at TOP … BOTTOM - 1; only the M that holds the P moves BOTTOM; TOP only grows. At most RING.
//  I2. The owner announces a pop by lowering BOTTOM before it reads TOP; so of an owner and a thief that both want the
//      last one, at least one sees the other, and TOP's compare-exchange decides.
//  I3. A thief reads the slot before its compare-exchange. Had the owner used the slot again, TOP would have moved.
//
// Source: Chase and Lev, Dynamic Circular Work-Stealing Deque (SPAA 2005), with the order of Lê et al. (PPoPP 2013); the
// ring does not grow: what does not fit goes to the global queue, as in Go (src/runtime/proc.go, runqputslow). Differs
// from Go: the owner takes the newest, not the oldest. That is Go's runnext for all of them, it keeps few goroutines
// alive, and thieves get the oldest, which is often the largest piece of work.

import { P, RING } from "./layout.js";

const MASK = RING - 1;

/** How many are in the deque at `p`. Out of date as soon as you read it. */
export function dequeLength(i32: Int32Array, p: number): number {
  // ORDER: none needed; a hint.
  return Math.max(0, (Atomics.load(i32, p + P.BOTTOM) - Atomics.load(i32, p + P.TOP)) | 0);
}

/** Puts `g` at the bottom; false when the deque is full. Owner only. */
export function dequePush(i32: Int32Array, p: number, g: number): boolean {
  const bottom = i32[p + P.BOTTOM] as number; // I1: only we write it
  const top = Atomics.load(i32, p + P.TOP); // ORDER: acquire; pairs with the thieves' compare-exchange: the slot is free
  if (((bottom - top) | 0) >= RING) return false;
  i32[p + P.RING + (bottom & MASK)] = g;
  Atomics.store(i32, p + P.BOTTOM, (bottom + 1) | 0); // ORDER: release; pairs with the load in dequeSteal
  return true;
}

/** Takes the newest, or 0. Owner only. */
export function dequePop(i32: Int32Array, p: number): number {
  const old = i32[p + P.BOTTOM] as number;
  if (old === Atomics.load(i32, p + P.TOP)) return 0; // ORDER: none needed; TOP never passes BOTTOM
  const bottom = (old - 1) | 0;
  Atomics.store(i32, p + P.BOTTOM, bottom); // I2. ORDER: sequentially consistent with the load below
  const top = Atomics.load(i32, p + P.TOP);
  const others = (bottom - top) | 0;
  if (others > 0) return i32[p + P.RING + (bottom & MASK)] as number;
  let g = 0;
  if (others === 0) {
    g = i32[p + P.RING + (bottom & MASK)] as number;
    // ORDER: it decides between us and a thief.
    if (Atomics.compareExchange(i32, p + P.TOP, top, (top + 1) | 0) !== top) g = 0;
  }
  Atomics.store(i32, p + P.BOTTOM, (bottom + 1) | 0); // ORDER: none needed; the deque is empty
  return g;
}

/** Takes the oldest, or 0 when there is none. Anybody. */
export function dequeSteal(i32: Int32Array, p: number): number {
  for (;;) {
    const top = Atomics.load(i32, p + P.TOP); // I2. ORDER: before the load of BOTTOM
    const bottom = Atomics.load(i32, p + P.BOTTOM); // ORDER: acquire; pairs with the store in dequePush
    if (((bottom - top) | 0) <= 0) return 0;
    const g = i32[p + P.RING + (top & MASK)] as number; // I3
    // ORDER: sequentially consistent with the owner's pop; it decides.
    if (Atomics.compareExchange(i32, p + P.TOP, top, (top + 1) | 0) === top) return g;
  }
}
