// checkSequential: is there one order of all operations that keeps each client's own order? Time between clients does
// not count, so every linearizable history passes and stale but consistent views do too.
//
// Invariants:
//  I1. `at[c]` operations of client c are placed, and always its first ones.
//
// Source: Lamport, How to make a multiprocessor computer that correctly executes multiprocess programs (1979). Deciding is
// NP-complete (Gibbons, Korach, 1997), and unlike linearizability it does not fall apart by key: a model's partition is put
// together again (whole.ts).
import { Budget, type CheckOptions } from "./budget.js";
import { checkHistory } from "./check.js";
import { mix } from "./hash.js";
import { ask, type Model } from "./model.js";
import type { Operation } from "./operation.js";
import type { LinearVerdict } from "./search.js";
import { Visited } from "./visited.js";
import { whole } from "./whole.js";

/** The answer of {@link checkSequential}. */
export interface SequentialConsistency {
  readonly verdict: LinearVerdict;
  /** Indices into the history: with `ok` the order, otherwise the longest one that was found. */
  readonly order: readonly number[];
  /** How often the model was asked. */
  readonly steps: number;
}

/**
 * Checks a history for sequential consistency: some order of all operations in which each client's stand as it made
 * them, and the model gives every output that was seen.
 *
 * **Cost:** O(n k) with k clients where the first guess is right; at worst the product of the clients' lengths times the
 * number of states. `options` bounds it.
 *
 * @throws {RangeError} ``checkSequential: expected client 3 to have one operation at a time, got 5 and 6``
 *
 * @example
 * ```ts
 * const stale = [
 *   { client: 0, input: { op: "write" as const, value: 1 }, call: 0, return: 1 },
 *   { client: 1, input: { op: "read" as const }, output: 0, call: 2, return: 3 },
 * ];
 * console.log(checkLinearizable(stale, models.register(0)).verdict); // prints: illegal
 * console.log(checkSequential(stale, models.register(0)).verdict); // prints: ok
 * ```
 */
export function checkSequential<S, I, O>(
  history: readonly Operation<I, O>[],
  model: Model<S, I, O>,
  options: CheckOptions = {},
): SequentialConsistency {
  checkHistory("checkSequential", history, model);
  const budget = new Budget("checkSequential", options);
  const clients = clientsOf(history);
  const found =
    model.partition === undefined
      ? searchOrders(history, clients, model, budget)
      : searchOrders(history, clients, whole(model), budget);
  return { ...found, steps: budget.steps };
}

/** Each client's operations in order of their calls. */
function clientsOf(history: readonly Operation[]): readonly (readonly number[])[] {
  const byClient = new Map<number, number[]>();
  const at = (i: number) => history[i] as Operation;
  for (const [i, { client }] of history.entries()) {
    const own = byClient.get(client);
    if (own === undefined) byClient.set(client, [i]);
    else own.push(i);
  }
  for (const [client, own] of byClient) {
    own.sort((a, b) => at(a).call - at(b).call || a - b);
    for (let k = 1; k < own.length; k++) {
      const [a, b] = [own[k - 1] as number, own[k] as number];
      if ((at(a).return ?? Number.POSITIVE_INFINITY) <= at(b).call) continue;
      throw new RangeError(
        `checkSequential: expected client ${client} to have one operation at a time, got ${a} and ${b}`,
      );
    }
  }
  return [...byClient.values()];
}

function searchOrders<S, I, O>(
  history: readonly Operation<I, O>[],
  clients: readonly (readonly number[])[],
  model: Model<S, I, O>,
  budget: Budget,
): Omit<SequentialConsistency, "steps"> {
  const rank = ranks(history);
  const at = new Int32Array(clients.length);
  const visited = new Visited<S>(model);
  const order: number[] = []; // the operations placed; the same place in the next two belongs to them
  const owners: number[] = [];
  const before: S[] = [];
  let longest: readonly number[] = [];
  let left = history.filter((operation) => operation.return !== undefined).length;
  let state = model.init();
  let hash = 0;
  let after = -1; // the rank of the last operation tried here
  const mixed = (client: number) => mix(client * history.length + (at[client] as number));
  while (left > 0) {
    const client = nextClient(clients, at, rank, after);
    if (client >= 0) {
      if (!budget.take()) return { verdict: "unknown", order: longer(order, longest) };
      const i = clients[client]?.[at[client] as number] as number;
      const operation = history[i] as Operation<I, O>;
      const stepped = ask(model, state, operation);
      after = rank[i] as number;
      if (!stepped.ok) continue;
      const bit = mixed(client);
      at[client] = (at[client] as number) + 1; // I1
      if (visited.add(hash ^ bit, at, at.length, stepped.state)) {
        order.push(i);
        owners.push(client);
        before.push(state);
        hash ^= bit;
        state = stepped.state;
        if (operation.return !== undefined) left--;
        after = -1;
      } else at[client] = (at[client] as number) - 1;
    } else {
      longest = longer(longest, order);
      const owner = owners.pop();
      if (owner === undefined) return { verdict: "illegal", order: longest };
      const i = order.pop() as number;
      at[owner] = (at[owner] as number) - 1;
      hash ^= mixed(owner);
      state = before.pop() as S;
      if (history[i]?.return !== undefined) left++;
      after = rank[i] as number;
    }
  }
  return { verdict: "ok", order };
}

/** The longer of two orders; the first of equals, copied only when it has to be. */
function longer(a: readonly number[], b: readonly number[]): readonly number[] {
  return b.length > a.length ? [...b] : a;
}

/** Of every operation, its place by time of call: the order in which they are tried. */
function ranks(history: readonly Operation[]): Int32Array {
  const byCall = history.map((_, i) => i);
  byCall.sort((a, b) => (history[a] as Operation).call - (history[b] as Operation).call || a - b);
  const rank = new Int32Array(history.length);
  for (const [place, i] of byCall.entries()) rank[i] = place;
  return rank;
}

/** The client whose next operation has the lowest rank above `after`; -1 when there is none. */
function nextClient(
  clients: readonly (readonly number[])[],
  at: Int32Array,
  rank: Int32Array,
  after: number,
): number {
  let best = -1;
  let lowest = rank.length;
  for (let c = 0; c < clients.length; c++) {
    const i = (clients[c] as readonly number[])[at[c] as number];
    if (i === undefined) continue;
    const r = rank[i] as number;
    if (r > after && r < lowest) {
      best = c;
      lowest = r;
    }
  }
  return best;
}
