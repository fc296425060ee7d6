// Source: a channel to receive from, whose items come from the library itself (a timer, a context) and not from a send.
//
// Invariants:
//  I1. Somebody waits only while there is nothing to take.
//  I2. Waiters are served first in, first out; one that gives up leaves the queue at once.

import type { Go, Op } from "../op/index.js";
import {
  acquires,
  catchUp,
  created,
  current,
  type G,
  type Operable,
  type OpKind,
  operate,
  ready,
  touchChan,
  type Waiter,
  WaitQueue,
} from "../runtime/index.js";
import { RecvCase, type Selectable, won } from "./cases.js";
import type { RecvChan } from "./directions.js";
import type { Received } from "./received.js";

const RECV: OpKind = { name: "recv", wait: "chan receive", edge: "acquire" };
const RECV_OK: OpKind = { name: "recvOk", wait: "chan receive", edge: "acquire" };

/** What a subclass says: what can be taken now. `deliver` serves those who wait. */
export abstract class Source<T> implements Operable, Selectable, RecvChan<T> {
  readonly label = "chan";
  readonly canSend = false;
  /** Who waits. A subclass that must know when somebody comes or goes gives its own. */
  protected readonly waiters: WaitQueue;
  #recvCase: RecvCase<T> | undefined;

  constructor(waiters: WaitQueue = new WaitQueue()) {
    this.waiters = waiters;
    created(this);
  }

  abstract get len(): number;
  abstract get cap(): number;
  /** True when a receive would not wait. */
  abstract get canRecv(): boolean;
  /** Takes what can be taken; called only when `canRecv`. */
  abstract takeCase(): Received<T>;

  /** Receives; waits while there is nothing to receive. */
  recv(): Op<T | undefined> {
    if (current.isFast && this.canRecv) return ready(RECV, this.takeCase().value);
    return operate(RECV, this, undefined);
  }

  /** Receives an item and says whether there was one (`ok`) or the channel is closed. */
  recvOk(): Op<Received<T>> {
    return operate(RECV_OK, this, undefined);
  }

  /** Receives if that is possible at once; undefined when it is not. */
  tryRecv(): Received<T> | undefined {
    if (!current.isFast) {
      catchUp();
      touchChan(RECV, this);
    }
    if (!this.canRecv) return undefined;
    if (!current.isFast) acquires(this);
    return this.takeCase();
  }

  /** Receives for ever, or until the channel is closed, running `body` for each item. */
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

  sendCase(): void {}

  enqueue(w: Waiter): void {
    this.waiters.pushBack(w);
  }

  perform(g: G, kind: OpKind): boolean {
    if (this.canRecv) {
      const got = this.takeCase();
      g.value = kind === RECV_OK ? got : got.value;
      return true;
    }
    this.waiters.pushBack(g);
    g.rt.block(g);
    return false;
  }

  /** Serves the first who waits; false when nobody does. */
  protected deliver(value: T | undefined, ok: boolean): boolean {
    const w = this.waiters.shift();
    if (w === null) return false;
    const g = won(w, value, ok);
    if (w === g) g.value = g.kind === RECV_OK ? { value, ok } : value;
    g.rt.listener?.acquire(g, this);
    g.rt.wake(g);
    return true;
  }
}
