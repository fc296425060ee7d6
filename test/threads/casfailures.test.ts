// A compare-exchange that fails and is tried again is counted, by each structure that has such a loop.
import { afterEach, expect, test, vi } from "vitest";
import {
  casFailures,
  Latch,
  MSQueue,
  Mutex,
  Queue,
  Semaphore,
  TreiberStack,
  WorkDeque,
} from "../../lib/threads/index.js";

afterEach(() => vi.restoreAllMocks());

/** Lets the next `n`th compare-exchange find another value than it expects, as if somebody had been faster. */
function failNext(n = 1): void {
  const real = Atomics.compareExchange.bind(Atomics) as (words: Int32Array, ...rest: number[]) => number;
  let left = n;
  vi.spyOn(Atomics, "compareExchange").mockImplementation(((
    words: Int32Array,
    at: number,
    old: number,
    next: number,
  ) => {
    left--;
    return left === 0 ? old ^ 0x4000_0000 : real(words, at, old, next);
  }) as typeof Atomics.compareExchange);
}

const CASES: readonly [name: string, act: () => () => unknown, result: unknown][] = [
  [
    "TreiberStack.tryPush",
    () => {
      const stack = new TreiberStack({ capacityItems: 4 });
      return () => stack.tryPush(1);
    },
    true,
  ],
  [
    "TreiberStack.pop",
    () => {
      const stack = new TreiberStack({ capacityItems: 4 });
      stack.tryPush(7);
      return () => stack.pop();
    },
    7,
  ],
  [
    "MSQueue.tryPush",
    () => {
      const queue = new MSQueue({ capacityItems: 4 });
      return () => queue.tryPush(1);
    },
    true,
  ],
  [
    "MSQueue.pop",
    () => {
      const queue = new MSQueue({ capacityItems: 4 });
      queue.tryPush(7);
      return () => queue.pop();
    },
    7,
  ],
  [
    "Queue.trySend",
    () => {
      const queue = new Queue({ capacityItems: 4 });
      return () => queue.trySend(1);
    },
    true,
  ],
  [
    "Queue.tryRecv",
    () => {
      const queue = new Queue({ capacityItems: 4 });
      queue.trySend(7);
      return () => queue.tryRecv();
    },
    7,
  ],
  [
    "WorkDeque.steal",
    () => {
      const deque = new WorkDeque({ capacityItems: 4 });
      deque.push(7);
      return () => deque.steal();
    },
    7,
  ],
  [
    "Semaphore.tryAcquire",
    () => {
      const semaphore = new Semaphore(2);
      return () => semaphore.tryAcquire();
    },
    true,
  ],
  [
    "Latch.countDown",
    () => {
      const latch = new Latch(1);
      return () => {
        latch.countDown();
        return latch.left;
      };
    },
    0,
  ],
];

test.each(CASES)(
  "%s: a compare-exchange that failed is counted and tried again",
  (_name, prepare, result) => {
    const act = prepare();
    const before = casFailures();
    failNext();
    expect(act()).toEqual(result);
    expect(casFailures() - before).toBe(1);
  },
);

test("what succeeds at once counts nothing", () => {
  const before = casFailures();
  for (const [, prepare] of CASES) prepare()();
  expect(casFailures() - before).toBe(0);
});

test("a lock that is taken is no failure of a compare-exchange", () => {
  const mutex = new Mutex();
  mutex.tryLock();
  const before = casFailures();
  expect(mutex.tryLock()).toBe(false);
  expect(casFailures() - before).toBe(0);
  mutex.unlock();
});
