// Group: goroutines that work on parts of one task; the first error is the task's error.
//
// Invariants:
//  I1. With a limit, at most that many goroutines of the group are alive; who waits to start one gets the slot of
//      the next that ends, first in, first out.
//  I2. The first error is kept, and cancels the context once.
//
// Source: golang.org/x/sync/errgroup. A body fails by returning an Error, as a Go function does; a throw is a panic and
// ends the run at once, it is not carried to `wait` (golang/go#53757).

import { type CancelCauseFunc, type Context, withCancelCause } from "../context/index.js";
import type { Body, Go, Op } from "../op/index.js";
import {
  catchUp,
  type G,
  type Operable,
  type OpKind,
  operate,
  PanicError,
  running,
  WaitQueue,
} from "../runtime/index.js";

const GO: OpKind = { name: "go", wait: "chan send" }; // Go's limit is a channel of tokens
const WAIT: OpKind = { name: "wait", wait: "sync.WaitGroup.Wait" };

interface Task {
  readonly body: Body<unknown[]>;
  readonly args: unknown[];
}

/**
 * Starts goroutines for the parts of one task, waits for all of them, and returns the first error that one of them
 * returned. A body fails by *returning* an Error.
 *
 * Use a WaitGroup when the parts cannot fail. A group is for one task: do not use it again.
 *
 * **Happens-before:** the end of every body synchronizes before the return of `wait`.
 * **Cost:** O(1) per goroutine, and one generator more than with `go`.
 * @example
 * await run(function* () {
 *   const group = new Group();
 *   for (const n of [1, 2, 3]) {
 *     yield* group.go(function* () {
 *       return n === 2 ? new Error("the second one failed") : null;
 *     });
 *   }
 *   console.log((yield* group.wait())?.message); // prints: the second one failed
 * });
 * @see Go: golang.org/x/sync/errgroup.Group
 */
export class Group implements Operable {
  readonly label = "errgroup";
  #limit = Number.POSITIVE_INFINITY;
  #active = 0;
  #error: Error | null = null;
  #cancel: CancelCauseFunc | null = null;
  #starters = new WaitQueue();
  readonly #waiters = new WaitQueue();
  readonly #onError = (error: Error): Go => this.#failed(error);

  /**
   * Returns a group and a context below `parent`, which is cancelled when the first body of the group returns an Error
   * (that is its cause) or `wait` returns, whichever comes first.
   *
   * @throws {PanicError} `cannot create context from nil parent`
   * @example
   * await run(function* () {
   *   const [group, ctx] = Group.withContext(background());
   *   yield* group.go(function* () { yield* ctx.done().recv(); return ctx.err(); });
   *   yield* group.go(function* () { return new Error("disk full"); });
   *   const err = yield* group.wait();
   *   console.log(err?.message, "|", ctx.err()?.message); // prints: disk full | context canceled
   * });
   */
  static withContext(parent: Context): [group: Group, ctx: Context] {
    const [ctx, cancel] = withCancelCause(parent);
    const group = new Group();
    group.#cancel = cancel;
    return [group, ctx];
  }

  /**
   * Starts `body(...args)` as a goroutine of the group; waits while the limit is reached.
   *
   * @throws {TypeError} `` Group.go: expected `body` to be a generator function, got undefined ``
   */
  go<A extends unknown[]>(body: Body<A>, ...args: A): Op<void> {
    checkBody("go", body);
    return operate(GO, this, { body, args });
  }

  /** Starts `body(...args)` if the limit allows it at once; says whether it did. */
  tryGo<A extends unknown[]>(body: Body<A>, ...args: A): boolean {
    checkBody("tryGo", body);
    const g = running("tryGo");
    catchUp();
    if (this.#active >= this.#limit) return false;
    this.#start(g, { body: body as Body<unknown[]>, args });
    return true;
  }

  /**
   * Limits the goroutines that are alive at a time to `n`; a negative `n` takes the limit away, 0 lets nobody start.
   *
   * @throws {PanicError} `errgroup: modify limit while 2 goroutines in the group are still active`
   * @throws {RangeError} `` Group.setLimit: expected `n` to be an integer, got 1.5 ``
   */
  setLimit(n: number): void {
    if (!Number.isInteger(n)) {
      throw new RangeError(`Group.setLimit: expected \`n\` to be an integer, got ${String(n)}`);
    }
    catchUp();
    if (n >= 0 && this.#active > 0) {
      throw new PanicError(
        `errgroup: modify limit while ${this.#active} goroutines in the group are still active`,
      );
    }
    this.#limit = n < 0 ? Number.POSITIVE_INFINITY : n;
    this.#starters = new WaitQueue(); // Go: a new channel; who waits at the old one waits for ever
  }

  /** Waits until all goroutines of the group have ended; returns the first error, or null. A generator. */
  *wait(): Go<Error | null> {
    yield* operate(WAIT, this, undefined);
    if (this.#cancel !== null) yield* this.#cancel(this.#error);
    return this.#error;
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === GO && this.#active < this.#limit) {
      this.#start(g, arg as Task);
      return true;
    }
    if (kind === WAIT && this.#active === 0) return true;
    g.item = arg;
    (kind === GO ? this.#starters : this.#waiters).pushBack(g);
    g.rt.block(g);
    return false;
  }

  /** Called by the runtime when a goroutine of the group has ended, by `goexit` or a return. */
  exited(): void {
    this.#active--;
    const starter = this.#starters.shift()?.goroutine; // I1
    if (starter !== undefined) {
      const task = starter.item as Task;
      starter.item = undefined;
      this.#start(starter, task);
      starter.rt.wake(starter);
    }
    if (this.#active > 0) return;
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift()) {
      w.goroutine.rt.wake(w.goroutine);
    }
  }

  #start(g: G, { body, args }: Task): void {
    this.#active++;
    g.rt.spawn(part, [this.#onError, body, args]).onExit = this;
  }

  /** Keeps the first error (I2) and cancels. */
  *#failed(error: Error): Go {
    if (this.#error !== null) return;
    this.#error = error;
    if (this.#cancel !== null) yield* this.#cancel(error);
  }
}

/** The body of a group's goroutine. */
function* part(failed: (error: Error) => Go, body: Body<unknown[]>, args: unknown[]): Go {
  const result = yield* body(...args);
  if (result instanceof Error) yield* failed(result);
}

function checkBody(name: string, body: unknown): void {
  if (typeof body !== "function") {
    throw new TypeError(`Group.${name}: expected \`body\` to be a generator function, got ${String(body)}`);
  }
}
