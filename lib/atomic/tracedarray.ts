// TracedArray: an array whose every element is a plain variable that the scheduler and the detectors can see.

import type { Op } from "../op/index.js";
import { type G, type Operable, type OpKind, operate } from "../runtime/index.js";

const GET: OpKind = { name: "get", wait: "", edge: "own" };
const SET: OpKind = { name: "set", wait: "", edge: "own" };
const PUSH: OpKind = { name: "push", wait: "", edge: "own" };
const LENGTH: OpKind = { name: "length", wait: "", edge: "own" };

/**
 * An array for programs under a race detector: as with a slice in Go, two goroutines may use different elements at the
 * same time, and race on the same one. `push` reads and writes the length, so two pushes race.
 *
 * **Happens-before:** no edges, as Cell.
 * **Cost:** O(1), never waits.
 * @throws {RangeError} `` TracedArray.set: expected `index` to be an integer from 0 to 1, got 2 ``
 * @example
 * const seen = await report(function* () {
 *   const sums = new TracedArray([0, 0]);
 *   const wg = new WaitGroup();
 *   for (let i = 0; i < 2; i++) wg.go(function* () { yield* sums.set(i, i + 1); });
 *   yield* wg.wait();
 *   return sums.peek();
 * }, { detect: ["race"] });
 * console.log(seen.verdict, seen.result); // prints: ok [ 1, 2 ]
 * @see Go: a slice
 */
export class TracedArray<T> implements Operable {
  readonly label: string;
  readonly #items: T[];

  /** @param label what reports call it, e.g. `sums` */
  constructor(items: Iterable<T> = [], label = "array") {
    if (typeof label !== "string") {
      throw new TypeError(`TracedArray: expected \`label\` to be a string, got ${String(label)}`);
    }
    this.label = label;
    this.#items = [...items];
  }

  /** Returns the element at `index`; undefined when there is none. */
  get(index: number): Op<T | undefined> {
    return operate(GET, this, index);
  }

  /** Replaces the element at `index`, which must exist. */
  set(index: number, value: T): Op<void> {
    const last = this.#items.length - 1;
    if (!Number.isInteger(index) || index < 0 || index > last) {
      throw new RangeError(
        `TracedArray.set: expected \`index\` to be an integer from 0 to ${last}, got ${String(index)}`,
      );
    }
    return operate(SET, this, { index, value });
  }

  /** Adds an element at the end; returns the new length. */
  push(value: T): Op<number> {
    return operate(PUSH, this, value);
  }

  /** Returns how many elements there are. */
  length(): Op<number> {
    return operate(LENGTH, this, undefined);
  }

  /** Returns the elements without an operation, seen by nobody: for the end of a run, and for prints. */
  peek(): readonly T[] {
    return this.#items;
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const { listener } = g.rt;
    if (kind === GET) {
      listener?.access(g, this, `[${arg as number}]`, false);
      g.value = this.#items[arg as number];
    } else if (kind === SET) {
      const { index, value } = arg as { index: number; value: T };
      listener?.access(g, this, `[${index}]`, true);
      this.#items[index] = value;
    } else {
      listener?.access(g, this, "length", kind === PUSH);
      if (kind === PUSH) {
        listener?.access(g, this, `[${this.#items.length}]`, true);
        this.#items.push(arg as T);
      }
      g.value = this.#items.length;
    }
    return true;
  }
}
