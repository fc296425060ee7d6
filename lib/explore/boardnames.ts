// BoardNames: what a board calls the objects of a program, the same in every run of it.
//
// Invariants:
//  I1. What `setup` returned is called by its place there: `a`, `forks[1]`, `bank.lock`.
//  I2. Anything else is called by its class and a number: `mutex#1`. A run knows it again by who used it in which of
//      his operations, so that another order of first uses does not change its name.

import type { Operable, Place } from "../runtime/index.js";

/** The names of all runs of one board. */
export class BoardNames {
  /** By use: the goroutine and which of its operations. */
  readonly byUse = new Map<string, string>();
  readonly counts = new Map<string, number>();
}

/** The names of one run. */
export class RunNames {
  readonly #all: BoardNames;
  readonly #names = new Map<object, string>();
  readonly #taken = new Set<string>();
  #places: (() => readonly Place[]) | null;

  /** `places` are the objects of the state; asked for at the first use, when there is one. */
  constructor(all: BoardNames, places: () => readonly Place[]) {
    this.#all = all;
    this.#places = places;
  }

  /** The name of `object`, which goroutine `g` uses in its operation number `nth`. */
  used(object: Operable, g: number, nth: number): string {
    this.#look();
    const use = `${g} ${nth} ${object.label}`;
    const known = this.#names.get(object);
    if (known !== undefined) {
      if (!this.#all.byUse.has(use)) this.#all.byUse.set(use, known);
      return known;
    }
    const told = this.#all.byUse.get(use);
    if (told !== undefined && !this.#taken.has(told)) return this.#give(object, told);
    const count = (this.#all.counts.get(object.label) ?? 0) + 1;
    this.#all.counts.set(object.label, count);
    const name = `${object.label}#${count}`;
    this.#all.byUse.set(use, name);
    return this.#give(object, name);
  }

  /** The name of an object of the state. */
  placed({ path, value }: Place): string {
    this.#look();
    return this.#names.get(value as object) ?? this.#give(value as object, path);
  }

  #look(): void {
    const places = this.#places;
    this.#places = null;
    for (const { path, value } of places?.() ?? []) this.#give(value as object, path);
  }

  #give(object: object, name: string): string {
    this.#names.set(object, name);
    this.#taken.add(name);
    return name;
  }
}
