// Timer: one tick on a channel after a time. With newTimer and after.
//
// Source: Go src/time/sleep.go (1.23 and later).

import { nilChan, type RecvChan } from "../chan/index.js";
import { catchUp, PanicError, touchTimer } from "../runtime/index.js";
import { endNs, runOf } from "./duration.js";
import { TimerChan } from "./timerchan.js";

/** How a timer behaves. */
export interface TimerOptions {
  /**
   * The channel as it was before Go 1.23 (`GODEBUG=asynctimerchan=1`): it has room for one tick, `len` and `cap` show
   * it, `stop` is false as soon as the tick is in it, and a tick from before `stop` or `reset` can still be received.
   */
  asyncTimerChan?: boolean;
}

/**
 * A timer. Its channel `c` delivers one value, the time at which it ran out in milliseconds of the run's clock. Made
 * by `newTimer`; a `new Timer()` is uninitialized, as Go's zero Timer is.
 *
 * Since Go 1.23, and here: once `stop` or `reset` has returned, no older tick can be received; nothing has to be
 * drained; a timer that nobody waits for hides no deadlock.
 *
 * **Cost:** O(log timers) while somebody waits for it, else nothing.
 * @example
 * await run(function* () {
 *   const timer = newTimer(10);
 *   console.log(timer.stop()); // prints: true
 *   timer.reset(30);
 *   console.log(yield* timer.c.recv()); // prints: 30
 * }, { clock: "jump" });
 * @see Go: time.Timer
 */
export class Timer {
  /** Delivers the tick. */
  readonly c: RecvChan<number>;
  readonly #chan: TimerChan | null;

  constructor(chan: TimerChan | null = null) {
    this.#chan = chan;
    this.c = chan ?? nilChan<number>();
  }

  /**
   * Stops the timer. True when that prevented its tick from being received, false when it had been received or the
   * timer had been stopped.
   * @throws {PanicError} `time: Stop called on uninitialized Timer`
   */
  stop(): boolean {
    if (this.#chan === null) throw new PanicError("time: Stop called on uninitialized Timer");
    catchUp();
    touchTimer("stop", this.#chan);
    return this.#chan.stop();
  }

  /**
   * Lets the timer run out `durationMs` from now; true when it was still running.
   * @throws {PanicError} `time: Reset called on uninitialized Timer`
   * @throws {RangeError} `` reset: expected `durationMs` to be a number, got NaN ``
   */
  reset(durationMs: number): boolean {
    if (this.#chan === null) throw new PanicError("time: Reset called on uninitialized Timer");
    const rt = runOf("reset");
    touchTimer("reset", this.#chan);
    return this.#chan.restart(endNs(rt, "reset", durationMs), 0);
  }
}

/**
 * Starts a timer that runs out `durationMs` from now: at once for zero and less.
 *
 * @throws {RangeError} `` newTimer: expected `durationMs` to be a number, got NaN ``
 * @example
 * await run(function* () {
 *   const answer = new Chan<string>();
 *   const timer = newTimer(100);
 *   const got = yield* select(answer.onRecv(), timer.c.onRecv());
 *   console.log(got.index, now()); // prints: 1 100
 * }, { clock: "jump" });
 * @see Go: time.NewTimer
 */
export function newTimer(durationMs: number, options: TimerOptions = {}): Timer {
  const rt = runOf("newTimer");
  return new Timer(new TimerChan(rt, endNs(rt, "newTimer", durationMs), 0, options.asyncTimerChan === true));
}

/**
 * Returns a channel that delivers one value `durationMs` from now. The timer behind it cannot be stopped; it needs no
 * stopping.
 *
 * @throws {RangeError} `` after: expected `durationMs` to be a number, got NaN ``
 * @example
 * await run(function* () {
 *   console.log(yield* after(5).recv()); // prints: 5
 * }, { clock: "jump" });
 * @see Go: time.After
 */
export function after(durationMs: number): RecvChan<number> {
  const rt = runOf("after");
  return new TimerChan(rt, endNs(rt, "after", durationMs), 0, false);
}
