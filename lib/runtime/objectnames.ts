// ObjectNames: names for mutexes, channels and the like in reports: `mutex#1`, in order of first use.

import type { Operable } from "./opkind.js";

export class ObjectNames {
  readonly #names = new WeakMap<Operable, string>();
  readonly #counts = new Map<string, number>();

  /** `mutex#1`: the class of an object and its number in order of first use. */
  nameOf(object: Operable): string {
    let name = this.#names.get(object);
    if (name === undefined) {
      const n = (this.#counts.get(object.label) ?? 0) + 1;
      this.#counts.set(object.label, n);
      name = `${object.label}#${n}`;
      this.#names.set(object, name);
    }
    return name;
  }
}
