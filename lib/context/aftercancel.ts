// afterCancel: a goroutine that starts when a context is cancelled. Go: context.AfterFunc

import type { Body } from "../op/index.js";
import { catchUp, current, MisuseError, type Runtime, releases } from "../runtime/index.js";
import { CancelCtx } from "./cancelctx.js";
import type { Context } from "./context.js";
import { Canceled } from "./errors.js";
import { checkParent } from "./node.js";
import { propagate } from "./propagate.js";

class AfterCancelCtx extends CancelCtx {
  readonly #body: Body;
  /** Either it was started or it was stopped; the first decides. */
  #isDecided = false;

  constructor(parent: Context, body: Body) {
    super(parent);
    this.#body = body;
    releases(this);
  }

  stop(): boolean {
    catchUp();
    if (this.#isDecided) return false;
    this.#isDecided = true;
    this.cancel(Canceled, null);
    return true;
  }

  protected override cancelled(): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    const rt = current.rt as Runtime;
    try {
      const g = rt.spawn(this.#body, []);
      rt.listener?.acquire(g, this);
    } catch (error) {
      const text = (error as Error).message.replace(/^go: /, "");
      rt.stop({ why: "misuse", error: new MisuseError(`afterCancel: ${text}`, { cause: error }), g: null });
    }
  }
}

/**
 * Starts `body` as a goroutine once `ctx` is cancelled: now, if it is already. Returns the function that takes that
 * back; it returns true when it kept `body` from starting, and does not wait for a body that runs.
 *
 * Go calls it `context.AfterFunc`; here `afterFunc` is the timer's.
 *
 * **Happens-before:** the cancellation synchronizes before the start of `body`.
 * **Cost:** O(1).
 * @throws {PanicError} `cannot create context from nil parent`
 * @throws {TypeError} `` afterCancel: expected `body` to be a generator function, got undefined ``
 * @throws {MisuseError} `afterCancel: …`, at the end of the run, when `body` turns out to be a plain function
 * @example
 * await run(function* () {
 *   const [ctx, cancel] = withCancel(background());
 *   const stop = afterCancel(ctx, function* () { console.log("cleaning up"); }); // prints: cleaning up
 *   cancel();
 *   yield* gosched();
 *   console.log(stop()); // prints: false
 * });
 * @see Go: context.AfterFunc
 */
export function afterCancel(ctx: Context, body: Body): () => boolean {
  checkParent(ctx);
  if (typeof body !== "function") {
    throw new TypeError(`afterCancel: expected \`body\` to be a generator function, got ${String(body)}`);
  }
  const c = new AfterCancelCtx(ctx, body);
  propagate(ctx, c);
  return () => c.stop();
}
