// afterFunc: a goroutine that starts after a time.
//
// Source: Go src/time/sleep.go (AfterFunc, goFunc).

import type { Body } from "../op/index.js";
import {
  catchUp,
  created,
  Timer as Deadline,
  MisuseError,
  type Runtime,
  releases,
  touchTimer,
} from "../runtime/index.js";
import { endNs, runOf } from "./duration.js";

const NO_ARGS: [] = [];

/** Starts `body` when its time has come. */
class BodyDeadline extends Deadline {
  readonly #rt: Runtime;
  readonly #body: Body;
  readonly #timer: FuncTimer;

  constructor(rt: Runtime, body: Body, timer: FuncTimer) {
    super();
    this.#rt = rt;
    this.#body = body;
    this.#timer = timer;
  }

  override get startsGoroutine(): boolean {
    return true;
  }

  override fire(): void {
    const rt = this.#rt;
    try {
      const g = rt.launch(this.#body, NO_ARGS);
      rt.listener?.acquire(g, this.#timer);
    } catch (error) {
      const text = (error as Error).message.replace(/^go: /, "");
      rt.stop({ why: "misuse", error: new MisuseError(`afterFunc: ${text}`, { cause: error }), g: null });
    }
  }
}

/** A timer that starts a goroutine when it runs out. Made by `afterFunc`. */
export class FuncTimer {
  /** It has no channel. */
  readonly c = null;
  readonly #rt: Runtime;
  readonly #deadline: Deadline;

  constructor(rt: Runtime, whenNs: number, body: Body) {
    this.#rt = rt;
    this.#deadline = new BodyDeadline(rt, body, this);
    created(this);
    releases(this);
    rt.timers.add(this.#deadline, whenNs);
  }

  /**
   * Stops the timer; true when that kept the goroutine from starting. When it is false, the goroutine was started or
   * the timer had been stopped; `stop` does not wait for the goroutine to end. O(1) amortised.
   */
  stop(): boolean {
    catchUp();
    touchTimer("stop", this);
    return this.#rt.timers.remove(this.#deadline);
  }

  /**
   * Lets the timer run out `durationMs` from now; true when it was still running. When it is false, the goroutine
   * will run a second time, maybe beside the first.
   * @throws {RangeError} `` reset: expected `durationMs` to be a number, got NaN ``
   */
  reset(durationMs: number): boolean {
    const whenNs = endNs(runOf("reset"), "reset", durationMs);
    touchTimer("reset", this);
    releases(this);
    const wasPending = this.#rt.timers.remove(this.#deadline);
    this.#rt.timers.add(this.#deadline, whenNs);
    return wasPending;
  }
}

/**
 * Starts `body` as a goroutine `durationMs` from now, unless the timer is stopped before.
 *
 * **Happens-before:** `afterFunc` synchronizes before the start of the goroutine.
 * **Cost:** O(log timers), and a goroutine when it runs out.
 * @throws {RangeError} `` afterFunc: expected `durationMs` to be a number, got NaN ``
 * @throws {TypeError} `` afterFunc: expected `body` to be a generator function, got undefined ``
 * @throws {MisuseError} `afterFunc: …`, at the end of the run, when `body` turns out to be a plain function
 * @example
 * await run(function* () {
 *   const done = new Chan<string>();
 *   afterFunc(50, function* () { yield* done.send("time is up"); });
 *   console.log(yield* done.recv(), now()); // prints: time is up 50
 * }, { clock: "jump" });
 * @see Go: time.AfterFunc
 */
export function afterFunc(durationMs: number, body: Body): FuncTimer {
  const rt = runOf("afterFunc");
  if (typeof body !== "function") {
    throw new TypeError(`afterFunc: expected \`body\` to be a generator function, got ${String(body)}`);
  }
  return new FuncTimer(rt, endNs(rt, "afterFunc", durationMs), body);
}
