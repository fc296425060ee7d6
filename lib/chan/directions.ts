// RecvChan and SendChan: one end of a channel, as types. Go: `<-chan T` and `chan<- T`.

import type { Go, Op, Step } from "../op/index.js";
import type { RecvCase, SendCase } from "./cases.js";
import type { Received } from "./received.js";

/** The receiving end of a channel: what `timer.c` and `ctx.done()` are, and what every `Chan<T>` can be used as. */
export interface RecvChan<T> {
  readonly len: number;
  readonly cap: number;
  recv(): Op<T | undefined>;
  recvOk(): Op<Received<T>>;
  tryRecv(): Received<T> | undefined;
  onRecv(): RecvCase<T>;
  forEach(body: (value: T) => Go<unknown>): Go;
}

/** The sending end of a channel. */
export interface SendChan<T> {
  readonly len: number;
  readonly cap: number;
  send(value: T): Op<void>;
  trySend(value: T): boolean;
  onSend(value: T): SendCase;
  close(): Step;
}
