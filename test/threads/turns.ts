// Turns: real threads of which one runs at a time, and the next is chosen by a seed at every atomic access. So the
// structure under test is the real one, on real threads, and its interleavings are those of the seed, on any machine.
//
// Invariants:
//  I1. Who holds the turn runs; all others that take part sleep. The choice is made by who holds it, from state in shared
//      memory, so a round depends on its seed alone.
//  I2. Accesses are watched between `enter` and `leave` only: barriers and records stay as they are.
import { carry } from "happens-before/threads";

/** Words: whose turn, state of the choices, who takes part, steps of this round. */
export const CONTROL_WORDS = 4;

/** One thread's part in the rounds. */
export interface Turns {
  /** Begins a round: sleeps until it is this thread's turn. */
  enter(): void;
  /** A place where another may go on; every atomic access is one. */
  step(): void;
  /** Ends the thread's part in the round. */
  leave(): void;
  /** Gives this thread's Atomics back. */
  restore(): void;
}

/** Replaces this thread's Atomics by ones that take turns. On average one of `every` steps hands the turn on. */
export const turns = carry((control: Int32Array, id: number, every: number): Turns => {
  const real = { ...pick() };
  let isIn = false;
  function pick() {
    const { load, store, add, sub, and, or, xor, exchange, compareExchange, wait, notify } = Atomics;
    return { load, store, add, sub, and, or, xor, exchange, compareExchange, wait, notify };
  }
  function choose(below: number): number {
    let state = control[1]!;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    control[1] = state;
    return (state >>> 0) % below;
  }
  function sleep(): void {
    for (let turn = real.load(control, 0); turn !== id; turn = real.load(control, 0))
      real.wait(control, 0, turn);
  }
  /** Hands the turn to one of those who take part; false when there is nobody. */
  function handOn(): boolean {
    const others = [];
    for (let other = 0; other < 31; other++) if ((control[2]! & (1 << other)) !== 0) others.push(other);
    if (others.length === 0) return false;
    const next = others[choose(others.length)]!;
    if (next === id) return true;
    real.store(control, 0, next);
    real.notify(control, 0);
    return true;
  }
  function step(): void {
    if (!isIn) return;
    if (control[3]!++ > 20_000) throw new Error("the round does not end");
    if (choose(every) > 0) return;
    handOn();
    sleep();
  }
  for (const name of [
    "load",
    "store",
    "add",
    "sub",
    "and",
    "or",
    "xor",
    "exchange",
    "compareExchange",
  ] as const) {
    const original = real[name] as (...args: unknown[]) => unknown;
    (Atomics as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
      step();
      return original(...args);
    };
  }
  return {
    enter() {
      sleep();
      isIn = true;
    },
    step,
    leave() {
      isIn = false;
      control[2]! &= ~(1 << id);
      handOn();
    },
    restore() {
      isIn = false;
      Object.assign(Atomics, real);
    },
  };
});
