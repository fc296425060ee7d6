// BoardClasses: when two ways through a program have come to the same state.
//
// Two ways are the same when one becomes the other by swapping neighbours that do not conflict (footprint.ts, I1): the
// same steps were made, and those that conflict in the same order (a Mazurkiewicz trace). Then everybody has read the
// same values and every object is the same, also where nobody can look, such as the local variables of a body.
//
// Invariants:
//  I1. A step's number stands for its goroutine, its data choices, and the numbers of the last steps that it conflicts
//      with; so it stands for its whole past. Equal numbers, equal pasts: numbers are given by comparing, not by hashing.
//  I2. The last step of each goroutine names the way: all others lie in the past of one of them.

import type { Footprint } from "./footprint.js";
import type { StepEvent } from "./recording.js";

interface Uses {
  write: number;
  reads: number[];
}

/** Numbers the steps of all runs of one board. */
export class BoardClasses {
  readonly #numbers = new Map<string, number>();

  number(past: string): number {
    let found = this.#numbers.get(past);
    if (found === undefined) {
      found = this.#numbers.size;
      this.#numbers.set(past, found);
    }
    return found;
  }
}

/** The steps of one run, numbered as they are done. */
export class BoardPast {
  readonly #classes: BoardClasses;
  /** By event. */
  readonly #ids: number[] = [];
  /** By goroutine. */
  readonly #last: number[] = [];
  readonly #uses = new Map<object, Uses>();
  #wall = -1;

  constructor(classes: BoardClasses) {
    this.#classes = classes;
  }

  /** Numbers the events that are new. `told` says what a step's data choices came to, where that is known. */
  learn(events: readonly StepEvent[], told: ReadonlyMap<number, string>): void {
    for (let i = this.#ids.length; i < events.length; i++) {
      const event = events[i] as StepEvent;
      const before = this.#before(event.touched);
      if (event.enabledBy >= 0) before.add(this.#ids[event.enabledBy] as number);
      const own = this.#last[event.g];
      if (own !== undefined) before.add(own);
      const picks = told.get(i) ?? event.picks.join(",");
      const id = this.#classes.number(`${event.g}|${picks}|${[...before].sort((a, b) => a - b).join(",")}`);
      this.#ids.push(id);
      this.#last[event.g] = id;
      this.#note(event.touched, id);
    }
  }

  /** Names the way that the run has come (I2). */
  key(): string {
    return Array.from(this.#last, (id) => id ?? "").join(" ");
  }

  /** The number of the last step of goroutine `g`. */
  lastOf(g: number): number {
    return this.#last[g] ?? -1;
  }

  #before(touched: Footprint): Set<number> {
    const before = new Set<number>();
    if (this.#wall >= 0) before.add(this.#wall);
    if (touched.isAll) {
      for (const id of this.#last) if (id !== undefined) before.add(id);
      return before;
    }
    touched.each((object, isWrite) => {
      const uses = this.#uses.get(object);
      if (uses === undefined) return;
      if (uses.write >= 0) before.add(uses.write);
      if (isWrite) for (const id of uses.reads) before.add(id);
    });
    return before;
  }

  #note(touched: Footprint, id: number): void {
    if (touched.isAll) {
      this.#wall = id;
      this.#uses.clear();
      return;
    }
    touched.each((object, isWrite) => {
      const uses = this.#uses.get(object) ?? { write: -1, reads: [] };
      this.#uses.set(object, isWrite ? { write: id, reads: [] } : { ...uses, reads: [...uses.reads, id] });
    });
  }
}
