import fc from "fast-check";
import { explore, LeakyBucket, now, run, sleep, TokenBucket, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

/** What one writes first: tokens and a time, refilled on use, and no cap. */
class CaplessBucket {
  #tokens: number;
  #lastMs = 0;
  readonly #rate: number;
  constructor({ ratePerSecond, burst }: { ratePerSecond: number; burst: number }) {
    this.#tokens = burst;
    this.#rate = ratePerSecond;
  }
  tryTake(): boolean {
    this.#tokens += ((now() - this.#lastMs) / 1000) * this.#rate;
    this.#lastMs = now();
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

/** Asks once at each of the times; returns how many passed. */
function passes(bucket: { tryTake(): boolean }, timesMs: readonly number[]): Promise<number> {
  return run(function* () {
    let count = 0;
    for (const atMs of timesMs) {
      yield* sleep(atMs - now());
      if (bucket.tryTake()) count++;
    }
    return count;
  }, JUMP);
}

const times = (count: number, at: (i: number) => number) => Array.from({ length: count }, (_, i) => at(i));
const OPTIONS = { ratePerSecond: 1000, burst: 500 };

test.each([
  ["1,200 at once: 500 pass", times(1200, () => 0), 500],
  ["1,200 over 1.2 s: all pass", times(1200, (i) => i), 1200],
  ["300 every 200 ms, four times: 1,100 pass", times(1200, (i) => Math.floor(i / 300) * 200), 1100],
  ["800 after a pause of 1.8 s: 500 pass", times(800, () => 1800), 500],
])("TokenBucket of 1,000/s and 500: %s", async (_name, timesMs, expected) => {
  expect(await passes(new TokenBucket(OPTIONS), timesMs)).toBe(expected);
});

test("TokenBucket: one that forgot its cap floods after a pause, so the test above can fail", async () => {
  expect(
    await passes(
      new CaplessBucket(OPTIONS),
      times(3000, () => 1800),
    ),
  ).toBe(2300);
});

test("TokenBucket: in any window at most burst + rate · length pass", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      async (gapsMs, burst) => {
        const bucket = new TokenBucket({ ratePerSecond: 100, burst });
        const passed = await run(function* () {
          const at: number[] = [];
          for (const gapMs of gapsMs) {
            yield* sleep(gapMs);
            if (bucket.tryTake()) at.push(now());
          }
          return at;
        }, JUMP);
        passed.forEach((from, i) => {
          for (let j = i; j < passed.length; j++) {
            expect(j - i + 1).toBeLessThanOrEqual(burst + ((passed[j] as number) - from) / 10 + 1e-6);
          }
        });
      },
    ),
    { numRuns: 80, seed: 4 },
  );
});

test("TokenBucket: waiters are served in order, large ones too", async () => {
  await run(function* () {
    const bucket = new TokenBucket({ ratePerSecond: 100, burst: 3 });
    const order: string[] = [];
    const wg = new WaitGroup();
    for (const [name, tokens] of [
      ["a", 3],
      ["b", 3],
      ["c", 1],
    ] as const)
      wg.go(function* () {
        yield* bucket.take(tokens);
        order.push(`${name} at ${now()}`);
      });
    yield* wg.wait();
    expect(order).toEqual(["a at 0", "b at 30", "c at 40"]);
  }, JUMP);
});

test("TokenBucket: takeWithin takes nothing and returns at once when the wait would be too long", async () => {
  await run(function* () {
    const bucket = new TokenBucket({ ratePerSecond: 100, burst: 1 });
    expect(yield* bucket.takeWithin(0)).toBe(true);
    expect(yield* bucket.takeWithin(9)).toBe(false);
    expect([now(), bucket.tokens]).toEqual([0, 0]);
    expect(yield* bucket.takeWithin(10)).toBe(true);
    expect(now()).toBe(10);
  }, JUMP);
});

test.each([
  [
    () => new TokenBucket({ ratePerSecond: 0, burst: 1 }),
    "TokenBucket: expected `ratePerSecond` to be a finite number > 0, got 0",
  ],
  [
    () => new TokenBucket({ ratePerSecond: 1, burst: 0.5 }),
    "TokenBucket: expected `burst` to be an integer >= 1, got 0.5",
  ],
  [
    () => new TokenBucket({ ratePerSecond: 1, burst: 2 }).take(3),
    "TokenBucket: expected `tokens` to be at most the burst of 2, got 3",
  ],
  [
    () => new LeakyBucket({ ratePerSecond: 1, capacity: -1 }),
    "LeakyBucket: expected `capacity` to be an integer >= 0, got -1",
  ],
])("buckets refuse bad arguments (%#)", (make, text) => {
  expect(make).toThrow(new RangeError(text));
});

for (const seed of ["1", "2"]) {
  test(`LeakyBucket: passes one interval apart and never holds more than its capacity, in any schedule (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => ({
          bucket: new LeakyBucket({ ratePerSecond: 100, capacity: 2 }),
          at: [] as number[],
          refused: 0,
        }),
        *main(s) {
          const wg = new WaitGroup();
          for (let i = 0; i < 4; i++)
            wg.go(function* () {
              if (yield* s.bucket.pour()) s.at.push(now());
              else s.refused++;
            });
          yield* wg.wait();
          return `passed at ${s.at.join(", ")}; refused ${s.refused}`;
        },
      },
      { seed, schedules: 200, stopAt: "never", clock: "jump" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual(["passed at 0, 10, 20; refused 1"]);
  });
}

test("LeakyBucket: a burst that a token bucket lets through comes out evenly", async () => {
  const at = (pass: () => Generator<{ readonly wait: true }, unknown, unknown>) =>
    run(function* () {
      const wg = new WaitGroup();
      const seen: number[] = [];
      for (let i = 0; i < 4; i++)
        wg.go(function* () {
          yield* pass();
          seen.push(now());
        });
      yield* wg.wait();
      return seen;
    }, JUMP);
  const leaky = new LeakyBucket({ ratePerSecond: 100, capacity: 9 });
  const tokens = new TokenBucket({ ratePerSecond: 100, burst: 3 });
  expect(
    await at(function* () {
      yield* leaky.pour();
    }),
  ).toEqual([0, 10, 20, 30]);
  expect(
    await at(function* () {
      yield* tokens.take();
    }),
  ).toEqual([0, 0, 0, 10]);
  expect(leaky.waiting).toBe(0);
});
