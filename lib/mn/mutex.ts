// Mutex: mutual exclusion between goroutines on whatever threads. Who waits parks its goroutine, not its thread.
//
// Invariants:
//  I1. STATE is bits: 1 locked, 2 somebody waits. Waiters and bit 2 change under the lock word only.
//  I2. Who is woken tries again, against whoever comes along (barging), and keeps its place in front; if it has waited for more
//      than a millisecond, the lock is handed to it.
//
// Source: Go src/internal/sync/mutex.go (normal mode and starvation). Differs: unlock hands over only to who is first in line.

import type { Go, Op, Step } from "../op/index.js";
import { LockError } from "../threads/index.js";
import { monotonicMs } from "./clock.js";
import { type Goroutine, type Resumption, STEP } from "./goroutine.js";
import { G, KIND, Kind, L, LINE_WORDS, W } from "./layout.js";
import type { Scheduler } from "./scheduler.js";
import { dequeue, enqueue, enqueueFirst } from "./waiters.js";
import { lockWord, unlockWord } from "./words.js";

const LOCKED = 1;
const WAITED_FOR = 2;
const STARVING_MS = 1;

const WOKEN: Resumption = {
  resume(g) {
    const { i32 } = g.scheduler;
    const waiter = g.address + G.WAITER;
    if (i32[waiter + W.OK] === 1) return true; // handed over
    if (takeOrEnroll(g, i32[waiter + W.OBJECT] as number, true)) return true;
    g.scheduler.witness?.parked(g);
    return false;
  },
};

/** Locks for `g`, or puts it into the queue. */
function takeOrEnroll(g: Goroutine, m: number, isWoken: boolean): boolean {
  const { i32 } = g.scheduler;
  lockWord(i32, m + L.LOCK);
  for (;;) {
    const state = Atomics.load(i32, m + L.STATE); // ORDER: none needed; the compare-exchange decides
    const wanted = (state & LOCKED) === 0 ? state | LOCKED : state | WAITED_FOR;
    // ORDER: acquire; pairs with the compare-exchange and the store in unlock.
    if (Atomics.compareExchange(i32, m + L.STATE, state, wanted) !== state) continue;
    if ((state & LOCKED) !== 0) break;
    unlockWord(i32, m + L.LOCK);
    return true;
  }
  const waiter = g.address + G.WAITER;
  i32[waiter + W.OK] = 0;
  i32[waiter + W.G] = g.address;
  i32[waiter + W.CASE] = -1;
  i32[waiter + W.OBJECT] = m;
  if (isWoken) enqueueFirst(i32, m + L.WAITERS, waiter);
  else {
    i32[waiter + W.SINCE] = monotonicMs();
    enqueue(i32, m + L.WAITERS, waiter);
  }
  unlockWord(i32, m + L.LOCK);
  return false;
}

/** Makes a mutex in the run's memory; returns its address. */
export function newMutex(s: Scheduler): number {
  const m = s.heap.take(0);
  s.i32.fill(0, m, m + LINE_WORDS);
  s.i32[m + KIND] = Kind.MUTEX;
  return m;
}

/**
 * A mutual exclusion lock between goroutines. Made with `t.mutex()`. Any goroutine may unlock it, as in Go.
 *
 * **Happens-before:** the n-th `unlock` synchronizes before the (n+1)-th `lock` returns.
 * **Cost:** one compare-exchange each when nobody else wants it.
 *
 * @throws {LockError} `sync: unlock of unlocked mutex` (from `unlock`)
 * @example
 * console.log(await runThreads(2, function* (t) {
 *   const [mu, wg, money] = [t.mutex(), t.waitGroup(), t.int32(1)];
 *   for (let i = 0; i < 400; i++) wg.go(function* (t, mu: Mutex, money: Int32Array) {
 *     yield* mu.lock();
 *     money[0]!++;
 *     mu.unlock();
 *   }, mu, money);
 *   yield* wg.wait();
 *   return money[0];
 * })); // prints: 400
 */
export class Mutex {
  readonly address: number;
  readonly #s: Scheduler;

  constructor(scheduler: Scheduler, address: number) {
    this.#s = scheduler;
    this.address = address;
  }

  /** Locks; waits until the lock is free. */
  lock(): Op<void> {
    const s = this.#s;
    const g = s.enter("Mutex.lock");
    // ORDER: acquire; pairs with unlock.
    if (Atomics.compareExchange(s.i32, this.address + L.STATE, 0, LOCKED) === 0)
      return s.done(g, "lock", this.address, undefined) as Op<void>;
    if (takeOrEnroll(g, this.address, false)) return s.done(g, "lock", this.address, undefined) as Op<void>;
    return s.park(g, "lock", "sync.Mutex.Lock", this.address, WOKEN) as unknown as Op<void>;
  }

  /** Locks if the lock is free now. */
  tryLock(): boolean {
    this.#s.enter("Mutex.tryLock");
    // ORDER: acquire; pairs with unlock.
    return Atomics.compareExchange(this.#s.i32, this.address + L.STATE, 0, LOCKED) === 0;
  }

  /** Unlocks and wakes who has waited longest, if anybody. */
  unlock(): Step {
    const s = this.#s;
    const g = s.enter("Mutex.unlock");
    s.witness?.done(g, "unlock", this.address);
    // ORDER: release; pairs with lock.
    if (Atomics.compareExchange(s.i32, this.address + L.STATE, LOCKED, 0) !== LOCKED) this.#unlockSlow();
    return STEP;
  }

  /** Runs `body` with the lock held and returns its result; unlocks when it throws. */
  *withLock<R>(body: () => Go<R>): Go<R> {
    yield* this.lock();
    try {
      return yield* body();
    } finally {
      this.unlock();
    }
  }

  #unlockSlow(): void {
    const s = this.#s;
    const { i32 } = s;
    const m = this.address;
    lockWord(i32, m + L.LOCK);
    // ORDER: none needed; who holds the lock sees its own step, for others it is a mistake to be told.
    if ((Atomics.load(i32, m + L.STATE) & LOCKED) === 0) {
      unlockWord(i32, m + L.LOCK);
      throw new LockError("sync: unlock of unlocked mutex");
    }
    const waiter = dequeue(i32, m + L.WAITERS);
    const rest = i32[m + L.WAITERS] === 0 ? 0 : WAITED_FOR;
    const isStarving = waiter !== 0 && monotonicMs() - (i32[waiter + W.SINCE] as number) > STARVING_MS; // I2
    if (isStarving) i32[waiter + W.OK] = 1;
    // ORDER: release; pairs with lock.
    Atomics.store(i32, m + L.STATE, isStarving ? LOCKED | rest : rest);
    unlockWord(i32, m + L.LOCK);
    if (waiter !== 0) s.wakeWaiter(waiter);
  }
}
