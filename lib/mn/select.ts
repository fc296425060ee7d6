// Select: waits for the first of several channel operations, on channels of whatever threads.
//
// Invariants:
//  I1. The locks of its channels are taken in the order of their addresses, so two selects cannot wait for each other.
//  I2. At most one case happens: who finishes one sets SELECTED first (waiters.ts).
//  I3. Among cases that can proceed, each is equally likely.
//
// Source: Go src/runtime/select.go (selectgo).

import type { Op } from "../op/index.js";
import { ChannelError } from "../threads/index.js";
import type { Chan, RecvCase, SendCase } from "./chan.js";
import type { Goroutine, Resumption } from "./goroutine.js";
import { offer, take } from "./hchan.js";
import { C, G, W } from "./layout.js";
import type { Scheduler } from "./scheduler.js";
import { enqueue, leave } from "./waiters.js";
import { lockWord, unlockWord } from "./words.js";

/** The case that happens when no other can. */
export interface DefaultCase {
  readonly isDefault: true;
}

/** One case; `null` never happens (Go: a nil channel). */
export type Case = RecvCase<unknown> | SendCase | DefaultCase | null;

type CaseValue<K> = K extends RecvCase<infer T> ? T | undefined : undefined;
type IndexOf<K> = K extends `${infer N extends number}` ? N : number;

/** The case that happened: its `index`, and for a receive its `value` and `ok`. */
export type Selected<K extends readonly unknown[]> = {
  [N in keyof K]: { readonly index: IndexOf<N>; readonly value: CaseValue<K[N]>; readonly ok: boolean };
}[number];

/** A case that waits. */
export interface Enrolled {
  readonly chan: Chan<unknown>;
  readonly isSend: boolean;
  readonly index: number;
  readonly waiter: number;
}

interface Open {
  readonly chan: Chan<unknown>;
  readonly isSend: boolean;
  readonly value: unknown;
  readonly index: number;
}

const WAITER_CLASS = 0;
/** Steps of the walk over the cases: coprime to each count, so that it meets each case. */
let random = 1;

/** Begins a select; see `Machine.select`. */
export function select(s: Scheduler, cases: readonly Case[]): Op<Selected<readonly Case[]>> {
  const g = s.enter("select");
  const open = cases.flatMap((one, index) =>
    isOpen(one) ? [{ value: undefined, ...one, index } as Open] : [],
  );
  const other = cases.findIndex((one) => one !== null && "isDefault" in one);
  for (;;) {
    const taken = tryOne(s, g, open);
    if (taken !== null) return s.done(g, "select", 0, taken) as Op<never>;
    if (other >= 0) return s.done(g, "select", 0, { index: other, value: undefined, ok: false }) as Op<never>;
    if (!enroll(s, g, open)) continue; // one has become possible
    const reason = open.length === 0 ? "select (no cases)" : "select";
    return s.park(g, "select", reason, 0, SELECTED) as unknown as Op<never>;
  }
}

function isOpen(one: Case): one is RecvCase<unknown> | SendCase {
  return one !== null && "chan" in one;
}

/** Does one case that can proceed now; null when there is none. Looks without holding more than one lock. */
function tryOne(s: Scheduler, g: Goroutine, open: readonly Open[]): unknown {
  random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff;
  const start = random >> 8;
  for (let i = 0; i < open.length; i++) {
    const one = open[(start + i) % open.length] as Open;
    const taken = tryCase(s, g, one);
    if (taken !== null) return taken;
  }
  return null;
}

function tryCase(s: Scheduler, g: Goroutine, { chan, isSend, value, index }: Open): unknown {
  const { i32, values } = s;
  const cell = g.address + G.WAITER + W.CELL;
  if (isSend) {
    values.put(cell, value, g.body);
    lockWord(i32, chan.address);
    if (offer(s, chan.address, cell)) return { index, value: undefined, ok: true };
    unlockWord(i32, chan.address);
    values.drop(cell);
    return null;
  }
  lockWord(i32, chan.address);
  const got = take(s, chan.address, cell);
  if (got >= 0) return { index, value: got === 1 ? values.get(cell) : undefined, ok: got === 1 };
  unlockWord(i32, chan.address);
  return null;
}

/** Puts a waiter for each case into its channel's queue, unless one can proceed: then false. */
function enroll(s: Scheduler, g: Goroutine, open: readonly Open[]): boolean {
  const { i32 } = s;
  const waiters = open.map((one) => makeWaiter(s, g, one));
  Atomics.store(i32, g.address + G.SELECTED, 0); // ORDER: before the waiters can be seen
  const channels = lockAll(i32, open);
  const isPossible = open.some(({ chan, isSend }) => canProceed(i32, chan.address, isSend));
  if (!isPossible) {
    open.forEach(({ chan, isSend }, at) => {
      enqueue(i32, chan.address + (isSend ? C.SENDERS : C.RECEIVERS), waiters[at] as number);
    });
  }
  for (const c of channels) unlockWord(i32, c);
  const enrolled = open.map((one, at) => ({ ...one, waiter: waiters[at] as number }));
  if (isPossible) for (const one of enrolled) free(s, one, true);
  else g.cases = enrolled;
  return !isPossible;
}

function makeWaiter(s: Scheduler, g: Goroutine, { isSend, value, index }: Open): number {
  const waiter = s.heap.take(WAITER_CLASS);
  s.i32[waiter + W.G] = g.address;
  s.i32[waiter + W.CASE] = index;
  s.i32[waiter + W.OK] = 0;
  if (isSend) s.values.put(waiter + W.CELL, value, g.body);
  return waiter;
}

/** I1. */
function lockAll(i32: Int32Array, cases: readonly { readonly chan: Chan<unknown> }[]): readonly number[] {
  const channels = [...new Set(cases.map(({ chan }) => chan.address))].sort((a, b) => a - b);
  for (const c of channels) lockWord(i32, c);
  return channels;
}

/** A waiter of a select that has happened already may make this true for nothing: then it looks again. */
function canProceed(i32: Int32Array, c: number, isSend: boolean): boolean {
  if (i32[c + C.CLOSED] !== 0) return true;
  if (isSend)
    return i32[c + C.RECEIVERS] !== 0 || (i32[c + C.COUNT] as number) < (i32[c + C.CAPACITY] as number);
  return (i32[c + C.COUNT] as number) > 0 || i32[c + C.SENDERS] !== 0;
}

const SELECTED: Resumption = {
  resume(g) {
    const s = g.scheduler;
    const { i32 } = s;
    const enrolled = g.cases as readonly Enrolled[];
    g.cases = null;
    const channels = lockAll(i32, enrolled);
    for (const { chan, isSend, waiter } of enrolled)
      leave(i32, chan.address + (isSend ? C.SENDERS : C.RECEIVERS), waiter);
    for (const c of channels) unlockWord(i32, c);
    const winner = enrolled.find(({ waiter }) => waiter === i32[g.address + G.WOKEN_AT]) as Enrolled;
    const ok = i32[winner.waiter + W.OK] === 1;
    const value = ok && !winner.isSend ? s.values.get(winner.waiter + W.CELL) : undefined;
    for (const one of enrolled) free(s, one, one !== winner || !ok);
    if (winner.isSend && !ok) throw new ChannelError("send on closed channel");
    g.value = { index: winner.index, value, ok };
    return true;
  },
};

/** Gives a waiter back, and what it would have sent. */
function free(s: Scheduler, { isSend, waiter }: Enrolled, hasValue: boolean): void {
  if (isSend && hasValue) s.values.drop(waiter + W.CELL);
  s.heap.give(waiter, WAITER_CLASS);
}
