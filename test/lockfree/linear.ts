// Linearizability of small histories: is there an order of the calls, one after the other, that respects who returned
// before whom was called, and in which a sequential model gives every result that was seen?
//
// Source: Wing, Gong, Testing and Verifying Concurrent Objects (1993); the memory of visited states is Lowe's (2017).
import type { Go } from "happens-before";

export interface Call {
  readonly name: string;
  readonly arg: unknown;
  readonly result: unknown;
  readonly from: number;
  readonly to: number;
}

/** Records calls. `from` and `to` count events: nobody else runs between a stamp and the step beside it. */
export class History {
  readonly calls: Call[] = [];
  #events = 0;

  *call<T>(name: string, arg: unknown, body: Go<T>): Go<T> {
    const from = this.#events++;
    const result = yield* body;
    this.calls.push({ name, arg, result, from, to: this.#events++ });
    return result;
  }
}

type Items = readonly unknown[];
/** What the state is after `call`, or null when the model would not have given its result. */
export type Model = (items: Items, call: Call) => Items | null;

export function isLinearizable(calls: readonly Call[], model: Model, start: Items = []): boolean {
  const seen = new Set<string>();
  const search = (left: readonly Call[], items: Items): boolean => {
    if (left.length === 0) return true;
    const key = `${left.map((c) => c.from).join()} ${JSON.stringify(items)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    const firstReturn = Math.min(...left.map((c) => c.to));
    return left.some((call) => {
      if (call.from > firstReturn) return false; // somebody had returned before it was called
      const next = model(items, call);
      return (
        next !== null &&
        search(
          left.filter((c) => c !== call),
          next,
        )
      );
    });
  };
  return search(calls, start);
}

/** Takes from one end of the items; undefined is right for an empty structure only. */
const take = (items: Items, result: unknown, at: number, rest: Items): Items | null =>
  items.length === 0 ? (result === undefined ? items : null) : items.at(at) === result ? rest : null;

/** push and pop at the end. */
export const stack: Model = (items, { name, arg, result }) =>
  name === "push" ? [...items, arg] : take(items, result, -1, items.slice(0, -1));

/** push at the end, pop at the front. */
export const queue: Model = (items, { name, arg, result }) =>
  name === "push" ? [...items, arg] : take(items, result, 0, items.slice(1));

/** push and pop at the end, steal at the front. */
export const deque: Model = (items, call) =>
  call.name === "steal" ? take(items, call.result, 0, items.slice(1)) : stack(items, call);

/** What a program returns: "linear", or the history that is not, to be read. */
export function judge(history: History, model: Model, start: Items = []): string {
  if (isLinearizable(history.calls, model, start)) return "linear";
  return history.calls
    .map(
      (c) =>
        `${c.from}-${c.to} ${c.name}(${JSON.stringify(c.arg) ?? ""}) = ${JSON.stringify(c.result) ?? "undefined"}`,
    )
    .join("; ");
}
