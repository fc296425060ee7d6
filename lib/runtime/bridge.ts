// fromPromise: the one door through which the host's promises enter a run.

import type { Op } from "../op/index.js";
import type { G } from "./g.js";
import { operate } from "./operate.js";
import type { Operable, OpKind } from "./opkind.js";

const AWAIT: OpKind = { name: "fromPromise", wait: "IO wait" };

const host: Operable = {
  label: "",
  perform(g: G, _kind: OpKind, arg: unknown): boolean {
    const { rt } = g;
    if (rt.isControlled) {
      rt.misuse(
        "fromPromise: a host promise cannot be replayed, so it is refused while schedules are explored. Model it with sleep() or a channel.",
      );
    }
    rt.block(g);
    rt.pendingHost++;
    const settled = (): void => {
      rt.pendingHost--;
      rt.wake(g);
      rt.onHostReady?.();
    };
    (arg as Promise<unknown>).then(
      (value) => {
        g.value = value;
        settled();
      },
      (error: unknown) => {
        g.throws = error ?? new Error("the promise was rejected without a reason");
        settled();
      },
    );
    return false;
  },
};

/**
 * Waits for a host promise, parking only this goroutine. A rejection is thrown here.
 *
 * Refused in controlled runs (`explore`, replay): what the host does cannot be replayed.
 *
 * @throws {MisuseError} `fromPromise: a host promise cannot be replayed, …`
 * @example
 * await run(function* () {
 *   console.log(yield* fromPromise(Promise.resolve("from the host"))); // prints: from the host
 * });
 */
export function fromPromise<T>(promise: PromiseLike<T>): Op<T> {
  return operate(AWAIT, host, promise);
}
