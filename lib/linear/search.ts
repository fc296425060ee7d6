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
export interface Partial {
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
  readonly partials: readonly Partial[];
}

/** How many partial linearizations are kept. */
const PARTIALS = 8;

/** Searches the operations `part` (indices) of `history`. Yields where a slice of the budget ends. */
export function* search<S, I, O>(
  history: readonly Operation<I, O>[],
  part: readonly number[],
  model: Model<S, I, O>,
  budget: Budget,
): Generator<Found, Found, void> {
  const line = new Timeline(history, part);
  const placed = new Placed(line.returned, line.operations.length - line.returned);
  const visited = new Visited<S>(model);
  const partials = new Longest(line.operations);
  const calls: number[] = []; // the entries placed, in order; the same place in the next two belongs to them
  const before: S[] = [];
  const highs: number[] = [];
  const list = line.operations.map((i) => history[i] as Operation<I, O>);
  const isSame = model.equal?.bind(model) ?? Object.is;
  const { next, mate, operation } = line;
  let left = line.returned;
  let state = model.init();
  let entry = next[0] as number;
  while (left > 0) {
    if ((mate[entry] as number) >= 0) {
      if (!budget.take()) {
        yield { verdict: "unknown", order: partials.longest(calls, operation), partials: [] };
        continue;
      }
      const k = operation[entry] as number;
      const stepped = ask(model, state, list[k] as Operation<I, O>);
      if (stepped.ok && !(k >= line.returned && isSame(state, stepped.state))) {
        const high = placed.add(k);
        if (visited.add(placed.hash, placed.words, placed.write(), stepped.state)) {
          calls.push(entry);
          before.push(state);
          highs.push(high);
          state = stepped.state;
          line.lift(entry);
          if (k < line.returned) left--;
          entry = next[0] as number;
          continue;
        }
        placed.delete(k, high);
      }
      entry = next[entry] as number;
    } else {
      partials.add(calls, operation, operation[entry] as number);
      const last = calls.pop();
      if (last === undefined) return { verdict: "illegal", ...partials.found() };
      const k = operation[last] as number;
      state = before.pop() as S;
      placed.delete(k, highs.pop() as number);
      line.restore(last);
      if (k < line.returned) left++;
      entry = next[last] as number;
    }
  }
  const order = calls.map((call) => line.operations[operation[call] as number] as number);
  return { verdict: "ok", order, partials: [] };
}

/** The longest orders, by the operation that stopped them. */
class Longest {
  readonly #operations: readonly number[];
  readonly #byStuck = new Map<number, number[]>();

  constructor(operations: readonly number[]) {
    this.#operations = operations;
  }

  /** Remembers the entries `calls` when no longer order was stopped by `stuck`. O(1) when there was. */
  add(calls: readonly number[], operation: Int32Array, stuck: number): void {
    const known = this.#byStuck.get(stuck);
    if (known !== undefined && known.length >= calls.length) return;
    this.#byStuck.set(stuck, this.#order(calls, operation));
    if (this.#byStuck.size <= PARTIALS) return;
    let shortest = stuck;
    let length = calls.length;
    for (const [other, order] of this.#byStuck) {
      if (order.length < length) {
        shortest = other;
        length = order.length;
      }
    }
    this.#byStuck.delete(shortest);
  }

  /** The longest order known, that of `calls` included. */
  longest(calls: readonly number[], operation: Int32Array): readonly number[] {
    const best = this.found().order;
    return best.length >= calls.length ? best : this.#order(calls, operation);
  }

  found(): Omit<Found, "verdict"> {
    const partials = [...this.#byStuck]
      .map(([stuck, order]): Partial => ({ order, stuck: this.#operations[stuck] as number }))
      .sort((a, b) => b.order.length - a.order.length);
    return { order: partials[0]?.order ?? [], partials };
  }

  #order(calls: readonly number[], operation: Int32Array): number[] {
    return calls.map((call) => this.#operations[operation[call] as number] as number);
  }
}
