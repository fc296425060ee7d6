// Positions count modulo 2 ** 32. Here every counter starts a few steps before its end.
import { afterAll, expect, test, vi } from "vitest";

vi.mock("../../lib/atomic/index.js", async (original) => {
  const real = await original<typeof import("../../lib/atomic/index.js")>();
  return {
    ...real,
    AtomicUint32: class extends real.AtomicUint32 {
      constructor(value = 0) {
        super((value + 2 ** 32 - 8) >>> 0);
      }
    },
    AtomicInt32: class extends real.AtomicInt32 {
      constructor(value = 0) {
        super((value + 2 ** 31 - 8) | 0);
      }
    },
  };
});

vi.resetModules(); // another file of this process may have loaded the library without the mock
afterAll(() => vi.resetModules());

const { AtomicInt32, AtomicUint32, BoundedQueue, Disruptor, run, SeqLock, WorkDeque } = await import(
  "happens-before"
);

test("the counters do start before their end", async () => {
  await run(function* () {
    expect(yield* new AtomicUint32().add(8)).toBe(0);
    expect(yield* new AtomicInt32().add(8)).toBe(-(2 ** 31));
  });
});

test("BoundedQueue: is full and empty at the right time while its positions wrap around", async () => {
  await run(function* () {
    const q = new BoundedQueue<number>(4);
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 4; i++) expect(yield* q.tryPush(round * 4 + i)).toBe(true);
      expect(yield* q.tryPush(-1)).toBe(false);
      for (let i = 0; i < 4; i++) expect(yield* q.tryPop()).toBe(round * 4 + i);
      expect(yield* q.tryPop()).toBe(undefined);
    }
  });
});

test("WorkDeque: grows, steals and pops while its positions wrap around", async () => {
  await run(function* () {
    const d = new WorkDeque<number>(2);
    for (let i = 0; i < 20; i++) yield* d.push(i);
    for (let i = 0; i < 10; i++) {
      expect(yield* d.steal()).toBe(i);
      expect(yield* d.pop()).toBe(19 - i);
    }
    expect(yield* d.pop()).toBe(undefined);
    expect(yield* d.steal()).toBe(undefined);
  });
});

test("Disruptor: gates producers and successors while its positions wrap around", async () => {
  await run(function* () {
    const ring = new Disruptor<number>(4);
    const first = ring.consumer();
    const second = ring.consumer(first);
    for (let i = 0; i < 40; i += 2) {
      expect(yield* second.tryTake()).toEqual([]);
      yield* ring.publish(i, i + 1);
      expect(yield* second.tryTake()).toEqual([]);
      expect(yield* ring.tryPublish(0, 0, 0)).toBe(false);
      expect(yield* first.take()).toEqual([i, i + 1]);
      expect(yield* second.take()).toEqual([i, i + 1]);
    }
  });
});

test("SeqLock: reads what was written while its sequence wraps around", async () => {
  await run(function* () {
    const lock = new SeqLock<[number, number]>(0, 0);
    for (let i = 0; i < 20; i++) {
      yield* lock.write(i, -i);
      expect(yield* lock.read()).toEqual([i, -i]);
    }
  });
});
