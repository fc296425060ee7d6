// AtomicValue: one value of any, but always the same, type.
//
// Invariants:
//  I1. Once something is stored, every later value has the type of the first one.
//
// Source: Go src/sync/atomic/value.go (1.26). Differs: a type is what `typeof` says, and for objects and functions
// their prototype; `compareAndSwap` compares objects by identity, where Go compares struct values field by field.

import type { Op } from "../op/index.js";
import { current, type G, type Operable, type OpKind, operate, PanicError, ready } from "../runtime/index.js";

const LOAD: OpKind = { name: "load", wait: "", edge: "acquire" };
const STORE: OpKind = { name: "store", wait: "", edge: "store" };
const SWAP: OpKind = { name: "swap", wait: "" };
const COMPARE_AND_SWAP: OpKind = { name: "compareAndSwap", wait: "", edge: "cas" };

/**
 * A value that is loaded and stored as a whole. Empty at first; all values must have one type. Prefer
 * `AtomicPointer`, whose type the compiler checks; this one exists since much Go code still uses it.
 *
 * **Happens-before:** atomics are sequentially consistent: a `store` synchronizes before every `load` that sees it.
 * **Cost:** O(1), never waits.
 *
 * @throws {PanicError} `sync/atomic: store of nil value into Value` (null and undefined are nil), and the same
 *   beginning with `swap` and `compare and swap`
 * @throws {PanicError} `sync/atomic: store of inconsistently typed value into Value`, and the same beginning with
 *   `swap` and `compare and swap`; `sync/atomic: compare and swap of inconsistently typed values`
 * @example
 * await run(function* () {
 *   const config = new AtomicValue<string | number>();
 *   console.log(yield* config.load()); // prints: undefined
 *   yield* config.store("v1");
 *   try {
 *     yield* config.store(2);
 *   } catch (error) {
 *     console.log((error as Error).message); // prints: sync/atomic: store of inconsistently typed value into Value
 *   }
 * });
 * @see Go: sync/atomic.Value
 */
export class AtomicValue<T> implements Operable {
  readonly label = "value";
  #value: T | undefined = undefined;

  /** Returns the value, or undefined when nothing was stored yet. */
  load(): Op<T | undefined> {
    return current.isFast ? ready(LOAD, this.#value) : operate(LOAD, this, undefined);
  }

  /** Replaces the value. */
  store(value: T): Op<void> {
    return operate(STORE, this, value);
  }

  /** Replaces the value and returns the old one, or undefined when there was none. */
  swap(value: T): Op<T | undefined> {
    return operate(SWAP, this, value);
  }

  /** Replaces the value if it is `old`; says whether it did. `undefined` as `old` means: nothing stored yet. */
  compareAndSwap(old: T | undefined, value: T): Op<boolean> {
    return operate(COMPARE_AND_SWAP, this, { old, value });
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === LOAD) {
      g.value = this.#value;
    } else if (kind === COMPARE_AND_SWAP) {
      g.value = this.#compareAndSwap(arg as { old: T | undefined; value: T });
    } else {
      this.#admit(kind === STORE ? "store" : "swap", arg as T);
      if (kind === SWAP) g.value = this.#value;
      this.#value = arg as T;
    }
    return true;
  }

  #compareAndSwap({ old, value }: { old: T | undefined; value: T }): boolean {
    refuseNil("compare and swap", value);
    if (!isNil(old) && typeOf(old) !== typeOf(value)) {
      throw new PanicError("sync/atomic: compare and swap of inconsistently typed values");
    }
    if (this.#value === undefined) {
      if (!isNil(old)) return false;
    } else {
      this.#admit("compare and swap", value);
      if (this.#value !== old) return false;
    }
    this.#value = value;
    return true;
  }

  #admit(what: string, value: T): void {
    refuseNil(what, value);
    if (this.#value === undefined || typeOf(this.#value) === typeOf(value)) return; // I1
    throw new PanicError(`sync/atomic: ${what} of inconsistently typed value into Value`);
  }
}

function isNil(value: unknown): boolean {
  return value === null || value === undefined;
}

function refuseNil(what: string, value: unknown): void {
  if (isNil(value)) throw new PanicError(`sync/atomic: ${what} of nil value into Value`);
}

function typeOf(value: unknown): unknown {
  const type = typeof value;
  return type === "object" || type === "function" ? Object.getPrototypeOf(value) : type;
}
