// Chan: a channel between goroutines on whatever threads.
//
// Invariants:
//  I1. Waiting receivers imply an empty buffer and no waiting senders; waiting senders imply a full buffer.
//  I2. A value lies in one cell: the sender's own until it is sent, the buffer's, the receiver's. Cells are touched under the
//      channel's lock, or by the goroutine whose waiter is in no queue.
//  I3. What has to wait for a lock word waits for tens of nanoseconds; a value becomes bytes before the lock is taken, and a
//      value again after it was given back.
//
// Source: Go src/runtime/chan.go (chansend, chanrecv, closechan).

import type { Go, Op, Step } from "../op/index.js";
import { ChannelError } from "../threads/index.js";
import { type Goroutine, type Resumption, STEP } from "./goroutine.js";
import { classOf } from "./heap.js";
import { C, CELL_WORDS, G, KIND, Kind, W } from "./layout.js";
import type { Scheduler } from "./scheduler.js";
import { dequeue, enqueue } from "./waiters.js";
import { lockWord, unlockWord } from "./words.js";

/** What `recvOk` returns: `ok` is false when the channel is closed and empty. */
export interface Received<T> {
  readonly value: T | undefined;
  readonly ok: boolean;
}

/** A case of `t.select`. */
export interface RecvCase<T> {
  readonly chan: Chan<T>;
  readonly isSend: false;
}

/** A case of `t.select`. */
export interface SendCase {
  readonly chan: Chan<never>;
  readonly isSend: true;
  readonly value: unknown;
}

const SENT: Resumption = {
  resume(g) {
    const { i32, values } = g.scheduler;
    const waiter = g.address + G.WAITER;
    if (i32[waiter + W.OK] === 1) return true;
    values.drop(waiter + W.CELL);
    throw new ChannelError("send on closed channel");
  },
};

const RECEIVED: Resumption = {
  resume(g) {
    const { i32, values } = g.scheduler;
    const waiter = g.address + G.WAITER;
    g.value = i32[waiter + W.OK] === 1 ? values.get(waiter + W.CELL) : undefined;
    return true;
  },
};

const RECEIVED_OK: Resumption = {
  resume(g) {
    const ok = g.scheduler.i32[g.address + G.WAITER + W.OK] === 1;
    RECEIVED.resume(g);
    g.value = { value: g.value, ok };
    return true;
  },
};

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
 * A channel of values between goroutines; unbuffered when its capacity is 0. Made with `t.chan(capacity)`.
 *
 * A receiver gets a copy of what was sent (structured clone), on the same thread too; channels, mutexes, wait groups, functions and what
 * the run's arguments share stay what they are, also inside plain objects and arrays.
 *
 * **Happens-before:** a send synchronizes before the receive of its value; a close before a receive that returns because of it; the
 * k-th receive before the send of value k + capacity is complete.
 * **Cost:** a lock word, and a wake-up when somebody waits; across threads a wake-up of a sleeping thread costs some 10 us.
 *
 * @throws {ChannelError} `send on closed channel`, `close of closed channel`
 * @example
 * const sum = await runThreads(2, function* (t) {
 *   const squares = t.chan<number>();
 *   t.go(function* (t, out: Chan<number>) {
 *     for (let i = 1; i <= 3; i++) yield* out.send(i * i);
 *     out.close();
 *   }, squares);
 *   let sum = 0;
 *   yield* squares.forEach(function* (n) { sum += n; });
 *   return sum;
 * });
 * console.log(sum); // prints: 14
 */
export class Chan<T> {
  readonly address: number;
  readonly #s: Scheduler;

  constructor(scheduler: Scheduler, address: number) {
    this.#s = scheduler;
    this.address = address;
  }

  /** How many values it holds besides those of waiting senders. */
  get capacityItems(): number {
    return this.#s.i32[this.address + C.CAPACITY] as number;
  }

  /** How many values are in the buffer. Out of date as soon as you read it. */
  get length(): number {
    return Atomics.load(this.#s.i32, this.address + C.COUNT); // ORDER: none needed; a hint
  }

  /** Sends a copy of `value`; waits for a receiver or for room. */
  send(value: T): Op<void> {
    const s = this.#s;
    const g = s.enter("Chan.send");
    const cell = g.address + G.WAITER + W.CELL;
    s.values.put(cell, value, g.body);
    lockWord(s.i32, this.address);
    if (this.offer(cell)) return s.done(g, "send", this.address, undefined) as Op<void>;
    this.#enroll(g, C.SENDERS);
    unlockWord(s.i32, this.address);
    return s.park(g, "send", "chan send", this.address, SENT) as unknown as Op<void>;
  }

  /** Receives a value; waits until there is one. `undefined`: closed and empty. */
  recv(): Op<T | undefined> {
    const s = this.#s;
    const g = s.enter("Chan.recv");
    const cell = g.address + G.WAITER + W.CELL;
    lockWord(s.i32, this.address);
    const got = this.take(cell);
    if (got >= 0) {
      const value = got === 1 ? s.values.get(cell) : undefined;
      return s.done(g, "recv", this.address, value) as Op<T | undefined>;
    }
    this.#enroll(g, C.RECEIVERS);
    unlockWord(s.i32, this.address);
    return s.park(g, "recv", "chan receive", this.address, RECEIVED) as unknown as Op<T | undefined>;
  }

  /** Like `recv`, and says whether it was a value (`ok`) or the end. */
  recvOk(): Op<Received<T>> {
    const s = this.#s;
    const g = s.enter("Chan.recvOk");
    const cell = g.address + G.WAITER + W.CELL;
    lockWord(s.i32, this.address);
    const got = this.take(cell);
    if (got >= 0) {
      const value = { value: got === 1 ? s.values.get(cell) : undefined, ok: got === 1 };
      return s.done(g, "recv", this.address, value) as Op<Received<T>>;
    }
    this.#enroll(g, C.RECEIVERS);
    unlockWord(s.i32, this.address);
    return s.park(g, "recv", "chan receive", this.address, RECEIVED_OK) as unknown as Op<Received<T>>;
  }

  /** Sends a copy of `value` if that is possible now. */
  trySend(value: T): boolean {
    const s = this.#s;
    const g = s.enter("Chan.trySend");
    const cell = g.address + G.WAITER + W.CELL;
    s.values.put(cell, value, g.body);
    lockWord(s.i32, this.address);
    if (this.offer(cell)) return true;
    unlockWord(s.i32, this.address);
    s.values.drop(cell);
    return false;
  }

  /** Receives a value if there is one now, else `undefined`. */
  tryRecv(): T | undefined {
    const s = this.#s;
    const g = s.enter("Chan.tryRecv");
    const cell = g.address + G.WAITER + W.CELL;
    lockWord(s.i32, this.address);
    const got = this.take(cell);
    if (got < 0) unlockWord(s.i32, this.address);
    return got === 1 ? (s.values.get(cell) as T) : undefined;
  }

  /** Lets no more values in. Receivers get what is inside and then `undefined`; waiting senders fail. */
  close(): Step {
    const s = this.#s;
    const { i32 } = s;
    const c = this.address;
    s.enter("Chan.close");
    lockWord(i32, c);
    if (i32[c + C.CLOSED] !== 0) {
      unlockWord(i32, c);
      throw new ChannelError("close of closed channel");
    }
    i32[c + C.CLOSED] = 1;
    const waiters: number[] = [];
    for (const queue of [c + C.RECEIVERS, c + C.SENDERS]) {
      for (let waiter = dequeue(i32, queue); waiter !== 0; waiter = dequeue(i32, queue)) {
        i32[waiter + W.OK] = 0;
        waiters.push(waiter);
      }
    }
    unlockWord(i32, c);
    for (const waiter of waiters) s.wakeWaiter(waiter);
    return STEP;
  }

  /** Runs `body` for each value until the channel is closed and empty (Go: `for v := range ch`). */
  *forEach(body: (value: T) => Go<unknown>): Go {
    for (;;) {
      const { value, ok } = yield* this.recvOk();
      if (!ok) return;
      yield* body(value as T);
    }
  }

  /** A case of `t.select`: receive. */
  onRecv(): RecvCase<T> {
    return { chan: this, isSend: false };
  }

  /** A case of `t.select`: send `value`. */
  onSend(value: T): SendCase {
    return { chan: this as unknown as Chan<never>, isSend: true, value };
  }

  /** A timer sends `value`, if there is room: for `after`. */
  fire(value: number): void {
    const s = this.#s;
    const { i32, values } = s;
    const c = this.address;
    lockWord(i32, c);
    const count = i32[c + C.COUNT] as number;
    const isOpen = i32[c + C.CLOSED] === 0;
    const waiter = isOpen ? dequeue(i32, c + C.RECEIVERS) : 0;
    if (waiter !== 0) {
      values.put(waiter + W.CELL, value);
      i32[waiter + W.OK] = 1;
    } else if (isOpen && count < (i32[c + C.CAPACITY] as number)) {
      values.put(this.#cellAt((i32[c + C.HEAD] as number) + count), value);
      i32[c + C.COUNT] = count + 1;
    }
    unlockWord(i32, c);
    if (waiter !== 0) s.wakeWaiter(waiter);
  }

  #enroll(g: Goroutine, queue: number): void {
    const { i32 } = this.#s;
    const waiter = g.address + G.WAITER;
    i32[waiter + W.G] = g.address;
    i32[waiter + W.CASE] = -1;
    enqueue(i32, this.address + queue, waiter);
  }

  /**
   * Under the lock, which it gives back when it returns true: the value in `cell` has gone to a receiver or into the buffer. For
   * operations of this room.
   */
  offer(cell: number): boolean {
    const s = this.#s;
    const { i32, values } = s;
    const c = this.address;
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
    values.move(cell, this.#cellAt((i32[c + C.HEAD] as number) + count));
    i32[c + C.COUNT] = count + 1;
    unlockWord(i32, c);
    return true;
  }

  /** Under the lock, which it gives back unless it returns -1: 1, a value is in `cell`; 0, closed and empty; -1, it has to wait. */
  take(cell: number): number {
    const s = this.#s;
    const { i32, values } = s;
    const c = this.address;
    const count = i32[c + C.COUNT] as number;
    const waiter = dequeue(i32, c + C.SENDERS);
    if (count > 0) {
      const head = i32[c + C.HEAD] as number;
      values.move(this.#cellAt(head), cell);
      i32[c + C.HEAD] = head + 1 === i32[c + C.CAPACITY] ? 0 : head + 1;
      if (waiter === 0) i32[c + C.COUNT] = count - 1;
      else values.move(waiter + W.CELL, this.#cellAt(head + count)); // I1: the buffer was full
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

  #cellAt(position: number): number {
    const c = this.address;
    const capacity = this.#s.i32[c + C.CAPACITY] as number;
    return c + C.CELLS + (position < capacity ? position : position - capacity) * CELL_WORDS;
  }
}
