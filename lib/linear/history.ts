// History: records operations as they happen.
import type { Go, Op } from "../op/index.js";
import type { Operation } from "./operation.js";

interface Recorded<I, O> {
  readonly client: number;
  readonly input: I;
  output?: O;
  readonly call: number;
  return?: number;
}

/**
 * Records operations by `begin` and `end`, or around one `yield*` by `call`. Without times it counts events, which is exact
 * where nobody else runs between an event and the step beside it: in goroutines. Threads pass times of one clock, e.g.
 * `performance.timeOrigin + performance.now()`, each in a log of its own; the logs' `operations` are joined afterwards.
 *
 * Operations without an `end` count as pending.
 *
 * **Cost:** O(1) an event; records do not yield.
 *
 * @example
 * ```ts
 * const seen = await run(function* () {
 *   const count = new AtomicInt32();
 *   const history = new History<{ op: "addAndGet"; by: number }, number>();
 *   const wg = new WaitGroup();
 *   for (const client of [1, 2])
 *     wg.go(function* () {
 *       yield* history.call(client, { op: "addAndGet", by: 1 }, count.add(1));
 *     });
 *   yield* wg.wait();
 *   return checkLinearizable(history.operations, models.counter()).verdict;
 * });
 * console.log(seen); // prints: ok
 * ```
 */
export class History<I = unknown, O = unknown> {
  readonly #operations: Recorded<I, O>[] = [];
  #events = 0;

  /** What was recorded, in the order of the calls. Plain data. */
  get operations(): readonly Operation<I, O>[] {
    return this.#operations;
  }

  /** Records a call and returns its number for {@link end}. `at` is its time; the next event's number by default. */
  begin(client: number, input: I, at: number = this.#events): number {
    this.#events++;
    return this.#operations.push({ client, input, call: at }) - 1;
  }

  /**
   * Records that operation `operation` returned `output`.
   *
   * @throws {RangeError} ``History.end: expected `operation` to be one that began and has not ended, got 3``
   */
  end(operation: number, output: O, at: number = this.#events): void {
    const recorded = this.#operations[operation];
    if (recorded === undefined || recorded.return !== undefined) {
      throw new RangeError(
        `History.end: expected \`operation\` to be one that began and has not ended, got ${operation}`,
      );
    }
    this.#events++;
    recorded.output = output;
    recorded.return = at;
  }

  /** Runs `body` with a record around it and gives its value. One that never comes back stays pending. */
  *call<T extends O>(client: number, input: I, body: Op<T> | Go<T>): Go<T> {
    const operation = this.begin(client, input);
    const output = yield* body;
    this.end(operation, output);
    return output;
  }
}
