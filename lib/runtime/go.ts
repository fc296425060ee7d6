// go and gosched: starting goroutines, and giving way.

import type { Body, Op, Step } from "../op/index.js";
import { current } from "./current.js";
import { type G, STEP_DONE, Status } from "./g.js";
import { arming, borrowed, operate, settle, step } from "./operate.js";
import type { Operable, OpKind } from "./opkind.js";

const GO: OpKind = { name: "go", wait: "" };
const GOSCHED: OpKind = { name: "gosched", wait: "runnable" };

/** The operations that work on no object. */
const scheduler: Operable = {
  label: "",
  check(g: G, kind: OpKind, arg: unknown): void {
    const body = kind === GO ? (arg as { body?: unknown }).body : kind;
    if (body === undefined || body === null) g.rt.fatal("go of nil func value");
  },
  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === GO) {
      const { body, args } = arg as { body: Body<unknown[]>; args: unknown[] };
      g.value = g.rt.spawn(body, args).id;
      return true;
    }
    if (g.rt.isControlled) return true; // being announced was the point
    g.status = Status.RUNNABLE;
    g.rt.runq.yielded(g);
    return false;
  },
};

/**
 * Starts `body(...args)` as a goroutine. It runs when the scheduler chooses it, not at the call.
 *
 * Pass one shared `function*` and arguments rather than a fresh closure per goroutine: that is twelve times
 * cheaper.
 *
 * **Happens-before:** the `go` statement synchronizes before the start of the goroutine. Its end synchronizes
 * with nothing: use a WaitGroup or a channel to wait for it.
 * **Cost:** O(1), one generator.
 * @throws {TypeError} `go: expected worker to be a generator function, got a plain one. Write `function*`.`
 * @throws {FatalError} `go of nil func value`
 * @example
 * await run(function* () {
 *   const done = new Chan<string>();
 *   go(function* (name: string) { yield* done.send(`hello, ${name}`); }, "gopher");
 *   console.log(yield* done.recv()); // prints: hello, gopher
 * });
 * @see Go: the go statement, src/runtime/proc.go (newproc)
 */
export function go<A extends unknown[]>(body: Body<A>, ...args: A): Step {
  if (!current.isFast) return step(GO, scheduler, { body, args });
  const g = borrowed("go");
  settle(g);
  if (body === undefined || body === null) g.rt.fatal("go of nil func value");
  g.rt.launch(body, args);
  return STEP_DONE;
}

/**
 * Lets other goroutines run; this one stays runnable.
 *
 * **Cost:** one switch. Creates no happens-before edge.
 * @example
 * await run(function* () {
 *   go(function* () { console.log("first"); }); // prints: first
 *   yield* gosched();
 *   console.log("second"); // prints: second
 * });
 * @see Go: runtime.Gosched
 */
export function gosched(): Op<void> {
  if (!current.isFast) return operate(GOSCHED, scheduler, undefined);
  const g = arming(GOSCHED, scheduler);
  g.status = Status.RUNNABLE;
  g.rt.runq.yielded(g);
  return g as unknown as Op<void>;
}
