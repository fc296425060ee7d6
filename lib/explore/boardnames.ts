// BoardNames: what a board calls the objects of a program, the same in every run of it.
//
// Invariants:
//  I1. What `setup` returned is called by its place there: `a`, `forks[1]`, `bank.lock`.
//  I2. Anything else is called by its class and a number: `mutex#1`. A run knows it again by who used it in which of
//      his operations, so that another order of first uses does not change its name.

import type { Operable } from "../runtime/index.js";

/** How deep the objects of the state are searched. */
const MOST_DEEP = 4;

/** True for a mutex, a channel and the like. */
export function isOperable(value: unknown): value is Operable {
  const { label, perform } = (value ?? {}) as Partial<Operable>;
  return typeof label === "string" && typeof perform === "function";
}

/** One object or plain value of the state. */
export interface Place {
  readonly path: string;
  readonly value: unknown;
}

/** Finds what the state of a program holds: its objects, and plain values beside them. */
export function placesOf(state: unknown): { objects: Place[]; values: Place[] } {
  const found = { objects: [] as Place[], values: [] as Place[] };
  const seen = new Set<unknown>();
  const visit = (value: unknown, path: string, depth: number): void => {
    if (isOperable(value)) {
      if (!seen.has(value)) found.objects.push({ path: path === "" ? value.label : path, value });
      seen.add(value);
    } else if (typeof value !== "function" && value !== undefined) {
      const isOpen = typeof value === "object" && value !== null && depth < MOST_DEEP && !seen.has(value);
      seen.add(value);
      if (!isOpen || !holdsObject(value, depth, path === "")) {
        if (path !== "") found.values.push({ path, value });
        return;
      }
      for (const [key, inner] of entriesOf(value)) visit(inner, joined(path, key, value), depth + 1);
    }
  };
  visit(state, "", 0);
  return found;
}

function entriesOf(value: object): [unknown, unknown][] {
  if (value instanceof Map) return [...value];
  if (value instanceof Set) return [...value].map((inner, i) => [i, inner]);
  return Object.entries(value);
}

/** A value without objects in it is shown as one; the state itself is always opened. */
function holdsObject(value: object, depth: number, isState: boolean): boolean {
  if (isState) return true;
  if (depth >= MOST_DEEP) return false;
  return entriesOf(value).some(
    ([, inner]) =>
      isOperable(inner) ||
      (typeof inner === "object" && inner !== null && holdsObject(inner, depth + 1, false)),
  );
}

function joined(path: string, key: unknown, holder: object): string {
  const isIndex = Array.isArray(holder) || holder instanceof Map || holder instanceof Set;
  if (isIndex) return `${path}[${String(key)}]`;
  return path === "" ? String(key) : `${path}.${String(key)}`;
}

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
