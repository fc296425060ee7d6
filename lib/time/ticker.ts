// Ticker: a tick on a channel again and again. With newTicker and tick.
//
// Source: Go src/time/tick.go (1.23 and later).

import { nilChan, type RecvChan } from "../chan/index.js";
import { catchUp, PanicError, touchTimer } from "../runtime/index.js";
import { checkDuration, endNs, runOf } from "./duration.js";
import type { TimerOptions } from "./timer.js";
import { TimerChan } from "./timerchan.js";

/**
 * A ticker: its channel `c` delivers the time, in milliseconds of the run's clock, once per period. A receiver that is
 * slower than that misses ticks; they do not pile up. Made by `newTicker`.
 *
 * **Cost:** O(log timers) per tick while somebody waits for it, else nothing: a ticker that nobody waits for hides no
 * deadlock.
 * @example
 * await run(function* () {
 *   const ticker = newTicker(10);
 *   console.log(yield* ticker.c.recv()); // prints: 10
 *   yield* sleep(35);
 *   console.log(yield* ticker.c.recv(), yield* ticker.c.recv()); // prints: 20 50
 *   ticker.stop();
 * }, { clock: "jump" });
 * @see Go: time.Ticker
 */
export class Ticker {
  /** Delivers the ticks. It is not closed when the ticker is stopped. */
  readonly c: RecvChan<number>;
  readonly #chan: TimerChan | null;

  constructor(chan: TimerChan | null = null) {
    this.#chan = chan;
    this.c = chan ?? nilChan<number>();
  }

  /** Stops the ticker: no tick will be received any more. Goroutines that wait for one go on waiting. */
  stop(): void {
    catchUp();
    if (this.#chan === null) return;
    touchTimer("stop", this.#chan);
    this.#chan.stop();
  }

  /**
   * Ticks from now on every `periodMs`.
   * @throws {PanicError} `non-positive interval for Ticker.Reset`
   * @throws {PanicError} `time: Reset called on uninitialized Ticker`
   * @throws {RangeError} `` reset: expected `durationMs` to be a number, got NaN ``
   */
  reset(periodMs: number): void {
    checkDuration("reset", periodMs);
    if (periodMs <= 0) throw new PanicError("non-positive interval for Ticker.Reset");
    if (this.#chan === null) throw new PanicError("time: Reset called on uninitialized Ticker");
    const rt = runOf("reset");
    touchTimer("reset", this.#chan);
    this.#chan.restart(endNs(rt, "reset", periodMs), periodMs * 1e6);
  }
}

/**
 * Starts a ticker.
 *
 * @throws {PanicError} `non-positive interval for NewTicker`
 * @throws {RangeError} `` newTicker: expected `durationMs` to be a number, got NaN ``
 * @example
 * await run(function* () {
 *   const ticker = newTicker(1000);
 *   const quit = after(2500);
 *   for (;;) {
 *     const got = yield* select(ticker.c.onRecv(), quit.onRecv());
 *     if (got.index === 1) break;
 *     console.log(got.value); // prints: 1000 2000
 *   }
 * }, { clock: "jump" });
 * @see Go: time.NewTicker
 */
export function newTicker(periodMs: number, options: TimerOptions = {}): Ticker {
  checkDuration("newTicker", periodMs);
  if (periodMs <= 0) throw new PanicError("non-positive interval for NewTicker");
  return new Ticker(ticking("newTicker", periodMs, options.asyncTimerChan === true));
}

/**
 * Returns the channel of a ticker that is never stopped; for zero and less the nil channel, which never delivers.
 *
 * @throws {RangeError} `` tick: expected `durationMs` to be a number, got NaN ``
 * @example
 * await run(function* () {
 *   const beat = tick(20);
 *   console.log(yield* beat.recv(), yield* beat.recv()); // prints: 20 40
 * }, { clock: "jump" });
 * @see Go: time.Tick
 */
export function tick(periodMs: number): RecvChan<number> {
  checkDuration("tick", periodMs);
  return periodMs <= 0 ? nilChan<number>() : ticking("tick", periodMs, false);
}

function ticking(name: string, periodMs: number, isAsync: boolean): TimerChan {
  const rt = runOf(name);
  return new TimerChan(rt, endNs(rt, name, periodMs), periodMs * 1e6, isAsync);
}
