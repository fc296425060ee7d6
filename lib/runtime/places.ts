// Places: where the objects of a program lie in the state that its `setup` has made: `a`, `forks[1]`, `bank.lock`.

import type { Operable } from "./opkind.js";

/** How deep the objects of the state are searched. */
const MOST_DEEP = 4;
/** How many values are looked at. */
const MOST_LOOKED = 20_000;

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

/**
 * Finds what the state of a program holds: its objects, and plain values beside them. Of a large state only a part is looked at.
 *
 * @throws what a getter of the state throws
 */
export function placesOf(state: unknown): { objects: Place[]; values: Place[] } {
  const found = { objects: [] as Place[], values: [] as Place[] };
  const seen = new Set<unknown>();
  let left = MOST_LOOKED;
  /** A value without objects in it is shown as one. */
  const holdsObject = (value: object, depth: number): boolean =>
    depth < MOST_DEEP &&
    entriesOf(value, left).some(
      ([, inner]) =>
        left-- > 0 &&
        (isOperable(inner) || (typeof inner === "object" && inner !== null && holdsObject(inner, depth + 1))),
    );
  const visit = (value: unknown, path: string, depth: number): void => {
    if (isOperable(value)) {
      if (!seen.has(value)) found.objects.push({ path: path === "" ? value.label : path, value });
      seen.add(value);
    } else if (typeof value !== "function" && value !== undefined) {
      const isOpen = typeof value === "object" && value !== null && depth < MOST_DEEP && !seen.has(value);
      seen.add(value);
      const isState = path === ""; // always opened
      if (!isOpen || !(isState || holdsObject(value, depth))) {
        if (!isState) found.values.push({ path, value });
        return;
      }
      for (const [key, inner] of entriesOf(value, left))
        if (left-- > 0) visit(inner, joined(path, key, value), depth + 1);
    }
  };
  visit(state, "", 0);
  return found;
}

/** What `value` holds; of a list of more than `most` nothing, nor of numbers in a buffer. */
function entriesOf(value: object, most: number): [unknown, unknown][] {
  if (value instanceof Map) return value.size > most ? [] : [...value];
  if (value instanceof Set) return value.size > most ? [] : [...value].map((inner, i) => [i, inner]);
  if (ArrayBuffer.isView(value) || (Array.isArray(value) && value.length > most)) return [];
  return Object.entries(value);
}

function joined(path: string, key: unknown, holder: object): string {
  const isIndex = Array.isArray(holder) || holder instanceof Map || holder instanceof Set;
  if (isIndex) return `${path || "state"}[${String(key)}]`;
  return path === "" ? String(key) : `${path}.${String(key)}`;
}
