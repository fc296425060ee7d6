// Timeline: calls and returns of a history in the order of time, as a list from which operations are lifted out.
//
// Invariants:
//  I1. A call stands before its return; at equal times all calls stand before all returns, so operations that touch in
//      one instant overlap (clocks tick coarsely; Porcupine's operations are closed intervals for the same reason).
//  I2. `restore` undoes the last `lift` that is not undone yet.
//
// Source: Wing, Gong, Testing and Verifying Concurrent Objects (1993); the list is Lowe's (2017).
import type { Operation } from "./operation.js";

/** The list of one part of a history. Entries are numbers from 1; 0 is the head and the end. */
export class Timeline {
  /** Operations of the part, as indices into the history: those that returned by call, then the pending ones. */
  readonly operations: readonly number[];
  /** How many of them returned. */
  readonly returned: number;
  readonly next: Int32Array;
  readonly #previous: Int32Array;
  /** Of a call: its return, 0 when it is pending. Of a return: -1. */
  readonly mate: Int32Array;
  /** Of an entry: its operation, a place in `operations`. */
  readonly operation: Int32Array;

  constructor(history: readonly Operation[], part: readonly number[]) {
    const at = (i: number) => history[i] as Operation;
    const byCall = [...part].sort((a, b) => at(a).call - at(b).call || a - b);
    const done = byCall.filter((i) => at(i).return !== undefined);
    this.returned = done.length;
    this.operations = [...done, ...byCall.filter((i) => at(i).return === undefined)];
    const length = part.length + done.length + 1;
    this.next = new Int32Array(length);
    this.#previous = new Int32Array(length);
    this.mate = new Int32Array(length);
    this.operation = new Int32Array(length);
    this.#link(at);
  }

  #link(at: (i: number) => Operation): void {
    const { operations } = this;
    const calls = operations.map((_, k) => k);
    calls.sort((a, b) => at(operations[a] as number).call - at(operations[b] as number).call || a - b);
    const end = (k: number) => at(operations[k] as number).return as number;
    const returns = calls.filter((k) => k < this.returned).sort((a, b) => end(a) - end(b) || a - b);
    const callEntry = new Int32Array(operations.length);
    let r = 0;
    let entry = 0;
    const append = (k: number): number => {
      entry++;
      this.operation[entry] = k;
      this.#previous[entry] = entry - 1;
      this.next[entry - 1] = entry;
      return entry;
    };
    const appendReturn = (k: number): void => {
      this.mate[callEntry[k] as number] = append(k);
      this.mate[entry] = -1;
    };
    for (const k of calls) {
      const { call } = at(operations[k] as number);
      while (r < returns.length && end(returns[r] as number) < call) appendReturn(returns[r++] as number); // I1
      callEntry[k] = append(k);
    }
    while (r < returns.length) appendReturn(returns[r++] as number);
  }

  /** Takes a call and its return out of the list. */
  lift(call: number): void {
    this.#out(call);
    const end = this.mate[call] as number;
    if (end !== 0) this.#out(end);
  }

  /** Puts back the call that was lifted last, and its return. */
  restore(call: number): void {
    const end = this.mate[call] as number;
    if (end !== 0) this.#in(end);
    this.#in(call); // I2
  }

  #out(entry: number): void {
    const before = this.#previous[entry] as number;
    const after = this.next[entry] as number;
    this.next[before] = after;
    if (after !== 0) this.#previous[after] = before;
  }

  #in(entry: number): void {
    const before = this.#previous[entry] as number;
    const after = this.next[entry] as number;
    this.next[before] = entry;
    if (after !== 0) this.#previous[after] = entry;
  }
}
