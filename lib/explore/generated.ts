// generated: a program that calls an object with operations drawn by chance, several goroutines at a time, and judges by
// a sequential model whether each seemed to take effect at one instant.
//
// Invariants:
//  I1. The operations follow from the seed alone: they are the same in every schedule, so a schedule replays.
//
// Source: Lincheck (Koval et al., CAV 2023), which explores generated scenarios and judges them in this way.

import { checkLinearizable, drawLinear, History, linearText, type Model } from "../linear/index.js";
import type { Go, Op, Program } from "../op/index.js";
import { Random } from "../runtime/index.js";
import { WaitGroup } from "../sync/index.js";

/** What is called, how, and what it should do. */
export interface GeneratedCalls<X, S, I, O> {
  /** Makes the object, afresh for every schedule. */
  make(): X;
  /** What it does when its operations come one at a time. */
  model: Model<S, I, O>;
  /** Draws the next operation of `client` (from 0). `below(n)` is a whole number from 0 to n - 1. */
  generate(below: (n: number) => number, client: number): I;
  /** Calls the object. */
  perform(object: X, input: I): Op<O> | Go<O>;
  /** Goroutines that call at the same time. Default 3. */
  clients?: number;
  /** Operations of each. Default 3: few show most bugs, and the search stays small. */
  operations?: number;
  /** Another one draws other operations. Default `1`. */
  seed?: string;
}

interface Called<X, I, O> {
  readonly object: X;
  readonly history: History<I, O>;
}

/**
 * A program for `explore` that tests an object with generated operations. A history that no order of its operations explains
 * is a `wrong-result`, with a drawing of what fits nowhere.
 *
 * **Cost:** a schedule takes some 10 us an operation, the check included.
 * @throws {RangeError} `generatedCalls: expected `clients` to be an integer >= 1, got 0`
 * @example
 * class Counter {
 *   readonly #n = new AtomicInt32();
 *   *addAndGet(by: number) {
 *     const seen = yield* this.#n.load();
 *     yield* this.#n.store(seen + by); // somebody else may have added in between
 *     return seen + by;
 *   }
 * }
 * const seen = await explore(generatedCalls({
 *   make: () => new Counter(),
 *   model: models.counter(),
 *   generate: (below) => ({ op: "addAndGet" as const, by: 1 + below(3) }),
 *   perform: (counter, { by }) => counter.addAndGet(by),
 * }));
 * console.log(seen.verdict); // prints: wrong-result
 * console.log(seen.failure?.error?.message.split("\n")[0]?.includes("not linearizable")); // prints: true
 */
export function generatedCalls<X, S, I, O>(
  calls: GeneratedCalls<X, S, I, O>,
): Program<Called<X, I, O>, undefined> {
  const inputs = inputsOf(calls);
  const { make, model, perform } = calls;
  return {
    setup: () => ({ object: make(), history: new History<I, O>() }),
    *main({ object, history }) {
      const wg = new WaitGroup();
      for (const [client, own] of inputs.entries()) {
        yield* wg.go(function* caller() {
          for (const input of own) yield* history.call(client, input, perform(object, input));
        });
      }
      yield* wg.wait();
      return undefined;
    },
    after({ history }) {
      const { operations } = history;
      const answer = checkLinearizable(operations, model);
      if (answer.verdict === "illegal") throw new Error(linearText(drawLinear(operations, answer, model)));
      if (answer.verdict === "unknown") {
        throw new Error("generatedCalls: the history is too hard to judge; take fewer clients or operations");
      }
    },
  };
}

/** The operations by client (I1). */
function inputsOf<X, S, I, O>(calls: GeneratedCalls<X, S, I, O>): I[][] {
  const { clients = 3, operations = 3, seed = "1" } = calls;
  for (const [name, value] of Object.entries({ clients, operations })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(`generatedCalls: expected \`${name}\` to be an integer >= 1, got ${String(value)}`);
  }
  return Array.from({ length: clients }, (_, client) => {
    const random = new Random(seed, client);
    const below = (n: number): number => random.below(n);
    return Array.from({ length: operations }, () => calls.generate(below, client));
  });
}
