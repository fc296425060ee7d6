// Accesses: what the directive `"use interleaving"` puts around accesses to plain variables. For transformed code only;
// nobody writes these calls by hand.
//
// In a goroutine an access is announced (`yield* hb.read(v)`), then done by the program itself, at once. In a plain
// function, which cannot switch, it is only told (`hb.readNow(v)`).
//
// Invariants:
//  I1. Between an announced access and the access itself nobody else runs.
//  I2. A property is watched only if some loaded text with the directive writes a property of that name: one that
//      nobody writes cannot race. Which names are written is known when a module is loaded, not found during a run, so
//      that two runs of one program are the same.
//  I3. A value passes through unchanged, whatever it is.

import type { Go } from "../op/index.js";
import { catchUp, current, type G, type OpKind, operate } from "../runtime/index.js";
import { notePlainAccess } from "./plainaccesses.js";
import { dataOf, it, membersOf, memberVariable, READ, Variable, WRITE } from "./variable.js";

/** What to read of the value that is taken apart by a pattern; nested patterns stand with their key. */
export interface PatternShape {
  readonly keys: readonly (readonly [key: string, nested?: PatternShape])[];
  /** True for a pattern with a rest, and for a spread: everything is read. */
  readonly rest?: boolean;
  readonly isArray?: boolean;
}

interface Announced {
  [Symbol.iterator](): Iterator<never, unknown, unknown>;
}

const written = new Set<PropertyKey>();
let isAllWritten = false;
let areElementsWritten = false;

const NEXT: { done: true; value: unknown } = { done: true, value: undefined };
/** The iterable of an access that nobody has to know about. */
const PASS = {
  [Symbol.iterator]() {
    return this;
  },
  next: () => NEXT,
};

function pass(value: unknown): Announced {
  NEXT.value = value;
  return PASS as unknown as Announced;
}

function announce(kind: OpKind, variable: Variable, arg: unknown): Announced {
  return operate(kind, variable, arg) as unknown as Announced;
}

/** True when nobody listens and nothing is chosen: then an access is only itself. */
function isIdle(): boolean {
  return current.isFast || current.g === null;
}

const ELEMENT = /^(?:0|[1-9]\d*)$/;

function isWatched(holder: unknown, key: unknown): holder is object {
  if (holder === null || (typeof holder !== "object" && typeof holder !== "function")) return false;
  if (isAllWritten) return true;
  if (typeof key === "number" || (typeof key === "string" && ELEMENT.test(key))) return areElementsWritten;
  return written.has(key as PropertyKey);
}

/** Tells the listener about an access in a plain function, which nobody can switch before. */
function tell(g: G, kind: OpKind, variable: Variable, value: unknown): void {
  catchUp();
  const { listener } = g.rt;
  if (listener === null) return;
  listener.site(g, kind);
  listener.done(g, kind, variable, value, value);
}

function now(kind: OpKind, variable: Variable | undefined, value?: unknown): void {
  if (variable === undefined || isIdle()) return;
  notePlainAccess(variable.label);
  tell(current.g as G, kind, variable, kind === WRITE ? value : variable.peek());
}

type Peek = (holder: never) => unknown;

function member(kind: OpKind, holder: unknown, key: PropertyKey, value: unknown, peek?: Peek): Announced {
  it.holder = holder;
  it.key = key;
  if (isIdle() || !isWatched(holder, key)) return pass(value);
  return announce(kind, memberVariable(holder, key, peek), value);
}

function memberNow(kind: OpKind, holder: unknown, key: PropertyKey, value: unknown, peek?: Peek): unknown {
  if (!isIdle() && isWatched(holder, key)) now(kind, memberVariable(holder, key, peek), value);
  it.holder = holder;
  it.key = key;
  return value;
}

/** What a call of a method of Array, Map or Set does to the whole of it. */
function contentsOf(holder: unknown): Variable | undefined {
  if (Array.isArray(holder)) return memberVariable(holder, "length");
  if (holder instanceof Map || holder instanceof Set) {
    return memberVariable(holder, "size", (whole: Map<unknown, unknown>) => whole.size);
  }
  return undefined;
}

/** A method that moves elements writes those that somebody has accessed. */
function tellElements(holder: unknown, isWrite: boolean): void {
  const g = current.g;
  if (!isWrite || g === null || !Array.isArray(holder)) return;
  for (const variable of membersOf(holder)) {
    if (variable.key !== "length") tell(g, WRITE, variable, undefined);
  }
}

function* readAll(holder: unknown, shape: PatternShape): Go<unknown> {
  if (isIdle() || holder === null || typeof holder !== "object") return holder;
  for (const variable of shape.isArray ? [contentsOf(holder)] : []) {
    if (variable !== undefined && isWatched(holder, variable.key)) yield* announce(READ, variable, undefined);
  }
  for (const [key, nested] of keysOf(holder, shape)) {
    if (isWatched(holder, key)) yield* announce(READ, memberVariable(holder, key), undefined);
    if (nested !== undefined) yield* readAll(dataOf(holder, key), nested);
  }
  return holder;
}

function readAllNow(holder: unknown, shape: PatternShape): unknown {
  if (isIdle() || holder === null || typeof holder !== "object") return holder;
  const whole = shape.isArray ? contentsOf(holder) : undefined;
  if (whole !== undefined && isWatched(holder, whole.key)) now(READ, whole);
  for (const [key, nested] of keysOf(holder, shape)) {
    if (isWatched(holder, key)) now(READ, memberVariable(holder, key));
    if (nested !== undefined) readAllNow(dataOf(holder, key), nested);
  }
  return holder;
}

function keysOf(holder: object, shape: PatternShape): PatternShape["keys"] {
  if (shape.rest !== true || Array.isArray(holder)) return shape.keys;
  if (holder instanceof Map || holder instanceof Set) return [];
  return Object.keys(holder).map((key) => [key]);
}

const EVERYTHING: PatternShape = { keys: [], rest: true, isArray: true };

/** The calls in transformed code. */
export const hb = {
  it,

  /** Called when a module is loaded: the names of properties that its text writes (I2). */
  writes(names: readonly string[]): void {
    for (const name of names) {
      if (name === "*") isAllWritten = true;
      else if (name === "[]") areElementsWritten = true;
      else written.add(name);
    }
  },

  /** A local variable that functions share; called once per activation. */
  variable: (name: string, peek?: () => unknown): Variable => new Variable(name, peek),

  read: (variable: Variable | undefined): Announced =>
    variable === undefined || isIdle() ? pass(undefined) : announce(READ, variable, undefined),
  readNow: (variable: Variable | undefined): void => now(READ, variable),

  write: (variable: Variable | undefined, value: unknown): Announced =>
    variable === undefined || isIdle() ? pass(value) : announce(WRITE, variable, value),
  writeNow(variable: Variable | undefined, value: unknown): unknown {
    now(WRITE, variable, value);
    return value;
  },

  get: (holder: unknown, key: PropertyKey, peek?: Peek): Announced =>
    member(READ, holder, key, undefined, peek),
  getNow: (holder: unknown, key: PropertyKey, peek?: Peek): unknown =>
    memberNow(READ, holder, key, undefined, peek),

  set: (holder: unknown, key: PropertyKey, value: unknown, peek?: Peek): Announced =>
    member(WRITE, holder, key, value, peek),
  setNow: (holder: unknown, key: PropertyKey, value: unknown, peek?: Peek): unknown =>
    memberNow(WRITE, holder, key, value, peek),

  /** Before a call of a method that reads or writes the whole of an array, a map or a set; for `...hb.contents()`. */
  *contents(holder: unknown, isWrite: boolean): Go<readonly []> {
    const variable = isIdle() ? undefined : contentsOf(holder);
    if (variable === undefined || !isWatched(holder, variable.key)) return [];
    yield* announce(isWrite ? WRITE : READ, variable, undefined);
    tellElements(holder, isWrite);
    return [];
  },
  contentsNow(holder: unknown, isWrite: boolean): unknown {
    const variable = isIdle() ? undefined : contentsOf(holder);
    if (variable !== undefined && isWatched(holder, variable.key)) {
      now(isWrite ? WRITE : READ, variable);
      tellElements(holder, isWrite);
    }
    return holder;
  },

  /** Before a value is taken apart by a pattern, or spread. */
  pick: readAll,
  pickNow: readAllNow,
  spread: (holder: unknown): Go<unknown> => readAll(holder, EVERYTHING),
  spreadNow: (holder: unknown): unknown => readAllNow(holder, EVERYTHING),

  /** Makes the value of a call a scheduling point when it is a step that has not been yielded. */
  step(value: unknown): Announced {
    const isStep = typeof value === "object" && value !== null && Symbol.iterator in value && isFresh(value);
    return isStep ? (value as unknown as Announced) : pass(value);
  },

  /** `value + 1` and `value - 1` as `++` and `--` compute them, for big integers too. */
  up(value: number | bigint): number | bigint {
    let next = value;
    return ++next;
  },
  down(value: number | bigint): number | bigint {
    let next = value;
    return --next;
  },
  /** The old value of `x++`. */
  numeric(value: number | bigint): number | bigint {
    let old = value;
    return old++;
  },

  /** A key, converted once. */
  key: (value: unknown): PropertyKey =>
    typeof value === "object" || typeof value === "function" || value === undefined || value === null
      ? keyOf(value)
      : (value as PropertyKey),
};

function keyOf(value: unknown): PropertyKey {
  const [key] = Reflect.ownKeys({ [value as PropertyKey]: 0 });
  return key as PropertyKey;
}

/** A step that was created just now: a noted one is the goroutine itself. */
function isFresh(value: object): boolean {
  const { g } = current;
  if (g === null) return false;
  return value === g ? g.isStep : "may" in value;
}
