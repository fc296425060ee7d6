// model: an independent reading of Go's rules for channels, select, mutexes and atomics, small enough to be checked by
// eye. It runs a description through *every* interleaving, with states that were seen before left out, and returns all
// outcomes. It shares nothing with the library.
//
// Invariants:
//  I1. One step of one goroutine is one operation. Beginning to wait is a step of its own.
//  I2. Who waits at a channel is served first in, first out; a select stands in the queue of each of its cases.
//  I3. Plain code takes a step, too: that only adds interleavings which look the same.

import type { Block, Description, Expr, SelectCase, Stmt, Test } from "./description.js";

interface Waiter {
  readonly g: number;
  /** The case of its select, or -1. */
  readonly which: number;
  readonly value: number;
}

interface ChanState {
  readonly capacity: number;
  readonly buffer: number[];
  isClosed: boolean;
  readonly sendq: Waiter[];
  readonly recvq: Waiter[];
}

interface GState {
  /** What is left to do, the next statement first. */
  readonly todo: Stmt[];
  readonly locals: Record<string, number>;
  isParked: boolean;
}

/** The whole state, as plain data: it is copied for every step and compared as text. */
interface State {
  readonly goroutines: GState[];
  readonly chans: Record<string, ChanState>;
  /** 1 when locked. */
  readonly locks: Record<string, number>;
  readonly lockq: Record<string, number[]>;
  readonly counters: Record<string, number>;
  readonly atomics: Record<string, number>;
  readonly shared: Record<string, number>;
  readonly log: string[];
  /** What it died with. */
  died: string;
}

const DEADLOCK = "fatal error: all goroutines are asleep - deadlock!";

/** All outcomes of a description, or null when there are more than `mostStates` states. */
export function allOutcomes(d: Description, mostStates = 200_000): Set<string> | null {
  const outcomes = new Set<string>();
  const seen = new Set<string>();
  const stack = [initial(d)];
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    const key = JSON.stringify(state);
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > mostStates) return null;
    const main = state.goroutines[0] as GState;
    if (state.died !== "") outcomes.add(state.died);
    else if (main.todo.length === 0 && !main.isParked) outcomes.add(outcomeOf(state, d));
    else {
      const next = state.goroutines.flatMap((_, g) => successors(state as State, g));
      if (next.length === 0) outcomes.add(DEADLOCK);
      stack.push(...next);
    }
  }
  return outcomes;
}

function outcomeOf({ log }: State, d: Description): string {
  return (d.isSorted === true ? [...log].sort() : log).join("; ");
}

function initial(d: Description): State {
  const state: State = {
    goroutines: [{ todo: [...d.main, ["gosched"]], locals: {}, isParked: false }], // the log is read in a step of its own
    chans: {},
    locks: {},
    lockq: {},
    counters: {},
    atomics: {},
    shared: {},
    log: [],
    died: "",
  };
  for (const [name, spec] of Object.entries(d.objects)) {
    if (spec[0] === "chan") {
      state.chans[name] = { capacity: spec[1], buffer: [], isClosed: false, sendq: [], recvq: [] };
    } else if (spec[0] === "mutex") {
      state.locks[name] = 0;
      state.lockq[name] = [];
    } else if (spec[0] === "waitgroup") state.counters[name] = 0;
    else if (spec[0] === "atomic") state.atomics[name] = spec[1];
    else if (spec[0] === "var") state.shared[name] = spec[1];
    else throw new TypeError(`the model has no ${spec[0]}`);
  }
  return state;
}

/** The states after one step of goroutine `g`; none when it waits or has ended. */
function successors(before: State, g: number): State[] {
  const me = before.goroutines[g] as GState;
  const [first] = me.todo;
  if (me.isParked || first === undefined) return [];
  if (first[0] === "wait" && before.counters[first[1]] !== 0) return [];
  if (first[0] === "select") return select(before, g, first[1]);
  const state = structuredClone(before);
  (state.goroutines[g] as GState).todo.shift();
  perform(state, g, first);
  return [state];
}

function perform(state: State, g: number, s: Stmt): void {
  const me = state.goroutines[g] as GState;
  switch (s[0]) {
    case "go":
      state.goroutines.push({ todo: [...s[1]], locals: {}, isParked: false });
      return;
    case "gosched":
      return;
    case "send":
      if (!sendNow(state, s[1], value(state, me, s[2]))) {
        const ch = state.chans[s[1]] as ChanState;
        ch.sendq.push({ g, which: -1, value: value(state, me, s[2]) });
        me.isParked = true;
      }
      return;
    case "recv":
    case "recvOk": {
      const ch = state.chans[s[1]] as ChanState;
      const got = receiveNow(state, ch);
      if (got !== null) {
        received(me, s, got);
        return;
      }
      ch.recvq.push({ g, which: -1, value: 0 });
      me.isParked = true;
      me.todo.unshift(s); // whoever wakes it finds here where the value goes
      return;
    }
    case "close":
      close(state, s[1]);
      return;
    case "lock":
      if (state.locks[s[1]] === 0) state.locks[s[1]] = 1;
      else {
        (state.lockq[s[1]] as number[]).push(g);
        me.isParked = true;
        me.todo.unshift(s); // it competes again
      }
      return;
    case "unlock": {
      state.locks[s[1]] = 0;
      const waiter = (state.lockq[s[1]] as number[]).shift();
      if (waiter !== undefined) (state.goroutines[waiter] as GState).isParked = false;
      return;
    }
    default:
      performSimple(state, me, s);
  }
}

function performSimple(state: State, me: GState, s: Stmt): void {
  switch (s[0]) {
    case "add":
      state.counters[s[1]] = (state.counters[s[1]] as number) + value(state, me, s[2]);
      return;
    case "done":
      state.counters[s[1]] = (state.counters[s[1]] as number) - 1;
      return;
    case "wait":
      return; // it was enabled: the counter is zero
    case "wgGo":
      state.counters[s[1]] = (state.counters[s[1]] as number) + 1;
      state.goroutines.push({ todo: [...s[2], ["done", s[1]]], locals: {}, isParked: false });
      return;
    case "times":
      for (let i = 0; i < s[1]; i++) me.todo.unshift(...s[2]);
      return;
    case "if":
      me.todo.unshift(...(holds(state, me, s[1]) ? s[2] : (s[3] ?? [])));
      return;
    case "while":
      if (holds(state, me, s[1])) me.todo.unshift(...s[2], s);
      return;
    case "range":
      me.todo.unshift(["recvOk", s[1], s[2], "more"], ["if", ["==", "more", 1], [...s[3], s]]);
      return;
    case "len":
      me.locals[s[2]] = (state.chans[s[1]] as ChanState).buffer.length;
      return;
    case "tryLock":
      me.locals[s[2]] = state.locks[s[1]] === 0 ? 1 : 0;
      state.locks[s[1]] = 1;
      return;
    case "swap":
      me.locals[s[3]] = state.atomics[s[1]] as number;
      state.atomics[s[1]] = value(state, me, s[2]);
      return;
    case "cas":
      me.locals[s[4]] = state.atomics[s[1]] === value(state, me, s[2]) ? 1 : 0;
      if (me.locals[s[4]] === 1) state.atomics[s[1]] = value(state, me, s[3]);
      return;
    case "load":
      me.locals[s[2]] = state.atomics[s[1]] as number;
      return;
    case "store":
      state.atomics[s[1]] = value(state, me, s[2]);
      return;
    case "addTo":
      state.atomics[s[1]] = (state.atomics[s[1]] as number) + value(state, me, s[2]);
      me.locals[s[3]] = state.atomics[s[1]] as number;
      return;
    case "set":
      (s[1] in state.shared ? state.shared : me.locals)[s[1]] = value(state, me, s[2]);
      return;
    case "log":
      state.log.push([s[1], ...(s.slice(2) as Expr[]).map((e) => value(state, me, e))].join(" "));
      return;
    default:
      throw new TypeError(`the model has no ${s[0]}`);
  }
}

function value(state: State, me: GState, e: Expr): number {
  if (typeof e === "number") return e;
  if (typeof e === "string") return (e in state.shared ? state.shared[e] : me.locals[e]) ?? 0;
  const a = value(state, me, e[1]);
  const b = value(state, me, e[2]);
  return e[0] === "+" ? a + b : e[0] === "-" ? a - b : e[0] === "*" ? a * b : a % b;
}

function holds(state: State, me: GState, [word, left, right]: Test): boolean {
  const a = value(state, me, left);
  const b = value(state, me, right);
  return word === "==" ? a === b : word === "!=" ? a !== b : word === "<" ? a < b : a > b;
}

interface Got {
  readonly value: number;
  readonly ok: boolean;
}

/** Takes a waiter out of line; a select leaves all its queues (I2). */
function dequeue(state: State, queue: Waiter[]): Waiter | undefined {
  const first = queue.shift();
  if (first === undefined) return undefined;
  for (const ch of Object.values(state.chans)) {
    for (const q of [ch.sendq, ch.recvq]) {
      for (let i = q.length - 1; i >= 0; i--) if ((q[i] as Waiter).g === first.g) q.splice(i, 1);
    }
  }
  (state.goroutines[first.g] as GState).isParked = false;
  return first;
}

/** Gives a receiver that waited its value; a select goes on in its case. */
function hand(state: State, w: Waiter, got: Got): void {
  const g = state.goroutines[w.g] as GState;
  const s = g.todo.shift() as Stmt;
  if (s[0] === "select") enter(g, s[1][w.which] as SelectCase, got);
  else received(g, s, got);
}

function received(me: GState, s: Stmt, got: Got): void {
  if (s[0] !== "recv" && s[0] !== "recvOk") throw new TypeError("no receive");
  me.locals[s[2]] = got.value;
  if (s[0] === "recvOk") me.locals[s[3]] = got.ok ? 1 : 0;
}

function enter(me: GState, c: SelectCase, got: Got): void {
  if (c[0] === "recv") {
    me.locals[c[2]] = got.value;
    me.locals[c[3]] = got.ok ? 1 : 0;
  }
  me.todo.unshift(...(c[c.length - 1] as Block));
}

/** True when it is done, by a panic too. */
function sendNow(state: State, name: string, item: number): boolean {
  const ch = state.chans[name] as ChanState;
  if (ch.isClosed) {
    state.died = "panic: send on closed channel";
    return true;
  }
  const receiver = dequeue(state, ch.recvq);
  if (receiver !== undefined) {
    hand(state, receiver, { value: item, ok: true });
    return true;
  }
  if (ch.buffer.length === ch.capacity) return false;
  ch.buffer.push(item);
  return true;
}

function receiveNow(state: State, ch: ChanState): Got | null {
  if (ch.buffer.length > 0) {
    const item = ch.buffer.shift() as number;
    const sender = dequeue(state, ch.sendq);
    if (sender !== undefined) {
      ch.buffer.push(sender.value);
      sent(state, sender);
    }
    return { value: item, ok: true };
  }
  const sender = dequeue(state, ch.sendq);
  if (sender !== undefined) {
    sent(state, sender);
    return { value: sender.value, ok: true };
  }
  return ch.isClosed ? { value: 0, ok: false } : null;
}

/** A sender that waited goes on. */
function sent(state: State, w: Waiter): void {
  if (w.which < 0) return;
  const g = state.goroutines[w.g] as GState;
  const s = g.todo.shift() as Stmt;
  if (s[0] === "select") enter(g, s[1][w.which] as SelectCase, { value: 0, ok: false });
}

function close(state: State, name: string): void {
  const ch = state.chans[name] as ChanState;
  if (ch.isClosed) {
    state.died = "panic: close of closed channel";
    return;
  }
  ch.isClosed = true;
  for (let w = dequeue(state, ch.recvq); w !== undefined; w = dequeue(state, ch.recvq)) {
    hand(state, w, { value: 0, ok: false });
  }
  if (ch.sendq.length > 0) state.died = "panic: send on closed channel";
}

function isReady(state: State, c: SelectCase): boolean {
  if (c[0] !== "send" && c[0] !== "recv") return false;
  const ch = state.chans[c[1]] as ChanState;
  if (c[0] === "send") return ch.isClosed || ch.recvq.length > 0 || ch.buffer.length < ch.capacity;
  return ch.buffer.length > 0 || ch.sendq.length > 0 || ch.isClosed;
}

/** One state for every case that is ready; else the default; else it waits. */
function select(before: State, g: number, cases: readonly SelectCase[]): State[] {
  const ready = cases.flatMap((c, i) => (isReady(before, c) ? [i] : []));
  const fallback = cases.findIndex((c) => c[0] === "default");
  const choices = ready.length > 0 ? ready : fallback >= 0 ? [fallback] : [];
  if (choices.length > 0) return choices.map((i) => taken(before, g, cases[i] as SelectCase));
  const state = structuredClone(before);
  const me = state.goroutines[g] as GState;
  me.isParked = true;
  cases.forEach((c, which) => {
    if (c[0] === "send") {
      const item = value(state, me, c[2]);
      (state.chans[c[1]] as ChanState).sendq.push({ g, which, value: item });
    } else if (c[0] === "recv") (state.chans[c[1]] as ChanState).recvq.push({ g, which, value: 0 });
  });
  return [state];
}

function taken(before: State, g: number, c: SelectCase): State {
  const state = structuredClone(before);
  const me = state.goroutines[g] as GState;
  me.todo.shift();
  let got: Got = { value: 0, ok: false };
  if (c[0] === "send") sendNow(state, c[1], value(state, me, c[2]));
  else if (c[0] === "recv") got = receiveNow(state, state.chans[c[1]] as ChanState) as Got;
  enter(me, c, got);
  return state;
}
