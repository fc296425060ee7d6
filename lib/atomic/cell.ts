// Cell: one plain variable that the scheduler and the detectors can see.

import type { Op } from "../op/index.js";
import { current, type G, type Operable, type OpKind, operate, ready } from "../runtime/index.js";
import { READ, WRITE } from "./variable.js";

const ATOMIC_LOAD: OpKind = { name: "atomicLoad", wait: "", edge: "atomicRead" };
const ATOMIC_STORE: OpKind = { name: "atomicStore", wait: "", edge: "atomicWrite" };
const ATOMIC_ADD: OpKind = { name: "atomicAdd", wait: "", edge: "atomicWrite" };
const ATOMIC_SWAP_IF: OpKind = { name: "atomicCompareAndSwap", wait: "", edge: "atomicWrite" };

/**
 * A plain variable whose every read and write is an operation, so that a controlled run may switch before it and a
 * race detector sees it. It protects nothing: two goroutines that use it without a lock race, as they do with a
 * variable. The directive `"use interleaving"` does the same to ordinary variables.
 *
 * **Happens-before:** no edges: a read is ordered after a write only by what else orders them.
 * **Cost:** O(1), never waits.
 * @example
 * const seen = await explore({
 *   setup: () => ({ counter: new Cell(0, "counter"), wg: new WaitGroup() }),
 *   *main({ counter, wg }) {
 *     for (let i = 0; i < 2; i++) {
 *       wg.go(function* () {
 *         const before = yield* counter.read();
 *         yield* counter.write(before + 1);
 *       });
 *     }
 *     yield* wg.wait();
 *     return counter.peek();
 *   },
 * }, { schedules: 200, stopAt: "never" });
 * console.log(seen.outcomes.map((o) => o.result).sort().join(" ")); // prints: 1 2
 */
export class Cell<T> implements Operable {
  readonly label: string;
  #value: T;

  /** @param label what reports call it, e.g. `counter` */
  constructor(value: T, label = "cell") {
    if (typeof label !== "string") {
      throw new TypeError(`Cell: expected \`label\` to be a string, got ${String(label)}`);
    }
    this.label = label;
    this.#value = value;
  }

  /** Returns the value. */
  read(): Op<T> {
    return current.isFast ? ready(READ, this.#value) : operate(READ, this, undefined);
  }

  /** Replaces the value. */
  write(value: T): Op<void> {
    if (!current.isFast) return operate(WRITE, this, value);
    this.#value = value;
    return ready(WRITE, undefined);
  }

  /** Reads it atomically. Beside a plain `write` of somebody else it is a race all the same. Go: atomic.LoadInt64(&x) */
  atomicLoad(): Op<T> {
    return operate(ATOMIC_LOAD, this, undefined);
  }

  /** Replaces the value atomically. Go: atomic.StoreInt64(&x, value) */
  atomicStore(value: T): Op<void> {
    return operate(ATOMIC_STORE, this, value);
  }

  /** Adds `delta` to a number in one step; returns the new value. Go: atomic.AddInt64(&x, delta) */
  atomicAdd(this: Cell<number>, delta: number): Op<number> {
    return operate(ATOMIC_ADD, this, delta);
  }

  /** Replaces the value if it is `old`; says whether it did. Go: atomic.CompareAndSwapInt64(&x, old, value) */
  atomicCompareAndSwap(old: T, value: T): Op<boolean> {
    return operate(ATOMIC_SWAP_IF, this, { old, value });
  }

  /** Returns the value without an operation, seen by nobody: for the end of a run, and for prints. */
  peek(): T {
    return this.#value;
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === READ || kind === ATOMIC_LOAD) g.value = this.#value;
    else if (kind === WRITE || kind === ATOMIC_STORE) this.#value = arg as T;
    else if (kind === ATOMIC_ADD) this.#add(g, arg as number);
    else this.#swapIf(g, arg as { old: T; value: T });
    return true;
  }

  #add(g: G, delta: number): void {
    g.value = (this.#value as number) + delta;
    this.#value = g.value as T;
  }

  #swapIf(g: G, { old, value }: { old: T; value: T }): void {
    g.value = this.#value === old;
    if (g.value === true) this.#value = value;
  }
}
