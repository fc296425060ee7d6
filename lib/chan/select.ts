// select: waits for the first of several channel operations.
//
// Invariants:
//  I1. At most one case happens: the others leave their queues before anyone else can run.
//  I2. Among cases that can proceed, each is equally likely.
//
// Source: Go src/runtime/select.go (selectgo). Differs: one random number among the ready cases instead of a
// random poll order, which gives the same distribution; no lock order, since a run is one thread.

import type { Op } from "../op/index.js";
import { type G, type Operable, type OpKind, operate } from "../runtime/index.js";
import { CaseWaiter, DefaultCase, RecvCase, SendCase } from "./cases.js";

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
    let count = 0;
    for (const c of cases) if (canProceed(c)) count++;
    if (count > 0) {
      take(g, cases, g.rt.pick(count));
      return true;
    }
    const fallback = cases.findIndex((c) => c instanceof DefaultCase);
    if (fallback >= 0) {
      g.value = { index: fallback, value: undefined, ok: false };
      return true;
    }
    wait(g, cases);
    return false;
  },
};

function canProceed(c: Case): boolean {
  if (c instanceof RecvCase) return c.chan.canRecv;
  return c instanceof SendCase && c.chan.canSend;
}

/** Performs the `nth` of the cases that can proceed. */
function take(g: G, cases: readonly Case[], nth: number): void {
  let left = nth;
  for (let index = 0; index < cases.length; index++) {
    const c = cases[index] as Case;
    if (!canProceed(c) || left-- > 0) continue;
    if (c instanceof RecvCase) {
      g.value = { index, ...c.chan.takeCase() };
    } else if (c instanceof SendCase) {
      c.chan.sendCase(c.value);
      g.value = { index, value: undefined, ok: true };
    }
    return;
  }
}

function wait(g: G, cases: readonly Case[]): void {
  const waiters: CaseWaiter[] = [];
  cases.forEach((c, index) => {
    if (c === null || c instanceof DefaultCase) return;
    const w = new CaseWaiter(g, index);
    if (c instanceof SendCase) w.item = c.value;
    c.chan.enqueue(w, c instanceof SendCase);
    waiters.push(w);
  });
  g.cases = waiters;
  g.rt.block(g);
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
  return operate(cases.length === 0 ? SELECT_NONE : SELECT, selector, cases);
}
