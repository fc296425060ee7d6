// AtomicInteger: what the atomic integers of all widths do.
//
// Invariants:
//  I1. The value fits into the width: arguments are checked, sums wrap around.
//
// Source: Go src/sync/atomic/type.go (1.26). Differs: every access is an operation, so that a controlled run may
// switch before it; an argument that Go's compiler would refuse is an error at the call.

import type { Op } from "../op/index.js";
import { current, type G, type Operable, type OpKind, operate, ready } from "../runtime/index.js";
import { checkFits, type Width } from "./width.js";

const LOAD: OpKind = { name: "load", wait: "", edge: "acquire" };
const STORE: OpKind = { name: "store", wait: "", edge: "store" };
const SWAP: OpKind = { name: "swap", wait: "" };
const COMPARE_AND_SWAP: OpKind = { name: "compareAndSwap", wait: "", edge: "cas" };
const ADD: OpKind = { name: "add", wait: "" };
const AND: OpKind = { name: "and", wait: "" };
const OR: OpKind = { name: "or", wait: "" };

/** The operations of `AtomicInt32`, `AtomicUint32`, `AtomicInt64` and `AtomicUint64`. */
export abstract class AtomicInteger<N extends number | bigint> implements Operable {
  readonly label: string;
  readonly #width: Width<N>;
  #value: N;

  constructor(width: Width<N>, value: N) {
    checkFits(width, "constructor", "value", value);
    this.label = width.label;
    this.#width = width;
    this.#value = value;
  }

  /** Returns the value. */
  load(): Op<N> {
    return current.isFast ? ready(LOAD, this.#value) : operate(LOAD, this, undefined);
  }

  /** Replaces the value. */
  store(value: N): Op<void> {
    checkFits(this.#width, "store", "value", value);
    if (!current.isFast) return operate(STORE, this, value);
    this.#value = value;
    return ready(STORE, undefined);
  }

  /** Replaces the value and returns the old one. */
  swap(value: N): Op<N> {
    checkFits(this.#width, "swap", "value", value);
    return current.isFast ? ready(SWAP, this.#replace(value)) : operate(SWAP, this, value);
  }

  /** Replaces the value if it is `old`; says whether it did. */
  compareAndSwap(old: N, value: N): Op<boolean> {
    checkFits(this.#width, "compareAndSwap", "old", old);
    checkFits(this.#width, "compareAndSwap", "value", value);
    if (!current.isFast) return operate(COMPARE_AND_SWAP, this, { old, value });
    const isOld = this.#value === old;
    if (isOld) this.#value = value;
    return ready(COMPARE_AND_SWAP, isOld);
  }

  /** Adds `delta`, wrapping around, and returns the **new** value. */
  add(delta: N): Op<N> {
    checkFits(this.#width, "add", "delta", delta);
    if (!current.isFast) return operate(ADD, this, delta);
    this.#value = this.#width.plus(this.#value, delta);
    return ready(ADD, this.#value);
  }

  /** Keeps only the bits that are in `mask` too and returns the **old** value. */
  and(mask: N): Op<N> {
    checkFits(this.#width, "and", "mask", mask);
    if (!current.isFast) return operate(AND, this, mask);
    return ready(AND, this.#replace(this.#width.and(this.#value, mask)));
  }

  /** Sets the bits of `mask` and returns the **old** value. */
  or(mask: N): Op<N> {
    checkFits(this.#width, "or", "mask", mask);
    if (!current.isFast) return operate(OR, this, mask);
    return ready(OR, this.#replace(this.#width.or(this.#value, mask)));
  }

  /** Returns the value without an operation, seen by nobody: for pictures, and for prints. */
  peek(): N {
    return this.#value;
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const before = this.#value;
    switch (kind) {
      case LOAD:
        g.value = before;
        return true;
      case STORE:
        this.#value = arg as N;
        return true;
      case SWAP:
        g.value = this.#replace(arg as N);
        return true;
      case COMPARE_AND_SWAP: {
        const { old, value } = arg as { old: N; value: N };
        g.value = before === old;
        if (before === old) this.#value = value;
        return true;
      }
      case ADD:
        this.#value = this.#width.plus(before, arg as N); // I1
        g.value = this.#value;
        return true;
      default:
        g.value = this.#replace(this.#width[kind === AND ? "and" : "or"](before, arg as N));
        return true;
    }
  }

  #replace(value: N): N {
    const before = this.#value;
    this.#value = value;
    return before;
  }
}
