// SelectCase: one case of a select between threads, and what a select needs of it.

import type { Cells } from "./cells.js";
import { RECEIVERS, type Side } from "./cellwaits.js";
import { noticeEnd } from "./roster.js";

/** What a case brought: for a receive its value, and whether it was one (`ok`) or the channel's end. */
export interface Outcome {
  readonly value: unknown;
  readonly ok: boolean;
}

export const SENT: Outcome = { value: undefined, ok: true };
export const ENDED: Outcome = { value: undefined, ok: false };

/** A case that sends or receives. Made by `onSend` and `onRecv` of a channel. */
export interface ChannelCase {
  readonly kind: "send" | "recv";
  /** Does it, if that is possible now. */
  attempt(): Outcome | null;
  /** True when `attempt` would do something for the select that holds `ticket`. */
  isReady(ticket: number): boolean;
  /** Notes the select at the channel; false when there was no room, and then it has to look by itself. */
  enlist(ticket: number, stamp: number, index: number): boolean;
  /** Takes the note back. The channel is left as if the select had never come. */
  strike(ticket: number): void;
  /** After a counterpart has claimed this case: what it brought; null when the counterpart died before that. */
  finish(ticket: number): Outcome | null;
  /** Called when the select has waited a while. */
  look(): void;
}

/** A case that receives a `T`. */
export interface RecvCase<T> extends ChannelCase {
  readonly kind: "recv";
  /** Only a type. */
  readonly received?: T;
}

/** A case that sends. */
export interface SendCase extends ChannelCase {
  readonly kind: "send";
}

/** The case that is taken when no other is ready: the select then never waits. */
export interface DefaultCase {
  readonly kind: "default";
}

const DEFAULT: DefaultCase = { kind: "default" };

/**
 * The case of a `select` between threads that is taken when no other is ready.
 *
 * @example
 * const jobs = new Queue();
 * console.log(select(jobs.onRecv(), onDefault()).index); // prints: 1
 */
export function onDefault(): DefaultCase {
  return DEFAULT;
}

/** The case for one side of a queue of cells. */
export function cellCase<K extends "send" | "recv">(
  kind: K,
  cells: Cells,
  side: Side,
  attempt: () => Outcome | null,
): ChannelCase & { readonly kind: K } {
  return {
    kind,
    attempt,
    isReady: () => cells.isReady(side),
    enlist: (ticket, stamp) => cells.waits.enlist(side, ticket, stamp),
    strike: (ticket) => {
      cells.waits.strike(side, ticket);
      cells.wakeOn(side); // the wake-up that came to this select may have been meant for another
    },
    finish: () => (side === RECEIVERS ? null : SENT), // nobody claims these cases
    look: () => void cells.repair(side, noticeEnd),
  };
}
