// Residents: the goroutines that have started on one thread and belong to it until they end.
//
// Invariants:
//  I1. A resident's place stands in its record (LOCAL), so whoever wakes it by address finds the object again.

import type { Callable } from "./functions.js";
import { Goroutine, retire } from "./goroutine.js";
import { G } from "./layout.js";
import type { Scheduler } from "./scheduler.js";

/** The goroutines of one thread. */
export class Residents {
  readonly #s: Scheduler;
  readonly #places: (Goroutine | null)[] = [];
  readonly #free: number[] = [];
  /** Dead ones, to be used again. */
  readonly #spare: Goroutine[] = [];

  constructor(s: Scheduler) {
    this.#s = s;
  }

  at(place: number): Goroutine {
    return this.#places[place] as Goroutine;
  }

  all(): Goroutine[] {
    return this.#places.filter((g) => g !== null);
  }

  /** From here on the goroutine of this record belongs to the thread. */
  adopt(address: number, body: Callable, id: number, parent: number): Goroutine {
    const g = this.#spare.pop() ?? new Goroutine(this.#s);
    const place = this.#free.pop() ?? this.#places.length;
    this.#places[place] = g;
    g.address = address;
    g.local = place;
    g.body = body;
    g.id = id;
    g.parent = parent;
    this.#s.i32[address + G.M] = this.#s.id;
    this.#s.i32[address + G.LOCAL] = place; // I1
    return g;
  }

  /** It has ended. */
  forget(g: Goroutine): void {
    this.#places[g.local] = null;
    this.#free.push(g.local);
    retire(g);
    this.#spare.push(g);
  }
}
