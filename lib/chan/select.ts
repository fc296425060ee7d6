// select: waits for the first of several channel operations.
//
// Invariants:
//  I1. At most one case happens: the others leave their queues before anyone else can run.
//  I2. Among cases that can proceed, each is equally likely; also among those that wait to do the same with one channel.
//
// Source: Go src/runtime/select.go (selectgo). Differs: one random number among the ready cases instead of a
// random poll order, which gives the same distribution; no lock order, since a run is one thread.

import type { Op } from "../op/index.js";
import {
  borrowed,
  current,
  type G,
  type Operable,
  type OpKind,
  operate,
  parking,
  ready,
  type Waiter,
} from "../runtime/index.js";
import { CaseWaiter, type DefaultCase, type RecvCase, type SendCase } from "./cases.js";
import { Source } from "./source.js";

// A local name: V8 folds it, while an imported binding is loaded at every use.
const here = current;

const SELECT: OpKind = { name: "select", wait: "select" };
const SELECT_NONE: OpKind = { name: "select", wait: "select (no cases)" };

/** One case. A case on a nil channel is `null` (Go: such a case never proceeds). */
export type Case = RecvCase<unknown> | SendCase | DefaultCase | null;

type CaseValue<C> = C extends RecvCase<infer T> ? T | undefined : undefined;

/** The case that happened: its `index`, and for a receive its `value` and `ok`. */
export type Selected<C extends readonly unknown[]> = {
  [K in keyof C]: { index: IndexOf<K>; value: CaseValue<C[K]>; ok: boolean };
}[number];
type IndexOf<K> = K extends `${infer N extends number}` ? N : number;

const selector: Operable = {
  label: "",
  perform(g: G, _kind: OpKind, arg: unknown): boolean {
    const cases = arg as readonly Case[];
    const taken = choose(g, cases);
    if (taken !== null) {
      g.value = taken;
      return true;
    }
    g.rt.block(g);
    enqueue(g, cases);
    return false;
  },
};

/** What a select returns. */
interface Taken {
  readonly index: number;
  readonly value: unknown;
  readonly ok: boolean;
}

/** Performs a case that can proceed, or the default; null when there is none. */
function choose(g: G, cases: readonly Case[]): Taken | null {
  let count = 0;
  let last = -1;
  let fallback = -1;
  for (let i = 0; i < cases.length; i++) {
    const c = cases[i] as Case;
    if (c === null) continue;
    if (c.kind === "default") {
      if (fallback < 0) fallback = i;
    } else if (canProceed(c)) {
      count++;
      last = i;
    }
  }
  if (count > 1) last = nth(cases, g.rt.pick(count)); // I2
  if (last >= 0) return take(g, cases[last] as RecvCase<unknown> | SendCase, last);
  return fallback < 0 ? null : { index: fallback, value: undefined, ok: false };
}

function canProceed(c: RecvCase<unknown> | SendCase): boolean {
  return c.kind === "recv" ? c.chan.canRecv : c.chan.canSend;
}

/** The index of the `n`-th of the cases that can proceed. */
function nth(cases: readonly Case[], n: number): number {
  let left = n;
  for (let i = 0; i < cases.length; i++) {
    const c = cases[i] as Case;
    if (c !== null && c.kind !== "default" && canProceed(c) && left-- === 0) return i;
  }
  return -1;
}

function take(g: G, c: RecvCase<unknown> | SendCase, index: number): Taken {
  if (c.kind === "recv") {
    const { value, ok } = c.chan.takeCase();
    if (!here.isFast && c.chan instanceof Source) g.rt.listener?.acquire(g, c.chan);
    return { index, value, ok };
  }
  c.chan.sendCase(c.value);
  return { index, value: undefined, ok: true };
}

/** Puts `g` into the queues of all cases. */
function enqueue(g: G, cases: readonly Case[]): void {
  const waiters = waitersOf(g, cases);
  g.cases = waiters;
  const order = hasTwins(cases) ? shuffled(g, cases.length) : null; // I2
  let at = 0;
  for (let k = 0; k < cases.length; k++) {
    const i = order === null ? k : (order[k] as number);
    const c = cases[i] as Case;
    if (c === null || c.kind === "default") continue;
    const w = waiters[at++] as Waiter;
    w.caseIndex = i;
    if (c.kind === "send") w.item = c.value;
    c.chan.enqueue(w, c.kind === "send");
  }
}

/** How many cases are compared pair by pair. */
const FEW = 8;

/** True when two cases do the same with one channel: then their order in its queue decides, and must be by chance. */
function hasTwins(cases: readonly Case[]): boolean {
  if (cases.length > FEW) {
    const keys = { recv: new Set<unknown>(), send: new Set<unknown>() };
    return cases.some((c) => c !== null && c.kind !== "default" && !isNew(keys[c.kind], c.chan));
  }
  for (let i = 1; i < cases.length; i++) {
    const c = cases[i] as Case;
    if (c === null || c.kind === "default") continue;
    for (let k = 0; k < i; k++) {
      const other = cases[k] as Case;
      if (other !== null && other.kind === c.kind && other.chan === c.chan) return true;
    }
  }
  return false;
}

function isNew(known: Set<unknown>, chan: unknown): boolean {
  const { size } = known;
  return known.add(chan).size > size;
}

/** The numbers below `count` in a random order. Fisher and Yates */
function shuffled(g: G, count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const k = g.rt.pick(i + 1);
    [order[i], order[k]] = [order[k] as number, order[i] as number];
  }
  return order;
}

/** As many waiters as `cases` need: those of the last select of `g`, if their number fits. */
function waitersOf(g: G, cases: readonly Case[]): Waiter[] {
  let count = 0;
  for (let i = 0; i < cases.length; i++) if (cases[i] !== null) count++;
  const kept = g.keptCases;
  if (kept !== null && kept.length === count) return kept;
  const waiters: Waiter[] = [];
  for (let i = 0; i < count; i++) waiters.push(new CaseWaiter(g, i));
  g.keptCases = waiters;
  return waiters;
}

/**
 * Waits until one of the cases can proceed and performs it; with `onDefault()` it never waits. Among several that
 * can proceed each is equally likely. A `null` case never proceeds; without any case it waits for ever.
 *
 * **Happens-before:** that of the case performed.
 * **Cost:** O(cases).
 * @throws {PanicError} `send on closed channel`, when a send case on a closed channel is taken
 * @example
 * await run(function* () {
 *   const a = new Chan<number>(1);
 *   const b = new Chan<string>(1);
 *   yield* b.send("b");
 *   const got = yield* select(a.onRecv(), b.onRecv());
 *   if (got.index === 1) console.log(got.value); // prints: b
 * });
 * @see Go: select, src/runtime/select.go
 */
export function select<C extends readonly Case[]>(...cases: C): Op<Selected<C>> {
  const kind = cases.length === 0 ? SELECT_NONE : SELECT;
  if (!here.isFast) return operate(kind, selector, cases);
  const g = borrowed("select");
  const taken = choose(g, cases);
  if (taken !== null) return ready(kind, taken) as Op<Selected<C>>;
  enqueue(parking(kind, selector), cases);
  return g as unknown as Op<Selected<C>>;
}
