// Wake: who is woken when there is work, and how Ps change hands.
//
// Invariants:
//  I1. An M sleeps only after it has set its bit in IDLE_MS and then looked at every queue once more; who makes work puts it
//      into a queue and then looks at IDLE_MS. So at least one of them sees the other: no wake-up is lost.
//  I2. The bit of a sleeping M is cleared by who wakes it, who then writes the note. So a set bit means: asleep, and nobody
//      comes; a cleared one: a note is on its way.
//  I3. At most one M at a time is woken to look for work; whoever finds some wakes the next one (Go: wakep, resetspinning).
//  I4. A free P has its bit in IDLE_PS; an M that wants one has its bit in WANT_PS and then looks at IDLE_PS once more; who
//      frees a P sets its bit and then looks at WANT_PS.
//
// Source: Go src/runtime/proc.go (wakep, startm, handoffp, pidleget, pidleput).

import { M, MOST_MS, S } from "./layout.js";
import { leaveNote, Note, ringHost, type Words } from "./words.js";

/** The number of the lowest bit of `mask`. */
function lowest(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}

/** How many bits of `mask` are set. */
export function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Wakes M `id` if it sleeps, with a note; true when we were the one. */
export function wakeM(words: Words, id: number, note: number): boolean {
  // I2. ORDER: it decides who wakes.
  if ((Atomics.and(words.i32, S.IDLE_MS, ~(1 << id)) & (1 << id)) === 0) return false;
  leaveNote(words, id, note);
  return true;
}

/** There is work: wakes an M to look for it, if a P is free, an M sleeps, and nobody is looking already. */
export function wakeOne(words: Words): void {
  const { i32 } = words;
  do {
    // I1. ORDER: after the work was put into a queue; pairs with the or in Search's sleep.
    if (Atomics.load(i32, S.SPINNING) !== 0 || Atomics.load(i32, S.IDLE_PS) === 0) return;
    if (Atomics.load(i32, S.IDLE_MS) === 0 && !lacksM(i32)) return;
    if (Atomics.compareExchange(i32, S.SPINNING, 0, 1) !== 0) return; // I3
    for (let idle = Atomics.load(i32, S.IDLE_MS); idle !== 0; idle = Atomics.load(i32, S.IDLE_MS)) {
      if (wakeM(words, lowest(idle), Note.WAKE | Note.SPIN)) return; // it counts as spinning from now on
    }
    Atomics.sub(i32, S.SPINNING, 1); // ORDER: before the look at IDLE_MS below; who puts work down reads them the other way round
    if (lacksM(i32)) askForM(words);
    // Who came meanwhile has taken our count for somebody who looks: then we look for them.
  } while (Atomics.load(i32, S.IDLE_MS) !== 0); // ORDER: after the subtraction; pairs with the or in Search's sleep
}

/** True when Ms are in blocking calls and none was started in their place. */
function lacksM(i32: Int32Array): boolean {
  // ORDER: none needed; one M more or less does no harm
  const spare = Atomics.load(i32, S.M_COUNT) - Atomics.load(i32, S.PROCS);
  return Atomics.load(i32, S.BLOCKED) > spare && spare + Atomics.load(i32, S.PROCS) < MOST_MS;
}

/** Asks the host for one more M. Go: newm */
function askForM(words: Words): void {
  const { i32 } = words;
  const id = Atomics.add(i32, S.M_COUNT, 1); // ORDER: before ALL_MS and the bell
  if (id >= MOST_MS) {
    Atomics.sub(i32, S.M_COUNT, 1); // ORDER: none needed; a count of nobody
    return;
  }
  // ORDER: before the bell; it counts as awake from now on, so nobody takes this for a deadlock.
  Atomics.or(i32, S.ALL_MS, 1 << id);
  Atomics.add(i32, S.WANT_MS, 1); // ORDER: release; before the bell, after which the host reads it
  ringHost(words);
}

/** Takes a free P; -1 when there is none. */
export function takeP(i32: Int32Array): number {
  // ORDER: none needed for the looks; the and decides.
  for (let idle = Atomics.load(i32, S.IDLE_PS); idle !== 0; idle = Atomics.load(i32, S.IDLE_PS)) {
    const p = lowest(idle);
    // ORDER: acquire; pairs with the or in freeP: the deque is as the last holder left it.
    if ((Atomics.and(i32, S.IDLE_PS, ~(1 << p)) & (1 << p)) !== 0) return p;
  }
  return -1;
}

/** Gives P `p` to an M that wants one, else leaves it free. */
export function freeP(words: Words, p: number): void {
  const { i32 } = words;
  for (;;) {
    // ORDER: none needed for the looks; giveP decides.
    for (let want = Atomics.load(i32, S.WANT_PS); want !== 0; want = Atomics.load(i32, S.WANT_PS)) {
      if (giveP(words, lowest(want), p)) return;
    }
    Atomics.or(i32, S.IDLE_PS, 1 << p); // ORDER: release; pairs with the and in takeP
    if (Atomics.load(i32, S.WANT_PS) === 0) return; // I4
    if ((Atomics.and(i32, S.IDLE_PS, ~(1 << p)) & (1 << p)) === 0) return; // somebody has it
  }
}

function giveP(words: Words, id: number, p: number): boolean {
  // ORDER: it decides who gives.
  if ((Atomics.and(words.i32, S.WANT_PS, ~(1 << id)) & (1 << id)) === 0) return false;
  Atomics.store(words.i32, words.m(id) + M.GIVEN_P, p + 1); // ORDER: release; before the note
  leaveNote(words, id, Note.GIVEN_P);
  return true;
}
