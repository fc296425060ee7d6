// Places: where the objects of a program lie in the state that its `setup` has made: `a`, `forks[1]`, `bank.lock`.

import type { Operable } from "./opkind.js";

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
  if (isIndex) return `${path || "state"}[${String(key)}]`;
  return path === "" ? String(key) : `${path}.${String(key)}`;
}
