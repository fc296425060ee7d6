// retry: calls again after a failure, later each time, by chance apart from others, and not without end.
//
// Source: M. Brooker, Exponential Backoff And Jitter (AWS, 2015): `full` and `equal` are his names. Chance comes from
// the run's seed. In controlled runs a delay is one of 4 values, since a search tries them all; in direct runs one
// of 1,024.

import type { Body, Go } from "../op/index.js";
import { FatalError, MisuseError, type Runtime, running } from "../runtime/index.js";
import { sleep } from "../time/index.js";
import { atLeast, begin, integer } from "./arguments.js";
import type { RetryBudget } from "./retrybudget.js";

/** How a delay is spread: not at all, over its upper half, or from zero on. */
export type Jitter = "none" | "equal" | "full";

export interface RetryOptions {
  /** Calls at most, the first one included. Default 3. */
  attempts?: number;
  /** The delay before the second attempt, in milliseconds. Default 100. */
  baseMs?: number;
  /** Each delay is so many times the one before. Default 2. */
  factor?: number;
  /** No delay is longer. Default 10,000. */
  mostMs?: number;
  /** Default `full`. */
  jitter?: Jitter;
  /** Shared with other callers; when it is empty, the error is thrown at once. */
  budget?: RetryBudget;
  /** False for errors that another attempt cannot mend. Default: all may be. */
  retryIf?: (error: unknown) => boolean;
  /** Called before each delay with the number of the attempt that failed, from 1 on. */
  onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
}

interface Plan {
  readonly attempts: number;
  readonly baseMs: number;
  readonly factor: number;
  readonly mostMs: number;
  readonly jitter: Jitter;
}

const JITTERS: readonly Jitter[] = ["none", "equal", "full"];

function plan(options: RetryOptions): Plan {
  const jitter = options.jitter ?? "full";
  if (!JITTERS.includes(jitter)) {
    throw new RangeError(
      `retry: expected \`jitter\` to be one of ${JITTERS.join(", ")}, got ${String(jitter)}`,
    );
  }
  return {
    attempts: integer("retry", "attempts", options.attempts ?? 3, 1),
    baseMs: atLeast("retry", "baseMs", options.baseMs ?? 100, 0),
    factor: atLeast("retry", "factor", options.factor ?? 2, 1),
    mostMs: atLeast("retry", "mostMs", options.mostMs ?? 10_000, 0),
    jitter,
  };
}

/** The delay after attempt number `attempt`. */
function delayOf(rt: Runtime, { baseMs, factor, mostMs, jitter }: Plan, attempt: number): number {
  const wholeMs = Math.min(mostMs, baseMs * factor ** (attempt - 1));
  if (jitter === "none") return wholeMs;
  const steps = rt.isControlled ? 4 : 1024;
  const part = (rt.pick(steps) + 1) / steps;
  return jitter === "full" ? wholeMs * part : wholeMs * (0.5 + part / 2);
}

/**
 * Calls `body` until it succeeds, at most `attempts` times, and returns its value. In the end the error of the last
 * attempt is thrown as it is; so is one that `retryIf` refuses, and any when the budget is empty.
 *
 * Retrying is right only for what may happen twice: see IdempotencyKeys. Retries in several layers multiply.
 *
 * **Cost:** a generator; between attempts the goroutine sleeps on the run's clock.
 * @throws {RangeError} `` retry: expected `attempts` to be an integer >= 1, got 0 `` and the like
 * @example
 * await run(function* () {
 *   let calls = 0;
 *   const flaky = function* () { if (++calls < 3) throw new Error("not yet"); return calls; };
 *   console.log(yield* retry(flaky, { baseMs: 10, jitter: "none" })); // prints: 3
 *   console.log(now()); // prints: 30
 * }, { clock: "jump" });
 */
export function* retry<T>(body: Body<[], T>, options: RetryOptions = {}): Go<T> {
  const planned = plan(options);
  const { rt } = running("retry");
  options.budget?.deposit();
  for (let attempt = 1; ; attempt++) {
    try {
      return yield* begin("retry", body, []);
    } catch (error) {
      if (error instanceof FatalError || error instanceof MisuseError) throw error;
      const mayRetry = attempt < planned.attempts && (options.retryIf?.(error) ?? true);
      if (!mayRetry || options.budget?.withdraw() === false) throw error;
      const delayMs = delayOf(rt, planned, attempt);
      options.onRetry?.(error, attempt, delayMs);
      yield* sleep(delayMs);
    }
  }
}
