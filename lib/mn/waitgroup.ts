// WaitGroup: waits until as many goroutines have said `done` as were added.
//
// Invariants:
//  I1. Who waits sets HAS_WAITERS and then looks at the count once more; who brings the count to 0 looks at HAS_WAITERS after it.
//      So at least one of them sees the other.
//
// Source: Go src/sync/waitgroup.go.

import type { Go, Op, Step } from "../op/index.js";
import { LockError } from "../threads/index.js";
import { HAS_VALUE, STEP } from "./goroutine.js";
import { G, KIND, Kind, L, LINE_WORDS, W } from "./layout.js";
import type { Machine } from "./machine.js";
import type { Scheduler } from "./scheduler.js";
import { dequeue, enqueue, leave } from "./waiters.js";
import { lockWord, unlockWord } from "./words.js";

/** Makes a wait group in the run's memory; returns its address. */
export function newWaitGroup(s: Scheduler): number {
  const w = s.heap.take(0);
  s.i32.fill(0, w, w + LINE_WORDS);
  s.i32[w + KIND] = Kind.WAIT_GROUP;
  return w;
}

/** Adds `n` to the wait group at `w`; wakes everybody when that makes 0. @throws {LockError} */
export function addTo(s: Scheduler, w: number, n: number): void {
  const { i32 } = s;
  // ORDER: release; pairs with the load in wait.
  const count = Atomics.add(i32, w + L.STATE, n) + n;
  if (count > 0) return;
  if (count < 0) {
    Atomics.sub(i32, w + L.STATE, n); // ORDER: none needed; repairs the caller's mistake
    throw new LockError("sync: negative WaitGroup counter");
  }
  if (Atomics.load(i32, w + L.HAS_WAITERS) === 0) return; // I1. ORDER: after the addition
  const waiters: number[] = [];
  lockWord(i32, w);
  Atomics.store(i32, w + L.HAS_WAITERS, 0); // ORDER: none needed; under the lock
  for (let one = dequeue(i32, w + L.WAITERS); one !== 0; one = dequeue(i32, w + L.WAITERS)) waiters.push(one);
  unlockWord(i32, w);
  for (const one of waiters) s.wakeWaiter(one);
}

/**
 * Waits for a collection of goroutines to finish. Made with `t.waitGroup()`.
 *
 * **Happens-before:** `done` synchronizes before the return of a `wait` that it unblocks.
 * **Cost:** `add` and `done` are one atomic addition.
 *
 * @throws {LockError} `sync: negative WaitGroup counter` (from `add` and `done`)
 * @example
 * const seen = await runThreads(2, function* (t) {
 *   const wg = t.waitGroup();
 *   const seen = t.int32(3);
 *   for (let i = 0; i < 3; i++) {
 *     wg.go(function* (t, i: number, seen: Int32Array) { seen[i] = i * i; }, i, seen);
 *   }
 *   yield* wg.wait();
 *   return [...seen];
 * });
 * console.log(seen); // prints: [ 0, 1, 4 ]
 */
export class WaitGroup {
  readonly address: number;
  readonly #s: Scheduler;

  constructor(scheduler: Scheduler, address: number) {
    this.#s = scheduler;
    this.address = address;
  }

  /** Adds `n`, which may be negative; wakes the waiters when the count reaches 0. */
  add(n: number): void {
    this.#s.enter("WaitGroup.add");
    if (!Number.isInteger(n))
      throw new RangeError(`WaitGroup.add: expected \`n\` to be an integer, got ${String(n)}`);
    addTo(this.#s, this.address, n);
  }

  /** Takes one away. */
  done(): Step {
    this.#s.enter("WaitGroup.done");
    addTo(this.#s, this.address, -1);
    return STEP;
  }

  /** Starts a goroutine that counts until it returns. Go: WaitGroup.Go */
  go<A extends unknown[]>(body: (t: Machine, ...args: A) => Go<unknown>, ...args: A): Step {
    const s = this.#s;
    s.enter("WaitGroup.go");
    addTo(s, this.address, 1);
    try {
      s.spawn(body, args, this.address);
    } catch (error) {
      addTo(s, this.address, -1);
      throw error;
    }
    return STEP;
  }

  /** Waits until the count is 0. */
  wait(): Op<void> {
    const s = this.#s;
    const { i32 } = s;
    const w = this.address;
    const g = s.enter("WaitGroup.wait");
    if (Atomics.load(i32, w + L.STATE) === 0) return s.done(g, "wait", w, undefined) as Op<void>; // ORDER: acquire
    const waiter = g.address + G.WAITER;
    i32[waiter + W.G] = g.address;
    i32[waiter + W.CASE] = -1;
    lockWord(i32, w);
    enqueue(i32, w + L.WAITERS, waiter);
    Atomics.store(i32, w + L.HAS_WAITERS, 1); // I1. ORDER: before the look
    const isOver = Atomics.load(i32, w + L.STATE) === 0;
    if (isOver) leave(i32, w + L.WAITERS, waiter);
    unlockWord(i32, w);
    if (isOver) return s.done(g, "wait", w, undefined) as Op<void>;
    return s.park(g, "wait", "sync.WaitGroup.Wait", w, HAS_VALUE) as unknown as Op<void>;
  }
}
