// Cell: one plain variable that the scheduler and the detectors can see.

import type { Op } from "../op/index.js";
import { current, type G, type Operable, type OpKind, operate, ready } from "../runtime/index.js";
import { READ, WRITE } from "./variable.js";

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

  /** Returns the value without an operation, seen by nobody: for the end of a run, and for prints. */
  peek(): T {
    return this.#value;
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === READ) g.value = this.#value;
    else this.#value = arg as T;
    return true;
  }
}
