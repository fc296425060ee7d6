// SingleFlight: of several callers that want the same thing at the same time, one does the work for all.
//
// Invariants:
//  I1. At most one call per key is in #calls; it leaves when its function has ended or the key is forgotten.
//  I2. Every caller that joined a call ends as it did: with its result, its panic, or a goexit of its own.
//
// Source: golang.org/x/sync/singleflight. A function fails by returning an Error. Differs: a panic reaches the callers
// as the value that was thrown, with the stack of its origin, not wrapped.

import { Chan, select } from "../chan/index.js";
import type { Body, Go, Step } from "../op/index.js";
import {
  catchUp,
  EXIT,
  type G,
  goexit,
  type Operable,
  type OpKind,
  operate,
  running,
  step,
  type Waiter,
  WaitQueue,
} from "../runtime/index.js";

const DO: OpKind = { name: "do", wait: "sync.WaitGroup.Wait" };
const FORGET: OpKind = { name: "forget", wait: "" };

/** What a call came to. */
export interface Flight<T> {
  /** What the function returned, unless that was an Error. */
  readonly value: T | undefined;
  readonly err: Error | null;
  /** True when the result went to more than one caller. */
  readonly shared: boolean;
}

class Call<T> {
  readonly waiters = new WaitQueue();
  readonly chans: Chan<Flight<T>>[] = [];
  joined = 0;
  end: "returned" | "panicked" | "exited" | null = null;
  /** What the function returned or threw. */
  result: unknown = undefined;

  flight(): Flight<T> {
    const err = this.result instanceof Error ? this.result : null;
    const value = err === null ? (this.result as T) : undefined;
    return { value, err, shared: this.joined > 0 };
  }

  /** Lets the callers go on that joined. */
  release(): void {
    for (let w: Waiter | null = this.waiters.shift(); w !== null; w = this.waiters.shift()) {
      w.goroutine.rt.wake(w.goroutine);
    }
  }
}

interface Entry<T> {
  readonly call: Call<T>;
  readonly isFirst: boolean;
}

/**
 * Suppresses duplicate calls: while a function runs for a key, further callers with that key wait for its result
 * instead of running theirs. It is no cache: a call that comes after the end runs again.
 *
 * **Happens-before:** the end of the function synchronizes before the return of every call that it served.
 * **Cost:** O(1) per call, O(callers) at the end.
 * @example
 * await run(function* () {
 *   const flights = new SingleFlight<string>();
 *   let runs = 0;
 *   function* load() { runs++; yield* sleep(10); return "page"; }
 *   const wg = new WaitGroup();
 *   for (let i = 0; i < 3; i++) wg.go(function* () { yield* flights.do("/", load); });
 *   yield* wg.wait();
 *   console.log(runs); // prints: 1
 * }, { clock: "jump" });
 * @see Go: golang.org/x/sync/singleflight.Group
 */
export class SingleFlight<T, K = string> implements Operable {
  readonly label = "singleflight";
  readonly #calls = new Map<K, Call<T>>();

  /**
   * Runs `fn` and returns its result; if a call for `key` is under way, waits for that one's. A generator.
   *
   * @throws what the function threw, in every caller. After its `goexit` every caller exits, too.
   */
  *do(key: K, fn: Body<[], T | Error>): Go<Flight<T>> {
    const { call, isFirst } = yield* operate<Entry<T>>(DO, this, key);
    if (isFirst) yield* this.#fly(call, key, fn);
    if (call.end === "panicked") throw call.result;
    if (call.end === "exited") yield* goexit();
    return call.flight();
  }

  /**
   * As `do`, but returns a channel that will get the result; it is not closed. If the function panics nobody can
   * recover from that, and after its `goexit` nothing is ever sent.
   */
  doChan(key: K, fn: Body<[], T | Error>): Chan<Flight<T>> {
    const g = running("doChan");
    catchUp();
    const ch = new Chan<Flight<T>>(1);
    const { call, isFirst } = this.#enter(key);
    call.chans.push(ch);
    if (isFirst) g.rt.spawn(fly<T, K>, [(...args) => this.#fly(...args), call, key, fn]);
    return ch;
  }

  /** Forgets `key`: the next call for it runs its function, even while an earlier one is under way. */
  forget(key: K): Step {
    return step(FORGET, this, key);
  }

  perform(g: G, kind: OpKind, key: unknown): boolean {
    if (kind === FORGET) {
      this.#calls.delete(key as K);
      return true;
    }
    const entry = this.#enter(key as K);
    g.value = entry;
    if (entry.isFirst) return true;
    entry.call.waiters.pushBack(g);
    g.rt.block(g);
    return false;
  }

  #enter(key: K): Entry<T> {
    const call = this.#calls.get(key);
    if (call !== undefined) {
      call.joined++;
      return { call, isFirst: false };
    }
    const first = new Call<T>();
    this.#calls.set(key, first); // I1
    return { call: first, isFirst: true };
  }

  *#fly(call: Call<T>, key: K, fn: Body<[], T | Error>): Go {
    try {
      call.result = yield* fn();
      call.end = "returned";
    } catch (error) {
      call.result = error;
      call.end = error === EXIT ? "exited" : "panicked";
    }
    if (this.#calls.get(key) === call) this.#calls.delete(key);
    call.release(); // I2
    if (call.end === "returned") {
      for (const ch of call.chans) ch.trySend(call.flight());
    } else if (call.end === "panicked" && call.chans.length > 0) {
      running("do").rt.spawn(panic, [call.result]); // where nobody can recover from it
      yield* select(); // Go: stays, to be seen in the dump
    }
  }
}

function* fly<T, K>(
  run: (call: Call<T>, key: K, fn: Body<[], T | Error>) => Go,
  call: Call<T>,
  key: K,
  fn: Body<[], T | Error>,
): Go {
  yield* run(call, key, fn);
  if (call.end === "panicked") throw call.result;
  if (call.end === "exited") yield* goexit();
}

function* panic(value: unknown): Go {
  throw value;
}
