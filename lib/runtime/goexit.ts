// goexit: ends the goroutine that calls it, running what it deferred.
//
// The exit travels as a throw, so that `finally` blocks may wait for something on its way. Rejected: returning the
// generator from outside, which no `catch` can see; a `finally` that waits makes the calling generator go on as if
// nothing had happened (ECMAScript, yield*: a delegate that is done after a resumption gives an ordinary value).
//
// Source: Go src/runtime/panic.go (Goexit) and proc.go (checkdead).

import type { Go, Op } from "../op/index.js";
import type { G } from "./g.js";
import { operate } from "./operate.js";
import type { Operable, OpKind } from "./opkind.js";

const GOEXIT: OpKind = { name: "goexit", wait: "" };

/** What travels up through a goroutine that exits. Not an error: nobody should handle it. */
export const EXIT = Object.freeze({ exit: "runtime.Goexit was called" });

const exiting = new WeakSet<G>();

/** True once `g` has called goexit: nothing but its deferred calls may run. */
export function isExiting(g: G): boolean {
  return exiting.has(g);
}

const exit: Operable = {
  label: "",
  perform(g: G): boolean {
    const { rt } = g;
    if (g === rt.main) rt.mainCalledGoexit = true;
    if (!exiting.has(g)) {
      exiting.add(g);
      (g as { gen: Go<unknown> }).gen = ending(g, g.gen);
    }
    g.throws = EXIT;
    if (rt.isControlled) return true;
    rt.block(g);
    rt.ready(g);
    return false;
  },
};

/** Runs the rest of `gen` and turns its exit into an ordinary end. */
function* ending(g: G, gen: Go<unknown>): Go<unknown> {
  try {
    yield* gen;
  } catch (error) {
    if (error === EXIT) return undefined;
    throw error;
  }
  return g.rt.misuse(
    "goexit: a `catch` has kept the goroutine from ending. Let it throw again what it does not know, or use withDefer and recover.",
  );
}

/**
 * Ends the goroutine that calls it, after running what it deferred (`withDefer`) and its `finally` blocks. It is not
 * a panic: `recover` returns null and cannot stop it. No other goroutine is affected.
 *
 * Called by main, the others go on; when none is left, the run ends with
 * `fatal error: no goroutines (main called runtime.Goexit) - deadlock!`.
 *
 * **Cost:** one switch.
 * **Limits:** a plain `catch` on the way sees it and must throw it again; a goroutine that goes on and returns is
 * reported as misuse.
 * @throws {DeadlockError} `fatal error: no goroutines (main called runtime.Goexit) - deadlock!` (from `run`)
 * @throws {MisuseError} `goexit: a `catch` has kept the goroutine from ending. …` (from `run`)
 * @example
 * await run(function* () {
 *   const wg = new WaitGroup();
 *   wg.go(function* () {
 *     try {
 *       yield* goexit();
 *       console.log("never");
 *     } finally {
 *       console.log("deferred"); // prints: deferred
 *     }
 *   });
 *   yield* wg.wait();
 *   console.log("done"); // prints: done
 * });
 * @see Go: runtime.Goexit
 */
export function goexit(): Op<never> {
  return operate(GOEXIT, exit, undefined);
}
