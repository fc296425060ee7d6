// Future: the outcome of a task that somebody else runs.

import { Chan } from "../chan/index.js";
import type { Go } from "../op/index.js";
import { FatalError, MisuseError } from "../runtime/index.js";

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * What a task will return or throw. Made by executors.
 *
 * **Happens-before:** the end of the task synchronizes before every return of `get`.
 * **Cost:** O(1); `get` is a generator.
 */
export class Future<T> {
  readonly #done = new Chan<never>();
  #outcome: Outcome<T> | null = null;

  /** True once the task has ended. */
  get isDone(): boolean {
    return this.#outcome !== null;
  }

  /** Waits for the end of the task; returns its value or throws its error, as often as it is asked. */
  *get(): Go<T> {
    if (this.#outcome === null) yield* this.#done.recv();
    const outcome = this.#outcome as unknown as Outcome<T>;
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }

  /** Runs the task to its end and tells everybody who waits. For executors. */
  *settle(task: Go<T>): Go {
    try {
      this.#outcome = { value: yield* task };
    } catch (error) {
      if (error instanceof FatalError || error instanceof MisuseError) throw error;
      this.#outcome = { error };
    }
    yield* this.#done.close();
  }
}
