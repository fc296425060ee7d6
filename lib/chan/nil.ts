// The nil channel: sending and receiving wait for ever, and no select case on it is ever taken.
//
// Source: Go src/runtime/chan.go (`c == nil`). Differs: it is an object, so that `ctx.done()` can be used without a
// question mark; in a select, `null` means the same.

import type { Go, Op, Step } from "../op/index.js";
import { type G, type Operable, type OpKind, operate, PanicError } from "../runtime/index.js";
import { RecvCase, type Selectable, SendCase } from "./cases.js";
import type { RecvChan, SendChan } from "./directions.js";
import type { Received } from "./received.js";

const SEND: OpKind = { name: "send", wait: "chan send (nil chan)" };
const RECV: OpKind = { name: "recv", wait: "chan receive (nil chan)" };
const RECV_OK: OpKind = { name: "recvOk", wait: "chan receive (nil chan)" };

class NilChan<T> implements Operable, Selectable, RecvChan<T>, SendChan<T> {
  readonly label = "chan";
  readonly isNil = true;
  readonly len = 0;
  readonly cap = 0;
  readonly canRecv = false;
  readonly canSend = false;

  send(value: T): Op<void> {
    return operate(SEND, this, value);
  }

  recv(): Op<T | undefined> {
    return operate(RECV, this, undefined);
  }

  recvOk(): Op<Received<T>> {
    return operate(RECV_OK, this, undefined);
  }

  trySend(_value: T): boolean {
    return false;
  }

  tryRecv(): undefined {
    return undefined;
  }

  *forEach(_body: (value: T) => Go<unknown>): Go {
    yield* this.recvOk();
  }

  close(): Step {
    throw new PanicError("close of nil channel");
  }

  onRecv(): RecvCase<T> {
    return new RecvCase<T>(this);
  }

  onSend(value: T): SendCase {
    return new SendCase(this, value);
  }

  /** Nobody will come for the waiter, so nothing is queued. */
  enqueue(): void {}

  takeCase(): Received<T> {
    return { value: undefined, ok: false };
  }

  sendCase(): void {}

  perform(g: G): boolean {
    g.rt.block(g);
    return false;
  }
}

const NIL = new NilChan<unknown>();

/**
 * Returns the nil channel. Receiving and sending wait for ever (`chan receive (nil chan)`); a case of a select on it
 * is never taken, which is how a case is switched off.
 *
 * @throws {PanicError} `close of nil channel` (from `close`)
 * @example
 * await run(function* () {
 *   const got = yield* select(nilChan<number>().onRecv(), onDefault());
 *   console.log(got.index); // prints: 1
 * });
 * @see Go: a channel variable that is nil
 */
export function nilChan<T>(): RecvChan<T> & SendChan<T> {
  return NIL as NilChan<T>;
}
