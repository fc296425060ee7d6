// synctest: concurrent code under a clock that moves only when nothing else can happen.
//
// Source: Go src/testing/synctest, src/internal/synctest (Test, Wait: 1.25; Sleep: 1.27). Differs: locks are durable
// (runtime/bubble.ts); the bubble's time starts at 0 for `now`, and `synctestDate` gives Go's date; timers of one
// instant fire in an order that the seed or the schedule decides, so a failing order can be replayed.

import type { Body, Go, Op } from "../op/index.js";
import {
  bubblesOf,
  catchUp,
  type G,
  type Operable,
  type OpKind,
  operate,
  PanicError,
  running,
} from "../runtime/index.js";
import { sleep } from "../time/index.js";

const TEST: OpKind = { name: "synctest", wait: "synctest.Run", edge: "own" };
const WAIT: OpKind = { name: "synctestWait", wait: "synctest.Wait", edge: "own" };

/** Where the clock of every bubble starts. */
const START_MS = Date.UTC(2000, 0, 1);

const synctester: Operable = {
  label: "",
  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === TEST) {
      bubblesOf(g.rt).begin(g, arg as () => Go<unknown>);
    } else {
      const bubble = g.rt.bubbles?.of(g) ?? null;
      if (bubble === null) throw new PanicError("goroutine is not in a bubble");
      bubble.wait(g);
    }
    return false;
  },
};

/**
 * Runs `body` in a new bubble: the goroutines that it starts, and theirs, share a clock of their own, which starts at
 * 2000-01-01T00:00:00Z and moves only when every one of them is durably blocked: it can be woken by the bubble only.
 * Waits until all of them have ended, and returns what `body` returned. When `body` has ended, time stands still.
 *
 * Durably blocked is who sleeps, waits in a channel, timer or `select` of the bubble, for a wait group or condition
 * of the bubble, or for a lock that only the bubble's goroutines have used (in Go never: its mutexes do not count).
 * Not durably: who waits for something from outside the bubble, for a host promise, in `work` and `syscall`.
 *
 * A channel or timer made in a bubble belongs to it; whoever uses it from outside ends the run. The bubble may be in
 * any run, also one on the real clock, and one that is explored: timers of one instant fire in every order.
 *
 * **Happens-before:** the end of every goroutine of the bubble synchronizes before the return of `synctest`.
 * **Cost:** from the first bubble on, operations of that run do not take their fast paths.
 * **Limits:** no bubble within a bubble, as in Go.
 * @throws {PanicError} `synctest.Run called from within a synctest bubble`
 * @throws {PanicError} `deadlock: all goroutines in bubble are blocked`
 * @throws {PanicError} `deadlock: main bubble goroutine has exited but blocked goroutines remain`
 * @throws {FatalError} `send on synctest channel from outside bubble`, and so on: receive on, close of, select on
 * @throws {FatalError} `stop of synctest timer from outside bubble`, and so on: reset
 * @throws {FatalError} `sync: WaitGroup.Add called from multiple synctest bubbles`
 * @throws {FatalError} `sync: WaitGroup.Add called from inside and outside synctest bubble`
 * @throws {FatalError} `semaphore wake of synctest goroutine from outside bubble`
 * @throws {TypeError} `` synctest: expected `body` to be a generator function, got undefined ``
 * @example
 * await run(function* () {
 *   yield* synctest(function* () {
 *     const [ctx] = withTimeout(background(), 5000);
 *     yield* synctestSleep(4999);
 *     console.log(ctx.err()); // prints: null
 *     yield* synctestSleep(1);
 *     console.log(ctx.err()?.message, now()); // prints: context deadline exceeded 5000
 *   });
 * }); // takes no time
 * @see Go: testing/synctest.Test
 */
export function synctest<T>(body: Body<[], T>): Op<T> {
  if (typeof body !== "function") {
    throw new TypeError(`synctest: expected \`body\` to be a generator function, got ${String(body)}`);
  }
  return operate(TEST, synctester, body);
}

/**
 * Waits until every other goroutine of this bubble is durably blocked. Time does not move.
 *
 * **Happens-before:** what the others did before they blocked or ended synchronizes before its return.
 * @throws {PanicError} `goroutine is not in a bubble`
 * @throws {PanicError} `wait already in progress`
 * @example
 * await run(function* () {
 *   yield* synctest(function* () {
 *     let isDone = false;
 *     go(function* () { isDone = true; });
 *     yield* synctestWait();
 *     console.log(isDone); // prints: true
 *   });
 * });
 * @see Go: testing/synctest.Wait
 */
export function synctestWait(): Op<void> {
  return operate(WAIT, synctester, undefined);
}

/**
 * Sleeps for `durationMs` and then waits until every other goroutine of this bubble is durably blocked: what was due
 * in the meantime, and at that very instant, has happened.
 *
 * @throws {PanicError} `goroutine is not in a bubble`
 * @throws {RangeError} `` sleep: expected `durationMs` to be a number, got NaN ``
 * @example
 * await run(function* () {
 *   yield* synctest(function* () {
 *     let ticks = 0;
 *     afterFunc(10, function* () { ticks++; });
 *     yield* synctestSleep(10);
 *     console.log(ticks); // prints: 1
 *   });
 * });
 * @see Go: testing/synctest.Sleep
 */
export function synctestSleep(durationMs: number): Op<void> {
  // The first operation is created here and not in the generator, so that a forgotten `yield*` is found.
  return sleepThenWait(sleep(durationMs)) as unknown as Op<void>;
}

function* sleepThenWait(sleeping: Op<void>): Go {
  yield* sleeping;
  yield* synctestWait();
}

/**
 * Returns the date in this bubble: 2000-01-01T00:00:00Z plus `now()`.
 *
 * @throws {PanicError} `goroutine is not in a bubble`
 * @example
 * await run(function* () {
 *   yield* synctest(function* () {
 *     yield* sleep(86_400_000);
 *     console.log(synctestDate().toISOString()); // prints: 2000-01-02T00:00:00.000Z
 *   });
 * });
 * @see Go: time.Now, in a bubble
 */
export function synctestDate(): Date {
  const g = running("synctestDate");
  catchUp();
  const bubble = g.rt.bubbles?.of(g) ?? null;
  if (bubble === null) throw new PanicError("goroutine is not in a bubble");
  return new Date(START_MS + g.rt.nowNs / 1e6);
}
