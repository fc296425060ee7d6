// Once: performs one action exactly once.
//
// Invariants:
//  I1. The state goes FRESH → RUNNING → DONE and never back; the goroutine that made it RUNNING makes it DONE,
//      also when the action panics.
//  I2. Goroutines wait only while the state is RUNNING.
//
// Source: Go src/sync/once.go (1.27). Differs: callers that come while the action runs all go on together when it
// ends, instead of one after the other through a mutex; a program cannot see that.

import type { Go, Op } from "../op/index.js";
import {
  acquires,
  catchUp,
  current,
  done,
  type G,
  type Operable,
  type OpKind,
  operate,
  step,
  WaitQueue,
} from "../runtime/index.js";

// A local name: V8 folds it, while an imported binding is loaded at every use.
const here = current;

const DO: OpKind = { name: "do", wait: "sync.Mutex.Lock", edge: "acquire" }; // Go waits for the mutex inside
const DO_END: OpKind = { name: "do (end)", wait: "", edge: "release" };

const FRESH = 0;
const RUNNING = 1;
const DONE = 2;

/**
 * Performs an action once, whoever asks first; everybody else waits until it has ended.
 *
 * An action that panics counts as done: later calls return at once without it. An action that calls `do` of its own
 * Once waits for itself for ever.
 *
 * **Happens-before:** the end of the action synchronizes before the return of every `do`.
 * **Cost:** O(1); once done, `do` neither allocates nor yields. The call that runs the action is one generator.
 * @example
 * await run(function* () {
 *   const once = new Once();
 *   for (let i = 0; i < 3; i++)
 *     yield* once.do(function* () { console.log("only once"); }); // prints: only once
 * });
 * @see Go: sync.Once
 */
export class Once implements Operable {
  readonly label = "once";
  #state: typeof FRESH | typeof RUNNING | typeof DONE = FRESH;
  readonly #waiters = new WaitQueue();

  /**
   * Runs `action` if this is the first call; otherwise waits until the first call's action has ended.
   * @throws {TypeError} ``Once.do: expected `action` to be a generator function, got a plain one. Write `function*`.``
   */
  do(action: () => Go<unknown>): Op<void> {
    if (here.isFast && this.#state === DONE) return done(DO);
    // The operation is created here and not in the generator, so that a forgotten `yield*` is found.
    return this.#run(operate<boolean | undefined>(DO, this, undefined), action) as unknown as Op<void>;
  }

  /**
   * Whether the action has ended, as a plain read: `if (!once.isDone) yield* once.do(f)` is the fastest form. It is no
   * scheduling point, so nothing is explored before it.
   *
   * **Happens-before:** the end of the action synchronizes before a read of true.
   * @example
   * await run(function* () {
   *   const once = new Once();
   *   function* load(): Go { console.log("loading"); }
   *   for (let i = 0; i < 3; i++) if (!once.isDone) yield* once.do(load); // prints: loading
   * });
   */
  get isDone(): boolean {
    if (!here.isFast) {
      catchUp();
      acquires(this);
    }
    return this.#state === DONE;
  }

  *#run(entered: Op<boolean | undefined>, action: () => Go<unknown>): Go {
    const isFirst = yield* entered;
    if (isFirst !== true) return;
    try {
      const body = action();
      if (typeof (body as { next?: unknown } | undefined)?.next !== "function") {
        throw new TypeError(
          "Once.do: expected `action` to be a generator function, got a plain one. Write `function*`.",
        );
      }
      yield* body;
    } finally {
      yield* step(DO_END, this, undefined); // I1
    }
  }

  perform(g: G, kind: OpKind): boolean {
    if (kind === DO_END) {
      this.#state = DONE;
      for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift())
        w.goroutine.rt.wake(w.goroutine);
      return true;
    }
    if (this.#state === RUNNING) {
      this.#waiters.pushBack(g); // I2
      g.rt.block(g);
      return false;
    }
    g.value = this.#state === FRESH;
    if (this.#state === FRESH) this.#state = RUNNING;
    return true;
  }
}
