// Node: what every context of this library is: a place in a tree, with at most one value of its own.
//
// Invariants:
//  I1. `scope` is the context that decides when this one is cancelled: the nearest cancellable one from here up, a
//      foreign one, or null for never. It is fixed when the context is made, so finding it is O(1).
//  I2. Exactly one of `up` and `foreign` is set, or none at the root.

import { nilChan, type RecvChan } from "../chan/index.js";
import { PanicError } from "../runtime/index.js";
import type { Context } from "./context.js";

/** The key under which a cancellable context finds itself, also through foreign contexts. Go: cancelCtxKey */
export const CANCELLABLE: object = {};

/** @throws {PanicError} `cannot create context from nil parent` */
export function checkParent(parent: Context): void {
  if (parent === null || parent === undefined) throw new PanicError("cannot create context from nil parent");
}

export abstract class Node implements Context {
  // Declared only: a field that is defined and then set is written twice.
  declare readonly up: Node | null;
  declare readonly foreign: Context | null;
  declare readonly key: unknown;
  /** The value for `key`. */
  declare own: unknown;

  constructor(parent: Context | null, key: unknown, own: unknown) {
    const isOurs = parent instanceof Node;
    this.up = isOurs ? parent : null;
    this.foreign = isOurs ? null : parent;
    this.key = key;
    this.own = own;
  }

  abstract get scope(): Context | null;

  /** What it is, as Go prints it: `.WithCancel`. */
  protected abstract get suffix(): string;

  get parent(): Context | null {
    return this.up ?? this.foreign;
  }

  deadline(): number | undefined {
    return this.scope?.deadline();
  }

  done(): RecvChan<unknown> {
    return this.scope === null ? nilChan<unknown>() : this.scope.done();
  }

  err(): Error | null {
    return this.scope === null ? null : this.scope.err();
  }

  /** Undefined below a foreign context that has no such method. */
  get afterFunc(): ((f: () => void) => () => boolean) | undefined {
    const { scope } = this;
    if (scope === null) return () => () => true; // never cancelled
    return scope.afterFunc === undefined ? undefined : (f) => scope.afterFunc?.(f) ?? (() => true);
  }

  value(key: unknown): unknown {
    let last: Node = this;
    for (let c: Node | null = this; c !== null; c = c.up) {
      if (c.key === key) return c.own;
      last = c;
    }
    return last.foreign?.value(key);
  }

  /** Go's name of it, e.g. `context.Background.WithCancel`. */
  toString(): string {
    const suffixes: string[] = [];
    let last: Node = this;
    for (let c: Node | null = this; c !== null; c = c.up) {
      suffixes.push(c.suffix);
      last = c;
    }
    return `${last.foreign?.constructor.name ?? ""}${suffixes.reverse().join("")}`;
  }
}

/** Who decides about the cancellation of what hangs below `parent`. */
export function scopeOf(parent: Context): Context | null {
  return parent instanceof Node ? parent.scope : parent;
}

class Root extends Node {
  readonly #name: string;

  constructor(name: string) {
    super(null, undefined, undefined);
    this.#name = name;
  }

  get scope(): null {
    return null;
  }

  protected get suffix(): string {
    return this.#name;
  }
}

const BACKGROUND = new Root("context.Background");
const TODO = new Root("context.TODO");

/**
 * Returns the root of all contexts: never cancelled, no deadline, no values.
 *
 * @example
 * console.log(background().err()); // prints: null
 * @see Go: context.Background
 */
export function background(): Context {
  return BACKGROUND;
}

/**
 * Returns a root that says "which context belongs here is not clear yet".
 *
 * @example
 * console.log(String(todo())); // prints: context.TODO
 * @see Go: context.TODO
 */
export function todo(): Context {
  return TODO;
}
