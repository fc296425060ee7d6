// Variable: a plain variable or property, as the scheduler and the detectors see it. Cell and the directive
// `"use interleaving"` stand on it.
//
// The value stays where it is, in the variable itself: a Variable only tells who is about to read or write it. What
// `yield*` does is to announce the access; the access itself follows before anybody else can run.
//
// Invariants:
//  I1. One Variable per variable: for a property one per holder and key, for a local one per activation.

import type { G, Operable, OpKind } from "../runtime/index.js";

export const READ: OpKind = { name: "read", wait: "", edge: "read" };
export const WRITE: OpKind = { name: "write", wait: "", edge: "write" };

/** What is being accessed: read by the code that follows an announced access, at once. */
export const it: { holder: unknown; key: PropertyKey } = { holder: undefined, key: "" };

export class Variable implements Operable {
  readonly label: string;
  readonly holder: unknown;
  readonly key: PropertyKey;
  readonly #peek: (() => unknown) | undefined;

  /** `peek` returns the value without any effect; it may throw when there is none yet. */
  constructor(label: string, peek: (() => unknown) | undefined, holder?: unknown, key: PropertyKey = "") {
    this.label = label;
    this.#peek = peek;
    this.holder = holder;
    this.key = key;
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    it.holder = this.holder;
    it.key = this.key;
    // The value is for who listens; the program reads it by itself.
    if (kind === WRITE) g.value = arg;
    else if (g.rt.listener !== null) g.value = this.peek();
    return true;
  }

  /** The value now, or undefined when it cannot be told without an effect. */
  peek(): unknown {
    try {
      return this.#peek?.();
    } catch {
      return undefined; // not initialized yet
    }
  }
}

const members = new WeakMap<object, Map<PropertyKey, Variable>>();

/** The Variable of a property, I1. `peek` is for private names, which nobody else can read. */
export function memberVariable(
  holder: object,
  key: PropertyKey,
  peek?: (holder: never) => unknown,
): Variable {
  let known = members.get(holder);
  if (known === undefined) {
    known = new Map();
    members.set(holder, known);
  }
  const name = typeof key === "number" ? String(key) : key;
  let found = known.get(name);
  if (found === undefined) {
    const look = peek === undefined ? () => dataOf(holder, name) : () => peek(holder as never);
    found = new Variable(labelOf(holder, name), look, holder, name);
    known.set(name, found);
  }
  return found;
}

/** The Variables of a holder that somebody has accessed already. */
export function membersOf(holder: object): Iterable<Variable> {
  return members.get(holder)?.values() ?? [];
}

/** The value of a property that has one without running a getter. */
export function dataOf(holder: object, key: PropertyKey): unknown {
  for (let at: object | null = holder; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, key);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

function labelOf(holder: object, key: PropertyKey): string {
  const text = String(key);
  return Array.isArray(holder) && /^\d+$/.test(text) ? `[${text}]` : text;
}
