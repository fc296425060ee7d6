// SafeTimer: a timer that any number of goroutines may reset and stop, and that never fires for an old setting.
//
// Invariants:
//  I1. At most one deadline is pending.
//  I2. A firing belongs to the latest `reset`; once `stop` or `reset` has returned, an earlier setting starts nothing.
//
// Source: Go time.AfterFunc, Timer.Reset, Timer.Stop. Differs: there is no channel to drain, which is where programs
// before Go 1.23 hang or fire twice. Rejected: a flag that is set by compare-and-swap and a new timer per reset
// (two resetters leave two live timers).

import type { Body, Go, Step } from "../op/index.js";
import { type G, type Operable, type OpKind, step, Timer } from "../runtime/index.js";
import { atLeast, begin } from "./arguments.js";

const RESET: OpKind = { name: "reset", wait: "" };
const STOP: OpKind = { name: "stop", wait: "" };

/**
 * A timer that starts `body` as a goroutine of its own when its time has come. It is made stopped.
 *
 * **Happens-before:** the `reset` synchronizes before the start of the body that it leads to.
 * **Cost:** O(log timers) per `reset` or `stop`; never waits.
 * **Limits:** a body that has started is not stopped.
 * @throws {RangeError} `` SafeTimer: expected `delayMs` to be a number >= 0, got -1 `` (from `reset`)
 * @throws {TypeError} `SafeTimer: expected a generator function, got undefined`
 * @example
 * await run(function* () {
 *   const timer = new SafeTimer(function* () { console.log(`fired at ${now()}`); }); // prints: fired at 15
 *   timer.reset(10);
 *   yield* sleep(5);
 *   timer.reset(10);
 *   yield* sleep(50);
 *   console.log(timer.isPending); // prints: false
 * }, { clock: "jump" });
 */
export class SafeTimer implements Operable {
  readonly label = "timer";
  readonly #body: Body<[]>;
  #pending: Timer | null = null;

  constructor(body: Body<[]>) {
    if (typeof body !== "function") {
      throw new TypeError(`SafeTimer: expected a generator function, got ${String(body)}`);
    }
    this.#body = body;
  }

  /** True while a deadline is set that has not come. */
  get isPending(): boolean {
    return this.#pending !== null;
  }

  /** Sets the deadline `delayMs` milliseconds from now, in place of the one that is set. */
  reset(delayMs: number): Step {
    return step(RESET, this, atLeast("SafeTimer", "delayMs", delayMs, 0) * 1e6);
  }

  /** Takes the deadline back; nothing happens when none is set. */
  stop(): Step {
    return step(STOP, this, undefined);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const { rt } = g;
    if (this.#pending !== null) rt.timers.remove(this.#pending); // I1, I2
    this.#pending = null;
    if (kind === STOP || arg === Number.POSITIVE_INFINITY) return true;
    this.#pending = new Timer(() => {
      this.#pending = null;
      rt.spawn(fire, [this.#body]);
    });
    rt.timers.add(this.#pending, rt.nowNs + (arg as number));
    return true;
  }
}

/** The goroutine of a firing: what is wrong with the body is its panic, not the timer's. */
function* fire(body: Body<[]>): Go {
  yield* begin("SafeTimer", body, []);
}
