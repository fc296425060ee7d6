import { AdaptiveQueue, explore, go, PanicError, run, sleep, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

test("AdaptiveQueue: items come out in order; a full queue counts what it refuses", async () => {
  await run(function* () {
    const queue = new AdaptiveQueue<number>({ most: 3 });
    const accepted: boolean[] = [];
    for (let i = 0; i < 5; i++) accepted.push(yield* queue.offer(i));
    expect(accepted).toEqual([true, true, true, false, false]);
    expect([queue.dropped, queue.len]).toEqual([2, 3]);
    yield* queue.close();
    yield* queue.close();
    const taken = [yield* queue.take(), yield* queue.take(), yield* queue.take(), yield* queue.take()];
    expect(taken).toEqual([0, 1, 2, undefined]);
  });
});

test("AdaptiveQueue: close wakes every taker; an offer after it panics", async () => {
  await run(function* () {
    const queue = new AdaptiveQueue<number>({ most: 1 });
    const wg = new WaitGroup();
    const seen: unknown[] = [];
    for (let i = 0; i < 3; i++)
      wg.go(function* () {
        seen.push(yield* queue.take());
      });
    yield* sleep(1);
    yield* queue.close();
    yield* wg.wait();
    expect(seen).toEqual([undefined, undefined, undefined]);
    let error: unknown;
    try {
      yield* queue.offer(1);
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(PanicError);
    expect((error as Error).message).toBe("offer to closed queue");
  }, JUMP);
});

/** Offers 100 a second; the consumer takes 100 a second, from 3 s to 6 s 10, then 100 again. The limit at each second. */
function limits(isBusy: boolean) {
  return run(function* () {
    const queue = new AdaptiveQueue<number>({ most: 1000, least: 100, fall: 50 });
    const seen: number[] = [];
    go(function* producer() {
      for (let i = 0; i < 2000; i++) {
        const isQuiet = !isBusy && i >= 300 && i < 600;
        if (!isQuiet || i % 10 === 0) yield* queue.offer(i);
        yield* sleep(10);
      }
    });
    go(function* consumer() {
      for (let n = 0; ; n++) {
        yield* queue.take();
        const isSlow = isBusy && n >= 300 && n < 330;
        yield* sleep(isSlow ? 100 : 10);
      }
    });
    for (let second = 1; second <= 20; second++) {
      yield* sleep(1000);
      seen.push(queue.limit);
    }
    return seen;
  }, JUMP);
}

test("AdaptiveQueue: halves when throughput falls while items wait, and grows back slowly", async () => {
  const seen = await limits(true);
  expect(seen.slice(0, 3)).toEqual([1000, 1000, 1000]);
  expect(Math.min(...seen)).toBe(500);
  expect(seen.at(-1)).toBeGreaterThan(500);
  expect(seen.at(-1)).toBeLessThanOrEqual(1000);
});

test("AdaptiveQueue: when the demand falls and nothing waits, the limit stays", async () => {
  expect(new Set(await limits(false))).toEqual(new Set([1000]));
});

for (const seed of ["1", "2"]) {
  test(`AdaptiveQueue: what is accepted is taken, once (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => ({ queue: new AdaptiveQueue<number>({ most: 2 }), accepted: 0, taken: 0 }),
        *main(s) {
          const makers = new WaitGroup();
          const takers = new WaitGroup();
          for (let i = 1; i <= 3; i++)
            makers.go(function* () {
              if (yield* s.queue.offer(10 ** i)) s.accepted += 10 ** i;
            });
          for (let i = 0; i < 2; i++)
            takers.go(function* () {
              for (let v = yield* s.queue.take(); v !== undefined; v = yield* s.queue.take()) s.taken += v;
            });
          yield* makers.wait();
          yield* s.queue.close();
          yield* takers.wait();
          return s.accepted === s.taken;
        },
      },
      { seed, schedules: 300, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual([true]);
  });
}

test.each([
  [{ most: 0 }, "AdaptiveQueue: expected `most` to be an integer >= 1, got 0"],
  [{ most: 2, least: 3 }, "AdaptiveQueue: expected `least` to be at most 2, got 3"],
  [{ most: 2, periodMs: 0 }, "AdaptiveQueue: expected `periodMs` to be a finite number > 0, got 0"],
])("AdaptiveQueue: refuses %j", (options, text) => {
  expect(() => new AdaptiveQueue(options)).toThrow(new RangeError(text));
});
