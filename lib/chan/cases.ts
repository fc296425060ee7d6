// Cases of a select: descriptions, not operations. And the waiters that stand in channels for them.

import type { G } from "../runtime/index.js";
import { Waiter } from "../runtime/index.js";
import type { Chan, Received } from "./chan.js";

/** Receive from a channel. Made by `ch.onRecv()`. */
export class RecvCase<T> {
  readonly kind = "recv";
  readonly chan: Chan<T>;
  constructor(chan: Chan<T>) {
    this.chan = chan;
  }
}

/** Send to a channel. Made by `ch.onSend(value)`. */
export class SendCase<T> {
  readonly kind = "send";
  readonly chan: Chan<T>;
  readonly value: T;
  constructor(chan: Chan<T>, value: T) {
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

/** A case that waits in a channel's queue. */
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
  if (w === g) return g;
  for (const other of g.cases ?? []) other.queue?.remove(other);
  g.cases = null;
  const received: Received<unknown> = { value, ok };
  g.value = { index: w.caseIndex, ...received };
  return g;
}
