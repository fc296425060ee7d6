// Waiters: the queue of a channel or a lock, in shared memory; first in, first out.
//
// Invariants:
//  I1. A queue is two words, first and last; it and the links of its waiters are touched under its object's lock only.
//  I2. A waiter of a select counts only for who sets its goroutine's SELECTED first: so at most one case happens.
//
// Source: Go src/runtime/chan.go (waitq, enqueue, dequeue, dequeueSudoG).

import { G, W } from "./layout.js";

/** Puts `waiter` at the end of the queue at `queue`. */
export function enqueue(i32: Int32Array, queue: number, waiter: number): void {
  const last = i32[queue + 1] as number;
  i32[waiter + W.NEXT] = 0;
  i32[waiter + W.PREV] = last;
  i32[waiter + W.IS_QUEUED] = 1;
  if (last === 0) i32[queue] = waiter;
  else i32[last + W.NEXT] = waiter;
  i32[queue + 1] = waiter;
}

/** Puts `waiter` at the front. */
export function enqueueFirst(i32: Int32Array, queue: number, waiter: number): void {
  const first = i32[queue] as number;
  i32[waiter + W.NEXT] = first;
  i32[waiter + W.PREV] = 0;
  i32[waiter + W.IS_QUEUED] = 1;
  if (first === 0) i32[queue + 1] = waiter;
  else i32[first + W.PREV] = waiter;
  i32[queue] = waiter;
}

/** Takes `waiter` out, wherever it stands; false when somebody else has. */
export function leave(i32: Int32Array, queue: number, waiter: number): boolean {
  if (i32[waiter + W.IS_QUEUED] === 0) return false;
  const next = i32[waiter + W.NEXT] as number;
  const prev = i32[waiter + W.PREV] as number;
  if (prev === 0) i32[queue] = next;
  else i32[prev + W.NEXT] = next;
  if (next === 0) i32[queue + 1] = prev;
  else i32[next + W.PREV] = prev;
  i32[waiter + W.IS_QUEUED] = 0;
  return true;
}

/** Takes the first waiter that still waits, or 0. It is then the caller's to wake. */
export function dequeue(i32: Int32Array, queue: number): number {
  for (;;) {
    const waiter = i32[queue] as number;
    if (waiter === 0) return 0;
    leave(i32, queue, waiter);
    if ((i32[waiter + W.CASE] as number) < 0) return waiter;
    const g = i32[waiter + W.G] as number;
    // I2. ORDER: it decides among the threads that want to finish different cases.
    if (Atomics.compareExchange(i32, g + G.SELECTED, 0, 1) === 0) return waiter;
  }
}
