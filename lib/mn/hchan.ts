// hchan: what a channel does under its lock; its words and cells lie in the run's memory.
//
// Invariants:
//  I1. Waiting receivers imply an empty buffer and no waiting senders; waiting senders imply a full buffer.
//  I2. A value lies in one cell: the sender's own until it is sent, the buffer's, the receiver's. Cells are touched under the
//      channel's lock, or by the goroutine whose waiter is in no queue.
//
// Source: Go src/runtime/chan.go (hchan, chansend, chanrecv).

import { ChannelError } from "../threads/index.js";
import { classOf } from "./heap.js";
import { C, CELL_WORDS, KIND, Kind, W } from "./layout.js";
import type { Scheduler } from "./scheduler.js";
import { dequeue } from "./waiters.js";
import { lockWord, unlockWord } from "./words.js";

/** Makes a channel in the run's memory; returns its address. */
export function newChan(s: Scheduler, capacityItems: number): number {
  const { i32 } = s;
  const c = s.heap.take(classOf((C.CELLS + capacityItems * CELL_WORDS) * 4));
  i32.fill(0, c, c + C.CELLS);
  i32[c + C.CAPACITY] = capacityItems;
  i32[c + KIND] = Kind.CHAN;
  return c;
}

/**
 * Under the lock, which it gives back when it returns true: the value in `cell` has gone to a receiver or into the buffer.
 */
export function offer(s: Scheduler, c: number, cell: number): boolean {
  const { i32, values } = s;
  if (i32[c + C.CLOSED] !== 0) {
    unlockWord(i32, c);
    values.drop(cell);
    throw new ChannelError("send on closed channel");
  }
  const waiter = dequeue(i32, c + C.RECEIVERS);
  if (waiter !== 0) {
    values.move(cell, waiter + W.CELL);
    i32[waiter + W.OK] = 1;
    unlockWord(i32, c);
    s.wakeWaiter(waiter);
    return true;
  }
  const count = i32[c + C.COUNT] as number;
  const capacity = i32[c + C.CAPACITY] as number;
  if (count === capacity) return false;
  values.move(cell, cellAt(i32, c, (i32[c + C.HEAD] as number) + count));
  i32[c + C.COUNT] = count + 1;
  unlockWord(i32, c);
  return true;
}

/** Under the lock, which it gives back unless it returns -1: 1, a value is in `cell`; 0, closed and empty; -1, it has to wait. */
export function take(s: Scheduler, c: number, cell: number): number {
  const { i32, values } = s;
  const count = i32[c + C.COUNT] as number;
  const waiter = dequeue(i32, c + C.SENDERS);
  if (count > 0) {
    const head = i32[c + C.HEAD] as number;
    values.move(cellAt(i32, c, head), cell);
    i32[c + C.HEAD] = head + 1 === i32[c + C.CAPACITY] ? 0 : head + 1;
    if (waiter === 0) i32[c + C.COUNT] = count - 1;
    else values.move(waiter + W.CELL, cellAt(i32, c, head + count)); // I1: the buffer was full
  } else if (waiter !== 0) values.move(waiter + W.CELL, cell);
  else {
    const isClosed = i32[c + C.CLOSED] !== 0;
    if (isClosed) unlockWord(i32, c);
    return isClosed ? 0 : -1;
  }
  if (waiter !== 0) i32[waiter + W.OK] = 1;
  unlockWord(i32, c);
  if (waiter !== 0) s.wakeWaiter(waiter);
  return 1;
}

function cellAt(i32: Int32Array, c: number, position: number): number {
  const capacity = i32[c + C.CAPACITY] as number;
  return c + C.CELLS + (position < capacity ? position : position - capacity) * CELL_WORDS;
}

/** A timer sends `value`, if there is room: for `after`. */
export function fire(s: Scheduler, c: number, value: number): void {
  const { i32, values } = s;
  lockWord(i32, c);
  const count = i32[c + C.COUNT] as number;
  const isOpen = i32[c + C.CLOSED] === 0;
  const waiter = isOpen ? dequeue(i32, c + C.RECEIVERS) : 0;
  if (waiter !== 0) {
    values.put(waiter + W.CELL, value);
    i32[waiter + W.OK] = 1;
  } else if (isOpen && count < (i32[c + C.CAPACITY] as number)) {
    values.put(cellAt(i32, c, (i32[c + C.HEAD] as number) + count), value);
    i32[c + C.COUNT] = count + 1;
  }
  unlockWord(i32, c);
  if (waiter !== 0) s.wakeWaiter(waiter);
}
