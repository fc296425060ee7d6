// Footprint: what one step of a run touched, and so which steps may not change places without a difference.
//
// Invariants:
//  I1. Two steps whose footprints do not conflict commute: done in either order they leave the same state behind and
//      wake the same goroutines. Whatever is not known to touch its object alone conflicts with everything.
//  I2. Goroutines' numbers are given in the order of creation, so two `go` never commute.
//  I3. The clock and the list of timers are one object each: a timer that fires conflicts with everything.
//
// Plain variables are not seen. As the usual sign that one is touched, the code after `gosched`, after a sleep and at
// the start of a goroutine counts as touching one variable that all of them share.

import { Chan } from "../chan/index.js";
import type { Operable, OpKind } from "../runtime/index.js";

/** What is touched and is not an Operable; the same in every run. */
const GOROUTINE_NUMBERS = { what: "goroutine numbers" };
const TIMERS = { what: "timers" };
/** What code between operations is taken to touch. */
export const PLAIN = { what: "plain variables" };
export const EVERYWHERE: readonly object[] = [GOROUTINE_NUMBERS, TIMERS, PLAIN];

/** Operations that touch their object and nothing else, by the label of the object. */
const ALONE: Readonly<Record<string, ReadonlySet<string>>> = {
  mutex: new Set(["lock", "unlock"]),
  rwmutex: new Set(["lock", "unlock", "rLock", "rUnlock"]),
  chan: new Set(["send", "recv", "recvOk", "close"]),
  waitgroup: new Set(["add", "done", "wait"]),
  once: new Set(["do", "do (end)"]),
  cond: new Set(["signal", "broadcast"]),
  semaphore: new Set(["release"]),
};
const ATOMIC = new Set(["load", "store", "swap", "compareAndSwap", "add", "and", "or"]);
const ATOMICS = new Set(["bool", "int32", "int64", "uint32", "uint64", "pointer", "value"]);
const CELL = new Set(["get", "set", "read", "write", "update"]);
/** Operations that leave their object as it was: two of them commute. */
const READS = new Set(["load", "get", "read"]);

/** True for an operation that only looks at its object. */
export function isReading(name: string): boolean {
  return READS.has(name);
}

/** Adds what performing `kind` on `object` touches. */
export type Touch = (into: Footprint, kind: OpKind, object: Operable, arg: unknown) => void;

/** The objects that a step reads and writes. */
export class Footprint {
  /** True when it conflicts with every other one. */
  isAll = false;
  readonly #objects: object[] = [];
  readonly #areWrites: boolean[] = [];

  touch(object: object, isWrite: boolean): void {
    const at = this.#objects.indexOf(object);
    if (at < 0) {
      this.#objects.push(object);
      this.#areWrites.push(isWrite);
    } else if (isWrite) this.#areWrites[at] = true;
  }

  has(object: object): boolean {
    return this.#objects.includes(object);
  }

  /** Calls `visit` for each object; not for what `isAll` stands for. */
  each(visit: (object: object, isWrite: boolean) => void): void {
    this.#objects.forEach((object, i) => {
      visit(object, this.#areWrites[i] as boolean);
    });
  }

  conflictsWith(other: Footprint): boolean {
    if (this.isAll || other.isAll) return true;
    return this.#objects.some((object, i) => {
      const at = other.#objects.indexOf(object);
      return at >= 0 && (this.#areWrites[i] === true || other.#areWrites[at] === true);
    });
  }
}

/** The relation that every search uses. */
export const touchOperation: Touch = (into, kind, object, arg) => {
  const { label } = object;
  if (kind.name === "go") {
    into.touch(GOROUTINE_NUMBERS, true); // I2
    if (label === "waitgroup") into.touch(object, true);
    else if (label !== "") into.isAll = true;
  } else if (label === "") touchNameless(into, kind, arg);
  else if (label === "chan" && !(object instanceof Chan)) into.isAll = true;
  else if (isAlone(label, kind.name)) into.touch(object, !READS.has(kind.name));
  else into.isAll = true;
};

function isAlone(label: string, name: string): boolean {
  if (ATOMICS.has(label)) return ATOMIC.has(name);
  if (label === "cell") return CELL.has(name);
  return ALONE[label]?.has(name) === true;
}

function touchNameless(into: Footprint, { name }: OpKind, arg: unknown): void {
  if (name === "gosched") into.touch(PLAIN, true);
  else if (name === "sleep" || name === "work") {
    into.touch(TIMERS, true); // I3
    into.touch(PLAIN, true);
  } else if (name === "select" && Array.isArray(arg)) {
    for (const c of arg as ({ readonly chan?: object } | null)[]) {
      if (c?.chan === undefined) continue; // no case, or the default one
      if (c.chan instanceof Chan) into.touch(c.chan, true);
      else into.isAll = true;
    }
  } else into.isAll = true;
}
