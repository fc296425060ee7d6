import { explore, go, gosched, now, run, SingleFlightCache, sleep, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

test("SingleFlightCache: many who miss at once cause one load, and all get its value", async () => {
  await run(function* () {
    let loads = 0;
    const cache = new SingleFlightCache({
      *load(key: string) {
        loads++;
        yield* sleep(5);
        return `value of ${key}`;
      },
      freshMs: 100,
    });
    const wg = new WaitGroup();
    const seen: string[] = [];
    for (let i = 0; i < 50; i++)
      wg.go(function* () {
        seen.push(yield* cache.get("hot"));
      });
    yield* wg.wait();
    expect([loads, new Set(seen).size, seen.length]).toEqual([1, 1, 50]);
  }, JUMP);
});

test("SingleFlightCache: look, miss, load without a flight loads for everyone, so the test above can fail", async () => {
  await run(function* () {
    let loads = 0;
    const values = new Map<string, string>();
    const wg = new WaitGroup();
    for (let i = 0; i < 50; i++)
      wg.go(function* () {
        if (values.has("hot")) return;
        loads++;
        yield* sleep(5);
        values.set("hot", "value");
      });
    yield* wg.wait();
    expect(loads).toBe(50);
  }, JUMP);
});

test("SingleFlightCache: everybody who waited gets the error of the load, and the next one loads anew", async () => {
  await run(function* () {
    let loads = 0;
    const cache = new SingleFlightCache({
      *load() {
        yield* sleep(1);
        if (++loads === 1) throw new Error("down");
        return loads;
      },
      freshMs: 100,
    });
    const wg = new WaitGroup();
    const seen: string[] = [];
    for (let i = 0; i < 3; i++)
      wg.go(function* () {
        try {
          yield* cache.get("k");
        } catch (e) {
          seen.push((e as Error).message);
        }
      });
    yield* wg.wait();
    expect(seen).toEqual(["down", "down", "down"]);
    expect(yield* cache.get("k")).toBe(2);
  }, JUMP);
});

test("SingleFlightCache: fresh, then stale with one fetch behind it, then gone", async () => {
  await run(function* () {
    let loads = 0;
    const cache = new SingleFlightCache({
      *load() {
        yield* sleep(10);
        return ++loads;
      },
      freshMs: 100,
      staleMs: 100,
    });
    expect(yield* cache.get("k")).toBe(1); // loaded at 10
    yield* sleep(99);
    expect(yield* cache.get("k")).toBe(1);
    yield* sleep(1); // 110: stale
    const fromMs = now();
    for (let i = 0; i < 3; i++) expect(yield* cache.get("k")).toBe(1);
    expect(now()).toBe(fromMs);
    yield* sleep(20);
    expect(yield* cache.get("k")).toBe(2);
    expect(loads).toBe(2);
    yield* sleep(500);
    expect(yield* cache.get("k")).toBe(3); // waits for the load
    expect(now()).toBe(640);
  }, JUMP);
});

test("SingleFlightCache: a failed fetch in the background keeps the stale value and is told", async () => {
  await run(function* () {
    const told: string[] = [];
    let isDown = false;
    const cache = new SingleFlightCache({
      *load() {
        if (isDown) throw new Error("down");
        return "old";
      },
      freshMs: 10,
      staleMs: 1000,
      onError: (key, error) => told.push(`${key}: ${(error as Error).message}`),
    });
    yield* cache.get("k");
    isDown = true;
    yield* sleep(20);
    expect(yield* cache.get("k")).toBe("old");
    yield* gosched();
    expect(told).toEqual(["k: down"]);
    expect(yield* cache.get("k")).toBe("old");
  }, JUMP);
});

/** A writer changes the source and invalidates while a reader loads; returns what is read when all is quiet. */
function afterChange(invalidates: boolean, seed: string) {
  return explore(
    {
      setup: () => {
        const s = { source: "old" };
        const load = function* () {
          const read = s.source;
          yield* gosched();
          return read;
        };
        return { s, cache: new SingleFlightCache({ load, freshMs: 1e6 }) };
      },
      *main({ s, cache }) {
        const wg = new WaitGroup();
        wg.go(function* reader() {
          yield* cache.get("k");
        });
        wg.go(function* writer() {
          yield* gosched();
          s.source = "new";
          if (invalidates) yield* cache.invalidate("k");
        });
        yield* wg.wait();
        return yield* cache.get("k");
      },
    },
    { seed, schedules: 300, stopAt: "never" },
  );
}

for (const seed of ["1", "2"]) {
  test(`SingleFlightCache: a load that began before invalidate is not kept, in any schedule (seed ${seed})`, async () => {
    const seen = await afterChange(true, seed);
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual(["new"]);
  });
}

test("SingleFlightCache: without invalidate the old value is seen, so the test above can fail", async () => {
  expect((await afterChange(false, "1")).outcomes.map((o) => o.result)).toContain("old");
});

test("SingleFlightCache: drops the least recently used beyond mostEntries", async () => {
  await run(function* () {
    const loaded: string[] = [];
    const cache = new SingleFlightCache({
      *load(key: string) {
        loaded.push(key);
        return key;
      },
      freshMs: 1000,
      mostEntries: 2,
    });
    for (const key of ["a", "b", "a", "c", "a", "b"]) yield* cache.get(key);
    expect(loaded).toEqual(["a", "b", "c", "b"]);
    expect(cache.size).toBe(2);
  }, JUMP);
});

test("SingleFlightCache: keys do not wait for each other", async () => {
  await run(function* () {
    const cache = new SingleFlightCache({
      *load(key: string) {
        yield* sleep(key === "slow" ? 100 : 1);
        return key;
      },
      freshMs: 1000,
    });
    go(function* () {
      yield* cache.get("slow");
    });
    yield* gosched();
    yield* cache.get("quick");
    expect(now()).toBe(1);
  }, JUMP);
});

test("SingleFlightCache: refuses bad options", () => {
  const load = function* () {};
  expect(() => new SingleFlightCache({ load, freshMs: -1 })).toThrow(
    new RangeError("SingleFlightCache: expected `freshMs` to be a number >= 0, got -1"),
  );
  expect(() => new SingleFlightCache({ load: 1 as never, freshMs: 1 })).toThrow(
    new TypeError("SingleFlightCache: expected `load` to be a generator function, got 1"),
  );
});
