// ObjectNames: names for mutexes, channels and the like in reports: `mutex#1`, in order of first use.

import type { Operable } from "./opkind.js";
import { isOperable, placesOf } from "./places.js";

/** What stands before the label in the name of a class: `AtomicInt32` is an `int32`. */
const FAMILY = /^(?:atomic|circuit|go|traced)/;

export class ObjectNames {
  readonly #names = new WeakMap<Operable, string>();
  readonly #counts = new Map<string, number>();
  readonly #places = new Map<object, string>();
  /** What the program's state calls those that have a name, if any has: `mutex#1` is `bank.lock`. */
  places: Record<string, string> | undefined;

  /** Looks where the objects lie in the state of a program. A state that refuses to be looked at gives no names. */
  know(state: unknown): void {
    try {
      if (typeof state !== "object" || state === null || isOperable(state)) return;
      for (const { path, value } of placesOf(state).objects)
        if (isNameless(value as Operable)) this.#places.set(value as Operable, path);
    } catch {
      this.#places.clear(); // a getter has thrown; the program will see that, if it uses it
    }
  }

  /** `mutex#1`: the class of an object and its number in order of first use. */
  nameOf(object: Operable): string {
    let name = this.#names.get(object);
    if (name === undefined) {
      const n = (this.#counts.get(object.label) ?? 0) + 1;
      this.#counts.set(object.label, n);
      name = `${object.label}#${n}`;
      this.#names.set(object, name);
      const place = this.#places.get(object);
      if (place !== undefined) {
        this.places ??= {};
        this.places[name] = place;
      }
    }
    return name;
  }
}

/** True for an object that is labelled by its class, and not by its program: `new Cell(0)`, but not `new Cell(0, "stock")`. */
function isNameless(object: Operable): boolean {
  const { label } = object;
  for (let type = object.constructor; typeof type === "function"; type = Object.getPrototypeOf(type)) {
    if (type.name.toLowerCase().replace(FAMILY, "") === label) return true;
  }
  return false;
}
