// Cases of a select: descriptions, not operations. And the waiters that stand in channels for them.

import type { G } from "../runtime/index.js";
import { Waiter } from "../runtime/index.js";
import type { Received } from "./received.js";

/** What a select needs of a channel. */
export interface Selectable {
  /** True when a receive would not wait. */
  readonly canRecv: boolean;
  /** True when a send would not wait (it may panic). */
  readonly canSend: boolean;
  takeCase(): Received<unknown>;
  sendCase(value: unknown): void;
  enqueue(w: Waiter, isSend: boolean): void;
}

/** Receive from a channel of `T`. Made by `ch.onRecv()`. */
export class RecvCase<T> {
  readonly kind = "recv";
  /** The type that is received; there is no such field at run time. */
  declare readonly type?: T;
  readonly chan: Selectable;
  constructor(chan: Selectable) {
    this.chan = chan;
  }
}

/** Send a value to a channel. Made by `ch.onSend(value)`. */
export class SendCase {
  readonly kind = "send";
  readonly chan: Selectable;
  readonly value: unknown;
  constructor(chan: Selectable, value: unknown) {
    this.chan = chan;
    this.value = value;
  }
}

/** Taken when no other case can proceed. Made by `onDefault()`. */
export class DefaultCase {
  readonly kind = "default";
}

const DEFAULT = new DefaultCase();

/** The case of a select that is taken when no other can proceed: the select then never waits. */
export function onDefault(): DefaultCase {
  return DEFAULT;
}

/** A case that waits in a channel's queue. A goroutine keeps those of its last select for the next one. */
export class CaseWaiter extends Waiter {
  readonly #g: G;
  constructor(g: G, index: number) {
    super();
    this.#g = g;
    this.caseIndex = index;
  }
  override get goroutine(): G {
    return this.#g;
  }
}

/**
 * Called with a waiter that a channel has just taken out of its queue: returns its goroutine. When it stood for a
 * case of a select, the other cases leave their queues and the select's value is set.
 */
export function won(w: Waiter, value?: unknown, ok = true): G {
  const g = w.goroutine;
  if (w !== g) wonCase(g, w, value, ok);
  return g;
}

function wonCase(g: G, w: Waiter, value: unknown, ok: boolean): void {
  const { cases } = g;
  if (cases !== null) {
    g.cases = null;
    for (let i = 0; i < cases.length; i++) {
      const other = cases[i] as Waiter;
      if (other.queue !== null) other.queue.remove(other);
      other.item = undefined;
    }
  }
  g.value = { index: w.caseIndex, value, ok };
}
