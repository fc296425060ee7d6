// Chan: a channel between goroutines on whatever threads.
//
// Invariants:
//  I1. What has to wait for a lock word waits for tens of nanoseconds; a value becomes bytes before the lock is taken, and a
//      value again after it was given back.
//
// Source: Go src/runtime/chan.go (chansend, chanrecv, closechan).

import type { Go, Op, Step } from "../op/index.js";
import { ChannelError } from "../threads/index.js";
import { type Goroutine, type Resumption, STEP } from "./goroutine.js";
import { offer, take } from "./hchan.js";
import { C, G, W } from "./layout.js";
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
 *   return (yield* squares.recv())! + (yield* squares.recv())! + (yield* squares.recv())!;
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
    if (offer(s, this.address, cell)) return s.done(g, "send", this.address, undefined) as Op<void>;
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
    const got = take(s, this.address, cell);
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
    const got = take(s, this.address, cell);
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
    if (offer(s, this.address, cell)) return true;
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
    const got = take(s, this.address, cell);
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

  #enroll(g: Goroutine, queue: number): void {
    const { i32 } = this.#s;
    const waiter = g.address + G.WAITER;
    i32[waiter + W.G] = g.address;
    i32[waiter + W.CASE] = -1;
    enqueue(i32, this.address + queue, waiter);
  }
}
