// AtomicPointer: one reference that goroutines load and swap as a whole.
//
// Source: Go sync/atomic, type Pointer[T]. Differs: none that a program can see; every access is an operation, so
// that a controlled run may switch before it.

import type { Op } from "../op/index.js";
import { current, type G, type Operable, type OpKind, operate, ready } from "../runtime/index.js";

const LOAD: OpKind = { name: "load", wait: "", edge: "acquire" };
const STORE: OpKind = { name: "store", wait: "", edge: "store" };
const SWAP: OpKind = { name: "swap", wait: "" };
const COMPARE_AND_SWAP: OpKind = { name: "compareAndSwap", wait: "", edge: "cas" };

/**
 * An atomic reference to a value that nobody changes after it was stored.
 *
 * **Happens-before:** atomics are sequentially consistent: a `store` synchronizes before every `load` that sees it.
 * **Cost:** O(1), never waits.
 * @example
 * await run(function* () {
 *   const config = new AtomicPointer({ version: 1 });
 *   yield* config.store({ version: 2 });
 *   console.log((yield* config.load()).version); // prints: 2
 * });
 * @see Go: sync/atomic.Pointer
 */
export class AtomicPointer<T> implements Operable {
  readonly label = "pointer";
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** Returns the value. */
  load(): Op<T> {
    return current.isFast ? ready(LOAD, this.#value) : operate(LOAD, this, undefined);
  }

  /** Replaces the value. */
  store(value: T): Op<void> {
    if (!current.isFast) return operate(STORE, this, value);
    this.#value = value;
    return ready(STORE, undefined);
  }

  /** Replaces the value and returns the old one. */
  swap(value: T): Op<T> {
    return operate(SWAP, this, value);
  }

  /** Replaces the value if it is still `old` (by identity); says whether it did. */
  compareAndSwap(old: T, value: T): Op<boolean> {
    if (!current.isFast) return operate(COMPARE_AND_SWAP, this, { old, value });
    const isOld = this.#value === old;
    if (isOld) this.#value = value;
    return ready(COMPARE_AND_SWAP, isOld);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const before = this.#value;
    if (kind === LOAD) {
      g.value = before;
    } else if (kind === COMPARE_AND_SWAP) {
      const { old, value } = arg as { old: T; value: T };
      g.value = before === old;
      if (before === old) this.#value = value;
    } else {
      this.#value = arg as T;
      if (kind === SWAP) g.value = before;
    }
    return true;
  }
}
