// Go's own tests of golang.org/x/sync/semaphore, all of them: by what they check, on the virtual clock.
import fc from "fast-check";
import {
  background,
  explore,
  Group,
  go,
  gosched,
  now,
  report,
  run,
  Semaphore,
  sleep,
  WaitGroup,
  withCancel,
  withTimeout,
} from "happens-before";
import { expect, test } from "vitest";

const jump = { clock: "jump" } as const;
const controlled = { clock: "jump", strategy: "random", maxSteps: 200_000 } as const;

for (const options of [jump, controlled]) {
  const how = "strategy" in options ? "controlled" : "direct";

  test(`Semaphore: goroutines with different weights hammer it [TestWeighted] [${how}]`, async () => {
    await run(function* () {
      const sem = new Semaphore(4);
      const wg = new WaitGroup();
      let held = 0;
      for (let n = 0; n < 5; n++) {
        yield* wg.go(function* () {
          for (let i = 0; i < 50; i++) {
            yield* sem.acquire(n);
            held += n;
            expect(held).toBeLessThanOrEqual(4);
            yield* sleep((i * 7 + n) % 3);
            held -= n;
            yield* sem.release(n);
          }
        });
      }
      yield* wg.wait();
      expect(sem.tryAcquire(4)).toBe(true);
    }, options);
  });

  test(`Semaphore: tryAcquire never waits [TestWeightedTryAcquire] [${how}]`, async () => {
    await run(function* () {
      const sem = new Semaphore(2);
      const tries: boolean[] = [];
      yield* sem.acquire(1);
      tries.push(sem.tryAcquire(1), sem.tryAcquire(1));
      sem.release(2);
      tries.push(sem.tryAcquire(1));
      yield* sem.acquire(1);
      tries.push(sem.tryAcquire(1));
      expect(tries).toEqual([true, false, true, false]);
    }, options);
  });

  test(`Semaphore: acquire gives up when its context ends [TestWeightedAcquire] [${how}]`, async () => {
    await run(function* () {
      const sem = new Semaphore(2);
      function* tryFor10ms(n: number) {
        const [ctx, cancel] = withTimeout(background(), 10);
        const err = yield* sem.acquire(n, ctx);
        cancel();
        return err === null ? "acquired" : `${err.message} at ${now()}`;
      }
      yield* sem.acquire(1);
      const tries = [yield* tryFor10ms(1), yield* tryFor10ms(1)];
      sem.release(2);
      tries.push(yield* tryFor10ms(1));
      yield* sem.acquire(1);
      tries.push(yield* tryFor10ms(1));
      expect(tries).toEqual([
        "acquired",
        "context deadline exceeded at 10",
        "acquired",
        "context deadline exceeded at 20",
      ]);
    }, options);
  });

  test(`Semaphore: a request that is too big holds up nobody [TestWeightedDoesntBlockIfTooBig] [${how}]`, async () => {
    await run(function* () {
      const sem = new Semaphore(2);
      const [tooBig, cancel] = withCancel(background());
      go(function* () {
        expect((yield* sem.acquire(3, tooBig))?.message).toBe("context canceled");
      });
      yield* gosched();
      const [group, ctx] = Group.withContext(background());
      for (let i = 0; i < 6; i++) {
        yield* group.go(function* () {
          const err = yield* sem.acquire(1, ctx);
          if (err !== null) return err;
          yield* sleep(1);
          sem.release(1);
          return null;
        });
      }
      expect(yield* group.wait()).toBe(null);
      expect(now()).toBe(3);
      yield* cancel();
      yield* sleep(1);
    }, options);
  });

  test(`Semaphore: a large acquire is not starved by small ones [TestLargeAcquireDoesntStarve] [${how}]`, async () => {
    await run(function* () {
      const sem = new Semaphore(3);
      const wg = new WaitGroup();
      let isRunning = true;
      for (let i = 0; i < 3; i++) {
        yield* sem.acquire(1);
        wg.go(function* () {
          while (isRunning) {
            yield* sleep(1);
            sem.release(1);
            yield* sem.acquire(1);
          }
          sem.release(1);
        });
      }
      yield* sem.acquire(3);
      isRunning = false;
      sem.release(3);
      yield* wg.wait();
    }, options);
  });

  test(`Semaphore: when the first waiter is cancelled, the next gets in [TestAllocCancelDoesntStarve] [${how}]`, async () => {
    await run(function* () {
      const sem = new Semaphore(10);
      yield* sem.acquire(1);
      const [ctx, cancel] = withCancel(background());
      go(function* () {
        yield* sem.acquire(10, ctx);
      });
      while (sem.tryAcquire(1)) {
        sem.release(1);
        yield* gosched();
      }
      go(function* () {
        yield* cancel();
      });
      expect(yield* sem.acquire(1)).toBe(null);
      sem.release(1);
    }, options);
  });

  test(`Semaphore: a cancelled context beats a free semaphore [TestWeightedAcquireCanceled] [${how}]`, async () => {
    await run(function* () {
      const sem = new Semaphore(2);
      const [ctx, cancel] = withCancel(background());
      yield* cancel();
      expect((yield* sem.acquire(1, ctx))?.message).toBe("context canceled");
      expect(sem.tryAcquire(2)).toBe(true);
    }, options);
  });
}

test("Semaphore: releasing more than held panics with Go's text [TestWeightedPanic]", async () => {
  const r = await report(function* () {
    yield* new Semaphore(1).release(1);
  });
  expect(r.verdict).toBe("panic");
  expect(r.error?.message).toMatch(/^semaphore: released more than held$/);
});

test("Semaphore: a negative size panics [TestWeightedNegativeSizePanic]", () => {
  expect(() => new Semaphore(-1)).toThrow("semaphore: size < 0");
});

test("Semaphore: nothing fits into a semaphore of size 0 [TestWeightedZeroSize]", () => {
  const sem = new Semaphore(0);
  expect(sem.tryAcquire(0)).toBe(true);
  expect(sem.tryAcquire(1)).toBe(false);
});

test("Semaphore: a negative weight panics [TestWeightedNegativeWeightPanic]", async () => {
  await run(function* () {
    const sem = new Semaphore(1);
    expect(() => sem.acquire(-1)).toThrow("semaphore: n < 0");
    expect(() => sem.tryAcquire(-1)).toThrow("semaphore: n < 0");
    expect(() => sem.release(-1)).toThrow("semaphore: n < 0");
  });
});

test("Semaphore: bad arguments name expectation and value", async () => {
  expect(() => new Semaphore(0.5)).toThrow("Semaphore: expected `size` to be an integer >= 0, got 0.5");
  await run(function* () {
    const sem = new Semaphore(1);
    expect(() => sem.acquire(Number.NaN)).toThrow(
      "Semaphore.acquire: expected `n` to be an integer >= 0, got NaN",
    );
    expect(() => sem.acquire(1, null as unknown as undefined)).toThrow(
      new TypeError("Semaphore.acquire: expected `ctx` to be a Context, got null"),
    );
  });
});

test("Semaphore: who waits is shown with Go's reason, and waits for ever when the size is too small", async () => {
  const r = await report(function* () {
    yield* new Semaphore(1).acquire(2);
  });
  expect(r.verdict).toBe("global-deadlock");
  expect(r.goroutines[0]).toMatchObject({ waitReason: "select", waitingOn: "semaphore" });
});

test("Semaphore: waiters are served in the order of their arrival", async () => {
  await run(function* () {
    const sem = new Semaphore(1);
    const order: number[] = [];
    const wg = new WaitGroup();
    yield* sem.acquire();
    for (let i = 0; i < 5; i++) {
      wg.go(function* () {
        yield* sem.acquire(1, i % 2 === 0 ? background() : undefined);
        order.push(i);
        sem.release();
      });
      yield* gosched();
    }
    sem.release();
    yield* wg.wait();
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });
});

test("Semaphore: granted and cancelled at once, in every schedule explored, no unit is lost", async () => {
  for (const seed of ["a", "b", "c"]) {
    const seen = await explore(
      function* () {
        const sem = new Semaphore(1);
        const [ctx, cancel] = withCancel(background());
        const wg = new WaitGroup();
        let outcome = "";
        yield* sem.acquire();
        yield* wg.go(function* () {
          const err = yield* sem.acquire(1, ctx);
          outcome = err === null ? "acquired" : err.message;
          if (err === null) yield* sem.release();
        });
        yield* wg.go(function* () {
          yield* cancel();
        });
        yield* sem.release();
        yield* wg.wait();
        if (!sem.tryAcquire(1)) throw new Error("a unit was lost");
        return outcome;
      },
      { schedules: 200, seed, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result).sort()).toEqual(["acquired", "context canceled"]);
  }
});

test("Semaphore: a unit that somebody keeps for ever is found as a deadlock", async () => {
  const seen = await explore(
    function* () {
      const sem = new Semaphore(1);
      const wg = new WaitGroup();
      for (let i = 0; i < 2; i++) {
        yield* wg.go(function* () {
          yield* sem.acquire();
          if (i === 0) return; // the planted bug: leaves with the unit
          yield* sem.release();
        });
      }
      yield* wg.wait();
    },
    { schedules: 100 },
  );
  expect(seen.verdict).toBe("global-deadlock");
});

test("Semaphore: any mix of weights and deadlines keeps within the size and ends with all units back", async () => {
  const request = fc.record({
    units: fc.integer({ min: 0, max: 5 }),
    startMs: fc.integer({ min: 0, max: 20 }),
    holdMs: fc.integer({ min: 0, max: 5 }),
    patienceMs: fc.integer({ min: 0, max: 10 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 12 }), fc.boolean(), async (requests, isControlled) => {
      await run(
        function* () {
          const sem = new Semaphore(4);
          const wg = new WaitGroup();
          let held = 0;
          for (const { units, startMs, holdMs, patienceMs } of requests) {
            yield* wg.go(function* () {
              yield* sleep(startMs);
              const [ctx, cancel] = withTimeout(background(), patienceMs);
              const err = yield* sem.acquire(units, ctx);
              yield* cancel();
              if (err !== null) return;
              held += units;
              expect(held).toBeLessThanOrEqual(4);
              yield* sleep(holdMs);
              held -= units;
              yield* sem.release(units);
            });
          }
          yield* wg.wait();
          expect(sem.tryAcquire(4)).toBe(true);
        },
        isControlled ? controlled : jump,
      );
    }),
    { seed: 7, numRuns: 200 },
  );
});
