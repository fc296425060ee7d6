// onceFunc, onceValue, onceValues: a function that does its work at the first call only.
//
// Invariants:
//  I1. After the first call has ended, either the result is there or the panic is.
//  I2. After the first call has begun, nothing here holds the function any more, so it can be collected.
//
// Source: Go src/sync/oncefunc.go (1.27).

import type { Go, Op } from "../op/index.js";
import { current, EXIT, type OpKind, PanicError, ready } from "../runtime/index.js";
import { Once } from "./once.js";

const CALL: OpKind = { name: "onceValue", wait: "" };

/** What Go's later calls say when the function has called Goexit: the result is not there and neither is a panic. */
const NIL_PANIC = "panic called with nil argument";

/**
 * Returns a function that runs `f` at its first call only. When `f` panics, every call panics with the same value.
 *
 * **Happens-before:** the end of `f` synchronizes before the return of every call.
 * **Cost:** O(1); after the first call neither allocates nor yields.
 * @example
 * await run(function* () {
 *   const load = onceFunc(function* () { console.log("loading"); }); // prints: loading
 *   yield* load();
 *   yield* load();
 * });
 * @see Go: sync.OnceFunc
 */
export function onceFunc(f: () => Go<unknown>): () => Op<void> {
  return onceValue(f) as () => Op<void>;
}

/**
 * Returns a function that runs `f` at its first call only and returns its result at every call. When `f` panics,
 * every call panics with the same value; when it calls `goexit`, its goroutine ends and every other call panics.
 *
 * **Happens-before:** the end of `f` synchronizes before the return of every call.
 * **Cost:** O(1); after the first call neither allocates nor yields.
 * @example
 * await run(function* () {
 *   let runs = 0;
 *   const config = onceValue(function* () { return `config ${++runs}`; });
 *   yield* config();
 *   console.log(yield* config()); // prints: config 1
 * });
 * @see Go: sync.OnceValue
 */
export function onceValue<T>(f: () => Go<T>): () => Op<T> {
  const once = new Once();
  let body: (() => Go<T>) | null = f;
  let result: { readonly value: T } | null = null;
  let panic: unknown;

  function* first(): Go {
    const work = body as () => Go<T>;
    body = null; // I2
    try {
      result = { value: yield* work() };
    } catch (error) {
      panic = error === EXIT ? new PanicError(NIL_PANIC) : error;
      if (error === EXIT) throw error; // this goroutine ends; the calls of others panic
    }
  }
  function* call(done: Op<void>): Go<T> {
    yield* done;
    if (result === null) throw panic; // I1
    return result.value;
  }
  return () => {
    if (current.isFast && result !== null) return ready(CALL, result.value);
    return call(once.do(first)) as unknown as Op<T>;
  };
}

/**
 * Returns a function that runs `f` at its first call only and returns its pair of results at every call. When `f`
 * panics, every call panics with the same value.
 *
 * **Happens-before:** the end of `f` synchronizes before the return of every call.
 * **Cost:** O(1); after the first call neither allocates nor yields.
 * @example
 * await run(function* () {
 *   const open = onceValues(function* () { return ["file", null] as const; });
 *   const [file, error] = yield* open();
 *   console.log(file, error); // prints: file null
 * });
 * @see Go: sync.OnceValues
 */
export function onceValues<A, B>(f: () => Go<readonly [A, B]>): () => Op<readonly [A, B]> {
  return onceValue(f);
}
