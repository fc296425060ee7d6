// AtomicBool: one flag that goroutines read and flip as a whole.
//
// Source: Go src/sync/atomic/type.go (1.26). Differs: every access is an operation; Go keeps the flag in a uint32.

import type { Op } from "../op/index.js";
import { current, type G, type Operable, type OpKind, operate, ready } from "../runtime/index.js";

const LOAD: OpKind = { name: "load", wait: "", edge: "acquire" };
const STORE: OpKind = { name: "store", wait: "", edge: "store" };
const SWAP: OpKind = { name: "swap", wait: "" };
const COMPARE_AND_SWAP: OpKind = { name: "compareAndSwap", wait: "", edge: "cas" };

/**
 * A flag, shared by goroutines. A new one is false.
 *
 * **Happens-before:** atomics are sequentially consistent: a `store` synchronizes before every `load` that sees it.
 * **Cost:** O(1), never waits.
 *
 * @throws {TypeError} `` AtomicBool.store: expected `value` to be a boolean, got 1 ``
 * @example
 * await run(function* () {
 *   const isClosed = new AtomicBool();
 *   console.log(yield* isClosed.compareAndSwap(false, true)); // prints: true
 *   console.log(yield* isClosed.compareAndSwap(false, true)); // prints: false
 * });
 * @see Go: sync/atomic.Bool
 */
export class AtomicBool implements Operable {
  readonly label = "bool";
  #value: boolean;

  constructor(value = false) {
    check("constructor", "value", value);
    this.#value = value;
  }

  /** Returns the flag. */
  load(): Op<boolean> {
    return current.isFast ? ready(LOAD, this.#value) : operate(LOAD, this, undefined);
  }

  /** Sets the flag to `value`. */
  store(value: boolean): Op<void> {
    check("store", "value", value);
    return operate(STORE, this, value);
  }

  /** Sets the flag to `value` and returns the old one. */
  swap(value: boolean): Op<boolean> {
    check("swap", "value", value);
    return operate(SWAP, this, value);
  }

  /** Sets the flag to `value` if it is `old`; says whether it did. */
  compareAndSwap(old: boolean, value: boolean): Op<boolean> {
    check("compareAndSwap", "old", old);
    check("compareAndSwap", "value", value);
    return operate(COMPARE_AND_SWAP, this, { old, value });
  }

  /** Returns the flag without an operation, seen by nobody: for pictures, and for prints. */
  peek(): boolean {
    return this.#value;
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const before = this.#value;
    if (kind === LOAD) {
      g.value = before;
    } else if (kind === COMPARE_AND_SWAP) {
      const { old, value } = arg as { old: boolean; value: boolean };
      g.value = before === old;
      if (before === old) this.#value = value;
    } else {
      this.#value = arg as boolean;
      if (kind === SWAP) g.value = before;
    }
    return true;
  }
}

function check(method: string, parameter: string, value: unknown): void {
  if (typeof value === "boolean") return;
  throw new TypeError(
    `AtomicBool.${method}: expected \`${parameter}\` to be a boolean, got ${String(value)}`,
  );
}
