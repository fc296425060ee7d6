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
    const byCall = inOrder(
      part,
      timesOf(part, (i) => (history[i] as Operation).call),
    );
    const done = byCall.filter((i) => (history[i] as Operation).return !== undefined);
    const pending =
      done.length === byCall.length
        ? []
        : byCall.filter((i) => (history[i] as Operation).return === undefined);
    this.returned = done.length;
    this.operations = pending.length === 0 ? done : [...done, ...pending];
    const length = part.length + done.length + 1;
    this.next = new Int32Array(length);
    this.#previous = new Int32Array(length);
    this.mate = new Int32Array(length);
    this.operation = new Int32Array(length);
    this.#link(history);
  }

  #link(history: readonly Operation[]): void {
    const { operations, returned } = this;
    const places = operations.map((_, k) => k);
    const call = timesOf(operations, (i) => (history[i] as Operation).call);
    const end = timesOf(operations, (i) => (history[i] as Operation).return ?? Number.NaN);
    const calls = inOrder(places, call);
    const returns = inOrder(places.slice(0, returned), end);
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
      const at = call[k] as number;
      while (r < returns.length && (end[returns[r] as number] as number) < at) {
        appendReturn(returns[r++] as number); // I1
      }
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

function timesOf(numbers: readonly number[], timeOf: (n: number) => number): Float64Array {
  const times = new Float64Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) times[i] = timeOf(numbers[i] as number);
  return times;
}

/** `numbers` by their `times`, equals as they are. A history in the order of its calls, as most are, is not sorted again. */
function inOrder(numbers: readonly number[], times: Float64Array): readonly number[] {
  let sorted = 1;
  while (sorted < numbers.length && (times[sorted - 1] as number) <= (times[sorted] as number)) sorted++;
  if (sorted >= numbers.length) return numbers;
  const order = numbers.map((_, i) => i); // an array, not a typed one: its sort is fast on what is nearly in order
  order.sort((a, b) => (times[a] as number) - (times[b] as number));
  return order.map((i) => numbers[i] as number);
}
