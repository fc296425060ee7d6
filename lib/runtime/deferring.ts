// withDefer and recover: Go's deferred calls, with Go's rules, for bodies that are generators.
//
// Invariants:
//  I1. Deferred calls run last in, first out, each once: after a return, a panic and a goexit alike.
//  I2. At most one panic of a frame is under way: one raised by a deferred call takes the place of the earlier one.
//  I3. A frame stands in `frames` from its first step to its last; the innermost one of a goroutine is in the map.
//
// Source: Go src/runtime/panic.go (deferproc, gopanic, gorecover, Goexit), the language specification ("Handling
// panics"). Differs: JavaScript does not tell who called whom, so recover also works in functions that a deferred
// function calls; Go: only in the deferred function itself.

import type { Go } from "../op/index.js";
import { FatalError, MisuseError, PanicError } from "./errors.js";
import type { G } from "./g.js";
import { EXIT, isExiting } from "./goexit.js";
import { running } from "./operate.js";

/** A call that runs when the surrounding function ends. What it returns is `yield*`-ed if it is an operation. */
export type Deferred<A extends unknown[]> = (...args: A) => unknown;

/** Registers `call(...args)` to run when the body of `withDefer` ends. The arguments are what they are now. */
export type Defer = <A extends unknown[]>(call: Deferred<A>, ...args: A) => void;

/** Go's named result: set by `return`, readable and changeable by deferred calls. */
export interface Named<T> {
  result: T | undefined;
}

/** A panic: what was thrown, what was under way at that time, and what Go prints behind it. */
interface Panicking {
  readonly value: unknown;
  before: Panicking | null;
  end: "" | " [recovered]" | " [recovered, repanicked]";
}

interface Frame {
  readonly outer: Frame | undefined;
  readonly calls: { readonly call: Deferred<never[]>; readonly args: readonly unknown[] }[];
  /** True from the end of the body on. */
  isDeferring: boolean;
  /** The panic that is under way, or null. */
  panic: Panicking | null;
  /** The panic from which the deferred call that runs now has recovered. */
  recovered: Panicking | null;
}

/** The panic with which each goroutine has left a frame last. */
const leaving = new WeakMap<G, Panicking>();

/** The innermost frame of each goroutine that is in a withDefer (I3). */
const frames = new WeakMap<G, Frame>();

const NIL_PANIC = "panic called with nil argument";

/** The panic that `error`, just caught, is: one that left an inner frame, or a new one. */
function panicOf(g: G, error: unknown): Panicking {
  const left = leaving.get(g);
  leaving.delete(g);
  return left !== undefined && left.value === error ? left : { value: error, before: null, end: "" };
}

/** `panic` was raised by a deferred call of `frame`: it takes the place of the one that was under way there. */
function replacing(frame: Frame, panic: Panicking): Panicking {
  const { recovered } = frame;
  if (frame.panic === null && recovered !== null) {
    if (recovered.value === panic.value) return { ...recovered, end: " [recovered, repanicked]" };
    recovered.end = " [recovered]";
  }
  let first = panic;
  while (first.before !== null) first = first.before;
  first.before = frame.panic ?? recovered;
  return panic;
}

/**
 * The panics that led to `error`, the first one first, when `g` has left all its frames with it: those that deferred
 * calls raised after it, and those that were recovered from on the way. Go: printpanics
 */
export function panicsOf(g: G, error: unknown): readonly { readonly value: unknown; readonly end: string }[] {
  const last = leaving.get(g);
  const all: Panicking[] = [];
  for (let p = last?.value === error ? last : null; p != null; p = p.before) all.unshift(p);
  return all.length === 0 ? [{ value: error, end: "" }] : all;
}

/** True for what ends the run whatever the program does. */
function isUnrecoverable(error: unknown): boolean {
  return error instanceof FatalError || error instanceof MisuseError;
}

/** True for an operation, a step or a body that was started: what `yield*` takes. */
function isOperation(value: unknown): value is Go<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value && "next" in value;
}

/**
 * Runs `body` and then what it deferred, last in, first out: after a return, after a panic (a throw), after `goexit`.
 * A deferred call may be a generator function, or a plain one; an operation that it returns is waited for.
 *
 * In a deferred call `recover()` ends a panic: then withDefer returns `named.result`, undefined unless somebody set it.
 * A panic in a deferred call takes the place of the one before. Fatal errors are not held up: nothing deferred runs.
 *
 * **Cost:** one generator, and with it 30 to 46 ns for every operation inside: not for hot loops.
 * @throws {TypeError} `` defer: expected `call` to be a function, got undefined ``
 * @throws what `body` or a deferred call threw and nobody recovered from
 * @example
 * await run(function* () {
 *   const mu = new Mutex();
 *   const half = yield* withDefer<number>(function* (defer, named) {
 *     yield* mu.lock();
 *     defer(() => mu.unlock());
 *     defer(function* () {
 *       if (recover() !== null) named.result = -1;
 *     });
 *     throw new Error("cannot be halved");
 *   });
 *   console.log(half, mu.tryLock()); // prints: -1 true
 * });
 * @see Go: defer, panic and recover
 */
export function* withDefer<T>(body: (defer: Defer, named: Named<T>) => Go<T>): Go<T | undefined> {
  const g = running("withDefer");
  leaving.delete(g); // what a plain `catch` has ended is over
  const frame: Frame = { outer: frames.get(g), calls: [], isDeferring: false, panic: null, recovered: null };
  frames.set(g, frame);
  const named: Named<T> = { result: undefined };
  try {
    named.result = yield* body((call, ...args) => push(frame, call, args), named);
  } catch (error) {
    if (isUnrecoverable(error)) throw error;
    if (error !== EXIT) frame.panic = panicOf(g, error);
  }
  yield* unwind(g, frame);
  if (frame.outer === undefined) frames.delete(g);
  else frames.set(g, frame.outer);
  if (frame.panic !== null) {
    leaving.set(g, frame.panic);
    throw frame.panic.value;
  }
  if (isExiting(g)) throw EXIT; // also when a panic during the exit was recovered from
  return named.result;
}

function push<A extends unknown[]>(frame: Frame, call: Deferred<A>, args: A): void {
  if (typeof call !== "function") {
    throw new TypeError(`defer: expected \`call\` to be a function, got ${String(call)}`);
  }
  frame.calls.push({ call: call as Deferred<never[]>, args });
}

/** Runs what was deferred (I1). */
function* unwind(g: G, frame: Frame): Go {
  frame.isDeferring = true;
  for (let next = frame.calls.pop(); next !== undefined; next = frame.calls.pop()) {
    frame.recovered = null;
    try {
      const value = next.call === recover ? recoverFrom(frame.outer) : next.call(...(next.args as never[]));
      if (isOperation(value)) yield* value;
    } catch (error) {
      if (isUnrecoverable(error)) throw error;
      frame.panic = error === EXIT ? null : replacing(frame, panicOf(g, error)); // I2; a goexit aborts the panic
    }
  }
}

/**
 * Ends the panic of the function whose deferred call runs now and returns what was thrown; null when there is no
 * panic, when it was recovered from already, or when the goroutine ends by `goexit`.
 *
 * After `throw null` and `throw undefined` it returns a PanicError with Go's text, so that null always means: no panic.
 *
 * **Limits:** works also in functions that the deferred call calls; in Go only in the deferred function itself.
 * @throws {MisuseError} `recover: called outside a goroutine. …`
 * @example
 * await run(function* () {
 *   yield* withDefer(function* (defer) {
 *     defer(() => console.log(recover())); // prints: boom
 *     throw "boom";
 *   });
 * });
 * @see Go: recover
 */
export function recover(): unknown {
  return recoverFrom(frames.get(running("recover")));
}

/** Takes the panic of the innermost frame, from `frame` outwards, that runs its deferred calls. */
function recoverFrom(frame: Frame | undefined): unknown {
  let at = frame;
  while (at !== undefined && !at.isDeferring) at = at.outer;
  if (at === undefined || at.panic === null) return null;
  const { value } = at.panic;
  at.recovered = at.panic;
  at.panic = null;
  return value === null || value === undefined ? new PanicError(NIL_PANIC, value) : value;
}
