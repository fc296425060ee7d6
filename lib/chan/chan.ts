// Chan: a channel, as Go has it: unbuffered hand-over or a bounded first-in-first-out buffer.
//
// Invariants:
//  I1. Receivers wait only while the buffer is empty and no sender waits; senders only while it is full.
//  I2. Waiters are served first in, first out.
//  I3. A value goes straight to a waiting receiver, past the buffer, which is empty then (I1).
//
// Source: Go src/runtime/chan.go. Differs: no lock, since a run is one thread; a woken goroutine is queued in
// the order of closing first-waiter-first.

import type { Go, Op, Step } from "../op/index.js";
import {
  catchUp,
  created,
  current,
  done,
  type G,
  type Operable,
  type OpKind,
  operate,
  PanicError,
  parking,
  ready,
  step,
  touchChan,
  type Waiter,
  WaitQueue,
} from "../runtime/index.js";
import { RecvCase, type Selectable, SendCase, won } from "./cases.js";
import { closing, sending, sends, taking } from "./edges.js";
import type { Received } from "./received.js";

// A local name: V8 folds it, while an imported binding is loaded at every use.
const here = current;

const SEND: OpKind = { name: "send", wait: "chan send", edge: "own" };
const RECV: OpKind = { name: "recv", wait: "chan receive", edge: "own" };
const RECV_OK: OpKind = { name: "recvOk", wait: "chan receive", edge: "own" };
const CLOSE: OpKind = { name: "close", wait: "", edge: "own" };

/**
 * A channel of `T`. With `capacity` 0 a send waits for a receiver; otherwise up to `capacity` items wait in a
 * buffer.
 *
 * **Happens-before:** a send synchronizes before its receive completes; a close before a receive that returns
 * because of it; the k-th receive before the (k + capacity)-th send completes.
 * **Cost:** O(1) per item; an item through a buffer allocates nothing.
 * @example
 * await run(function* () {
 *   const ch = new Chan<number>(2);
 *   yield* ch.send(1);
 *   yield* ch.send(2);
 *   ch.close();
 *   yield* ch.forEach(function* (v) { console.log(v); }); // prints: 1 2
 * });
 * @see Go: chan, src/runtime/chan.go
 */
export class Chan<T> implements Operable, Selectable {
  readonly label = "chan";
  readonly cap: number;
  readonly #buffer: unknown[];
  #first = 0;
  #count = 0;
  #isClosed = false;
  readonly #recvq = new WaitQueue();
  readonly #sendq = new WaitQueue();
  #recvCase: RecvCase<T> | undefined;

  /** @throws {RangeError} `` Chan: expected `capacity` to be an integer >= 0, got -1 `` */
  constructor(capacity = 0) {
    if (!Number.isInteger(capacity) || capacity < 0) {
      throw new RangeError(`Chan: expected \`capacity\` to be an integer >= 0, got ${String(capacity)}`);
    }
    this.cap = capacity;
    this.#buffer = [];
    created(this);
  }

  /** How many items are buffered. */
  get len(): number {
    return this.#count;
  }

  /** Returns what is buffered, the oldest first, without an operation and seen by nobody: for pictures and prints. */
  peek(): readonly T[] {
    const { cap } = this;
    return Array.from({ length: this.#count }, (_, i) => this.#buffer[(this.#first + i) % cap] as T);
  }

  /**
   * Sends `value`; waits while the buffer is full, or, unbuffered, until somebody receives.
   * @throws {PanicError} `send on closed channel`
   */
  send(value: T): Op<void> {
    if (here.isFast && !this.#isClosed && this.#offer(value)) return done(SEND);
    return this.#sendLater(value);
  }

  /** Receives an item; waits while there is none. A closed and empty channel gives `undefined` at once. */
  recv(): Op<T | undefined> {
    if (here.isFast && this.canRecv) return ready(RECV, this.#take() as T | undefined);
    return this.#recvLater(RECV) as Op<T | undefined>;
  }

  /** Receives an item and says whether it was sent (`ok`) or the channel is closed and empty. */
  recvOk(): Op<Received<T>> {
    if (here.isFast && this.canRecv) return ready(RECV_OK, this.takeCase());
    return this.#recvLater(RECV_OK) as Op<Received<T>>;
  }

  /** Sends if that is possible at once. @throws {PanicError} `send on closed channel` */
  trySend(value: T): boolean {
    if (!here.isFast) {
      this.#touch(SEND);
      this.#seeSend();
    }
    if (this.#isClosed) throw new PanicError("send on closed channel");
    return this.#offer(value);
  }

  /** Receives if that is possible at once; undefined when it is not. */
  tryRecv(): Received<T> | undefined {
    if (!here.isFast) this.#touch(RECV);
    if (!this.canRecv) return undefined;
    if (!here.isFast) this.#seeTake();
    const ok = this.#count > 0 || this.#sendq.head !== null;
    return { value: this.#take() as T | undefined, ok };
  }

  #touch(kind: OpKind): void {
    catchUp();
    touchChan(kind, this);
  }

  /**
   * Closes the channel: receivers get what is buffered and then `undefined`; waiting senders panic.
   * @throws {PanicError} `close of closed channel`, at the call
   */
  close(): Step {
    return step(CLOSE, this, undefined);
  }

  /** Receives until the channel is closed and empty, running `body` for each item. Go: `for v := range ch`. */
  *forEach(body: (value: T) => Go<unknown>): Go {
    for (;;) {
      const { value, ok } = yield* this.recvOk();
      if (!ok) return;
      yield* body(value as T);
    }
  }

  /** A case of `select`: receive. */
  onRecv(): RecvCase<T> {
    this.#recvCase ??= new RecvCase<T>(this);
    return this.#recvCase;
  }

  /** A case of `select`: send `value`. */
  onSend(value: T): SendCase {
    return new SendCase(this, value);
  }

  /** True when a receive would not wait. For `select`. */
  get canRecv(): boolean {
    return this.#count > 0 || this.#sendq.head !== null || this.#isClosed;
  }

  /** True when a send would not wait (it may panic). For `select`. */
  get canSend(): boolean {
    return this.#count < this.cap || this.#recvq.head !== null || this.#isClosed;
  }

  /** Takes an item for a select case that can proceed. */
  takeCase(): Received<T> {
    if (!here.isFast) this.#seeTake();
    const ok = this.#count > 0 || this.#sendq.head !== null;
    return { value: this.#take() as T | undefined, ok };
  }

  /** Sends for a select case that can proceed. */
  sendCase(value: T): void {
    if (!here.isFast) this.#seeSend();
    if (this.#isClosed) throw new PanicError("send on closed channel");
    this.#offer(value);
  }

  /** Puts a select's waiter into the queue of its case. */
  enqueue(w: Waiter, isSend: boolean): void {
    (isSend ? this.#sendq : this.#recvq).pushBack(w);
  }

  /** Only `close` is a step: a second one throws at the call. */
  check(): void {
    if (this.#isClosed) throw new PanicError("close of closed channel");
  }

  #sendLater(value: T): Op<void> {
    if (!here.isFast || this.#isClosed) return operate(SEND, this, value);
    const g = parking(SEND, this);
    g.item = value;
    this.#sendq.pushBack(g);
    return g as unknown as Op<void>;
  }

  #recvLater(kind: OpKind): Op<unknown> {
    if (!here.isFast) return operate(kind, this, undefined);
    const g = parking(kind, this);
    this.#recvq.pushBack(g);
    return g as unknown as Op<unknown>;
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === SEND) return this.#performSend(g, arg);
    if (kind === CLOSE) return this.#performClose(g);
    if (this.canRecv) {
      this.#seeTake();
      const ok = this.#count > 0 || this.#sendq.head !== null;
      const value = this.#take();
      g.value = kind === RECV_OK ? { value, ok } : value;
      return true;
    }
    this.#recvq.pushBack(g);
    g.rt.block(g);
    return false;
  }

  #performSend(g: G, value: unknown): boolean {
    this.#seeSend();
    if (this.#isClosed) throw new PanicError("send on closed channel");
    if (this.#offer(value)) return true;
    g.item = value;
    this.#sendq.pushBack(g);
    g.rt.block(g);
    return false;
  }

  #performClose(g: G): boolean {
    this.check();
    this.#isClosed = true;
    closing(g, this, this.#recvq, this.#sendq);
    for (let w = this.#recvq.shift(); w !== null; w = this.#recvq.shift()) deliver(w, undefined, false);
    for (let w = this.#sendq.shift(); w !== null; w = this.#sendq.shift()) {
      const g = won(w);
      g.throws = "send on closed channel";
      g.rt.wake(g);
    }
    return true;
  }

  /** Tells who listens that a send happens now, or is tried. */
  #seeSend(): void {
    sends(this);
    if (!this.#isClosed) sending(this, this.#recvq.head, this.#count < this.cap);
  }

  /** Tells who listens that a receive happens now. */
  #seeTake(): void {
    taking(this, this.#count === 0, this.#sendq.head, this.#isClosed);
  }

  /** Gives `value` to a waiting receiver (I3) or to the buffer; false when neither can take it. */
  #offer(value: unknown): boolean {
    if (this.#recvq.head !== null) {
      deliver(this.#recvq.shift() as Waiter, value, true);
      return true;
    }
    if (this.#count === this.cap) return false;
    const at = this.#first + this.#count;
    this.#buffer[at < this.cap ? at : at - this.cap] = value;
    this.#count++;
    return true;
  }

  /** Takes the oldest item; moves the first waiting sender's value into the freed place. */
  #take(): unknown {
    if (this.#count === 0) return this.#takeFromSender();
    const value = this.#buffer[this.#first];
    this.#buffer[this.#first] = undefined;
    this.#first = this.#first + 1 === this.cap ? 0 : this.#first + 1;
    this.#count--;
    if (this.#sendq.head !== null) this.#offer(this.#takeFromSender());
    return value;
  }

  #takeFromSender(): unknown {
    const w = this.#sendq.shift();
    if (w === null) return undefined;
    const value = w.item;
    w.item = undefined;
    const g = won(w);
    g.rt.wake(g);
    return value;
  }
}

/** Hands a value to a waiting receiver, in the form that it asked for. */
function deliver(w: Waiter, value: unknown, ok: boolean): void {
  const g = won(w, value, ok);
  if (w === g) g.value = g.kind === RECV_OK ? { value, ok } : value;
  g.rt.wake(g);
}
