// Order: which steps of a run come before which whatever the schedule, which pairs could have been swapped, and the
// name of the class that a run belongs to.
//
// Invariants:
//  I1. Step i happens before step j if both are by one goroutine, or i created or woke j's goroutine, or they conflict,
//      and i came first; and by any chain of these.
//  I2. Two runs of a program are in one class (Mazurkiewicz trace) if and only if they have the same steps and the same
//      order between them; then they can be turned into each other by swapping neighbours that do not conflict.
//
// Source: vector clocks (Mattern 1989); reversible races as in Abdulla, Aronis, Jonsson, Sagonas, "Source Sets" (JACM
// 2017), section 4.

import type { StepEvent } from "./recording.js";

/** The last steps that touched an object. */
interface Touched {
  write: number;
  reads: number[];
}

export class Order {
  readonly events: readonly StepEvent[];
  /** `clocks[i][g]`: how many steps of g happen before step i, itself included. */
  readonly clocks: number[][] = [];
  /** `ordinals[i]`: step i is the so manieth of its goroutine, from 1. */
  readonly ordinals: number[] = [];
  /** `#preds[i]`: the last steps that conflict with step i, the nearest of each kind. */
  readonly #preds: number[][] = [];
  readonly #last: (number | undefined)[] = [];
  readonly #objects = new Map<object, Touched>();
  #lastAll = -1;

  constructor(events: readonly StepEvent[]) {
    this.events = events;
    events.forEach((_, i) => {
      this.#add(i);
    });
  }

  /** True when step `i` happens before step `j` (or is the same). */
  isBefore(i: number, j: number): boolean {
    const g = (this.events[i] as StepEvent).g;
    return ((this.clocks[j] as number[])[g] ?? 0) >= (this.ordinals[i] as number);
  }

  /** The steps that conflict with step `j`, are by others, and come before it by nothing but that conflict. */
  racesWith(j: number): number[] {
    const { g, enabledBy } = this.events[j] as StepEvent;
    const preds = this.#preds[j] as number[];
    return preds.filter((i) => {
      if (i === enabledBy || this.events[i]?.g === g) return false;
      return !preds.some((k) => k !== i && this.isBefore(i, k));
    });
  }

  /** The class of the run: equal for two runs if and only if they are in one class (I2). */
  key(): string {
    const rows: string[][] = [];
    this.events.forEach(({ g, picks }, i) => {
      rows[g] ??= [];
      rows[g]?.push(
        `${(this.clocks[i] as number[]).map((n) => n ?? 0).join(",")}${picks.length > 0 ? `p${picks}` : ""}`,
      );
    });
    return Array.from(rows, (row) => row?.join(";") ?? "").join("|");
  }

  #add(i: number): void {
    const event = this.events[i] as StepEvent;
    const before = this.#last[event.g];
    const preds = new Set<number>();
    if (before !== undefined) preds.add(before);
    if (event.enabledBy >= 0) preds.add(event.enabledBy);
    this.#conflicts(i, preds);
    preds.delete(i);
    const clock: number[] = [];
    for (const k of preds) {
      const other = this.clocks[k] as number[];
      for (let g = 0; g < other.length; g++) clock[g] = Math.max(clock[g] ?? 0, other[g] ?? 0);
    }
    const ordinal = before === undefined ? 1 : (this.ordinals[before] as number) + 1;
    clock[event.g] = ordinal;
    this.clocks.push(clock);
    this.ordinals.push(ordinal);
    this.#preds.push([...preds]);
    this.#last[event.g] = i;
  }

  /** Adds the nearest conflicting steps to `preds`, and notes what step `i` touches. */
  #conflicts(i: number, preds: Set<number>): void {
    const { touched } = this.events[i] as StepEvent;
    if (this.#lastAll >= 0) preds.add(this.#lastAll);
    if (touched.isAll) {
      for (const last of this.#last) if (last !== undefined) preds.add(last);
      this.#lastAll = i;
    }
    touched.each((object, isWrite) => {
      let known = this.#objects.get(object);
      if (known === undefined) {
        known = { write: -1, reads: [] };
        this.#objects.set(object, known);
      }
      if (known.write >= 0) preds.add(known.write);
      if (isWrite) {
        for (const read of known.reads) preds.add(read);
        known.write = i;
        known.reads = [];
      } else known.reads.push(i);
    });
  }
}
