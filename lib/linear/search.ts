// The search for a linearization of one part of a history.
//
// Among the operations that nobody had returned before, try each as the next one: when the model allows it and the
// configuration (who is placed, in which state) is new, lift it out and start again at the front; at a return whose
// operation is not placed, go back. Everything that returned placed: done; pending operations may stay outside, and do
// where they would change nothing (a pending read doubles the configurations otherwise).
//
// Source: Wing, Gong (1993); Lowe (2017); Porcupine's checkSingle, whose order of attempts this keeps.
import type { Budget } from "./budget.js";
import { ask, type Model } from "./model.js";
import type { Operation } from "./operation.js";
import { Placed } from "./placed.js";
import { Timeline } from "./timeline.js";
import { Visited } from "./visited.js";

/** Whether an order was found; `unknown` when the budget ended first. */
export type LinearVerdict = "ok" | "illegal" | "unknown";

/** An order that could be had, and the operation that could not be placed after it though it had to be. */
export interface PartialLinearization {
  /** Indices into the history, in the order in which they took effect. */
  readonly order: readonly number[];
  /** The operation that returned before anything else can happen, and that fits nowhere. */
  readonly stuck: number;
}

/** What a search found. */
export interface Found {
  readonly verdict: LinearVerdict;
  /** With `ok`: the order. Otherwise the longest one that was tried. */
  readonly order: readonly number[];
  /** With `illegal`: the longest orders, each with another stuck operation; the longest first, at most 8. */
  readonly partials: readonly PartialLinearization[];
}

/** How many partial linearizations are kept. */
const PARTIALS = 8;

/** An operation placed, and what was before. A list towards the first one, so remembering an order costs nothing. */
interface Frame<S> {
  /** The entry of its call. */
  readonly entry: number;
  /** Its place in the part's operations. */
  readonly operation: number;
  readonly state: S;
  /** What taking it back wants to know. */
  readonly high: number;
  readonly parent: Frame<S> | undefined;
  readonly length: number;
}

/** Searches the operations `part` (indices) of `history`. Yields where a slice of the budget ends. */
export function* search<S, I, O>(
  history: readonly Operation<I, O>[],
  part: readonly number[],
  model: Model<S, I, O>,
  budget: Budget,
): Generator<Found, Found, void> {
  const line = new Timeline(history, part);
  const { next, mate, operation, operations, returned } = line;
  const placed = new Placed(returned, operations.length - returned);
  const visited = new Visited<S>(model);
  const longest = new Longest<S>(operations);
  const list = operations.map((i) => history[i] as Operation<I, O>);
  const isSame = model.equal?.bind(model) ?? Object.is;
  let top: Frame<S> | undefined;
  let left = returned;
  let state = model.init();
  let entry = next[0] as number;
  while (left > 0) {
    const k = operation[entry] as number;
    if ((mate[entry] as number) < 0) {
      longest.add(top, k);
      if (top === undefined) return { verdict: "illegal", ...longest.found() };
      state = top.state;
      placed.delete(top.operation, top.high);
      line.restore(top.entry);
      if (top.operation < returned) left++;
      entry = next[top.entry] as number;
      top = top.parent;
      continue;
    }
    if (!budget.take()) {
      yield { verdict: "unknown", order: longest.order(top), partials: [] };
      continue;
    }
    const stepped = ask(model, state, list[k] as Operation<I, O>);
    if (stepped.ok && !(k >= returned && isSame(state, stepped.state))) {
      const high = placed.add(k);
      if (visited.add(placed.hash, placed.words, placed.write(), stepped.state)) {
        top = { entry, operation: k, state, high, parent: top, length: lengthOf(top) + 1 };
        state = stepped.state;
        line.lift(entry);
        if (k < returned) left--;
        entry = next[0] as number;
        continue;
      }
      placed.delete(k, high);
    }
    entry = next[entry] as number;
  }
  return { verdict: "ok", order: longest.orderOf(top), partials: [] };
}

function lengthOf(top: Frame<unknown> | undefined): number {
  return top === undefined ? 0 : top.length;
}

/** The longest orders, by the operation that stopped them. */
class Longest<S> {
  readonly #operations: readonly number[];
  readonly #byStuck = new Map<number, Frame<S> | undefined>();
  /** When all places are taken: the shortest one's length. */
  #floor = -1;

  constructor(operations: readonly number[]) {
    this.#operations = operations;
  }

  /** Remembers the order that ends with `top`, unless a longer one was stopped by `stuck`. O(1). */
  add(top: Frame<S> | undefined, stuck: number): void {
    const length = lengthOf(top);
    if (length <= this.#floor) return;
    if (this.#byStuck.has(stuck) && lengthOf(this.#byStuck.get(stuck)) >= length) return;
    this.#byStuck.set(stuck, top);
    if (this.#byStuck.size <= PARTIALS) return;
    let shortest = stuck;
    let shortestLength = length;
    let next = Number.POSITIVE_INFINITY;
    for (const [other, end] of this.#byStuck) {
      const otherLength = lengthOf(end);
      if (otherLength < shortestLength) {
        next = Math.min(next, shortestLength);
        shortest = other;
        shortestLength = otherLength;
      } else if (other !== shortest) next = Math.min(next, otherLength);
    }
    this.#byStuck.delete(shortest);
    this.#floor = next;
  }

  /** The longest order known, the one that ends with `top` included. */
  order(top: Frame<S> | undefined): readonly number[] {
    let best = top;
    for (const end of this.#byStuck.values()) if (lengthOf(end) > lengthOf(best)) best = end;
    return this.orderOf(best);
  }

  found(): Omit<Found, "verdict"> {
    const partials = [...this.#byStuck]
      .map(
        ([stuck, end]): PartialLinearization => ({
          order: this.orderOf(end),
          stuck: this.#operations[stuck] as number,
        }),
      )
      .sort((a, b) => b.order.length - a.order.length);
    return { order: partials[0]?.order ?? [], partials };
  }

  /** The operations up to `top`, as indices into the history. */
  orderOf(top: Frame<S> | undefined): number[] {
    const order: number[] = [];
    for (let at = top; at !== undefined; at = at.parent) order.push(this.#operations[at.operation] as number);
    return order.reverse();
  }
}
