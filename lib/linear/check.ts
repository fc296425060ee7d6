// checkLinearizable: does every operation seem to take effect at one instant between its call and its return?
//
// Source: Herlihy, Wing, Linearizability (1990); Horn, Kroening, Faster linearizability checking via P-compositionality
// (2015): with a model that has a partition, each key is searched alone.
import { Budget, type CheckOptions } from "./budget.js";
import type { Model } from "./model.js";
import { checkTimes, type Operation } from "./operation.js";
import { type Found, type LinearVerdict, search } from "./search.js";

/** What was found for the operations of one key of the model's partition. */
export interface LinearPart extends Found {
  /** The key; undefined when the model has no partition. */
  readonly key: unknown;
  /** The part's operations, as indices into the history. */
  readonly operations: readonly number[];
}

/** Steps of each part's first slice; later ones are twice as long each. */
const FIRST_SLICE = 1024;
const NOT_BEGUN: Found = { verdict: "unknown", order: [], partials: [] };

/** The answer of {@link checkLinearizable}. */
export interface Linearizability {
  /** `unknown`: the budget ended before an answer was found. */
  readonly verdict: LinearVerdict;
  /** By key, in order of appearance. With `illegal` one part is; those not finished then are `unknown`. */
  readonly parts: readonly LinearPart[];
  /** How often the model was asked. */
  readonly steps: number;
}

/**
 * Checks a history against a sequential model: is there one order of all operations that respects who had returned
 * before whom was called, and in which the model gives every output that was seen?
 *
 * Operations without `return` may have taken effect at any time after their call, or never.
 *
 * **Cost:** O(n k) for histories whose first guess is right, with k operations at a time; exponential in k at worst, so
 * `options` bounds it. Memory: O(k) words for each configuration visited.
 *
 * **Limits:** the model must be deterministic once input and output are known.
 *
 * @throws {TypeError} ``checkLinearizable: expected model `x` to have `pending`, because operation 3 never returned``
 * @throws {RangeError} ``checkLinearizable: expected `return` of operation 3 to be a number >= its `call` 7, got 5``
 *
 * @example
 * ```ts
 * const history = [
 *   { client: 0, input: { op: "write" as const, value: 1 }, call: 0, return: 1 },
 *   { client: 1, input: { op: "read" as const }, output: 0, call: 2, return: 3 }, // stale
 * ];
 * const answer = checkLinearizable(history, models.register(0));
 * console.log(answer.verdict, answer.parts[0]?.partials[0]?.stuck); // prints: illegal 1
 * ```
 *
 * @see Porcupine, github.com/anishathalye/porcupine
 */
export function checkLinearizable<S, I, O>(
  history: readonly Operation<I, O>[],
  model: Model<S, I, O>,
  options: CheckOptions = {},
): Linearizability {
  checkHistory("checkLinearizable", history, model);
  const budget = new Budget("checkLinearizable", options);
  const parts = [...partsOf(history, model)].map(([key, operations]) => ({
    key,
    operations,
    running: search(history, operations, model, budget),
    found: NOT_BEGUN,
  }));
  let open = parts;
  for (let steps = FIRST_SLICE; open.length > 0 && !budget.isSpent; steps *= 2) {
    for (const part of open) {
      budget.slice(steps);
      part.found = part.running.next().value;
      if (part.found.verdict === "illegal") return answer(parts, budget);
    }
    open = open.filter(({ found }) => found.verdict === "unknown");
  }
  return answer(parts, budget);
}

function answer(
  parts: readonly { readonly key: unknown; readonly operations: readonly number[]; readonly found: Found }[],
  { steps }: Budget,
): Linearizability {
  const verdicts = parts.map(({ found }) => found.verdict);
  const verdict = (["illegal", "unknown"] as const).find((v) => verdicts.includes(v)) ?? "ok";
  return {
    verdict,
    parts: parts.map(({ key, operations, found }) => ({ key, operations, ...found })),
    steps,
  };
}

/** Bad arguments, before any search begins. */
export function checkHistory<S, I, O>(
  caller: string,
  history: readonly Operation<I, O>[],
  model: Model<S, I, O>,
): void {
  checkTimes(caller, history);
  const pending = history.findIndex((operation) => operation.return === undefined);
  if (pending >= 0 && model.pending === undefined) {
    throw new TypeError(
      `${caller}: expected model \`${model.name}\` to have \`pending\`, because operation ${pending} never returned`,
    );
  }
}

function partsOf<S, I, O>(
  history: readonly Operation<I, O>[],
  model: Model<S, I, O>,
): Map<unknown, number[]> {
  const parts = new Map<unknown, number[]>();
  for (const [i, { input }] of history.entries()) {
    const key = model.partition?.(input);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [i]);
    else part.push(i);
  }
  return parts;
}
