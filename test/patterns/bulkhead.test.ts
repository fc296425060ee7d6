import { Bulkhead, explore, go, gosched, now, run, sleep, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

for (const seed of ["1", "2"]) {
  test(`Bulkhead: never more than its limit inside, and every call ends (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => ({
          bulkhead: new Bulkhead({ limit: 2, queue: 9, waitMs: 3 }),
          inside: 0,
          most: 0,
          ended: 0,
        }),
        *main(s) {
          const wg = new WaitGroup();
          for (let i = 0; i < 4; i++)
            wg.go(function* () {
              try {
                yield* s.bulkhead.call(function* () {
                  s.most = Math.max(s.most, ++s.inside);
                  yield* sleep(2);
                  s.inside--;
                });
              } catch (e) {
                expect((e as Error).message).toBe("bulkhead: no place within 3 ms");
              }
              s.ended++;
            });
          yield* wg.wait();
          return {
            most: s.most <= 2,
            ended: s.ended,
            running: s.bulkhead.running,
            waiting: s.bulkhead.waiting,
          };
        },
      },
      { seed, schedules: 400, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual([{ most: true, ended: 4, running: 0, waiting: 0 }]);
  });
}

test("Bulkhead: a bound that is looked at before it is taken lets too many inside, so the test above can fail", async () => {
  const seen = await explore(
    {
      setup: () => ({ inside: 0, most: 0 }),
      *main(s) {
        const wg = new WaitGroup();
        for (let i = 0; i < 3; i++)
          wg.go(function* () {
            if (s.inside >= 2) return;
            yield* gosched(); // looked, not yet taken
            s.most = Math.max(s.most, ++s.inside);
            yield* gosched();
            s.inside--;
          });
        yield* wg.wait();
        return s.most;
      },
    },
    { schedules: 300, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result)).toContain(3);
});

test("Bulkhead: waiters are served first in, first out; one more than the queue holds is refused", async () => {
  await run(function* () {
    const bulkhead = new Bulkhead({ limit: 1, queue: 2 });
    const order: string[] = [];
    const wg = new WaitGroup();
    for (const name of ["a", "b", "c", "d"])
      wg.go(function* () {
        try {
          yield* bulkhead.call(function* () {
            order.push(name);
            yield* sleep(1);
          });
        } catch (e) {
          order.push(`${name}: ${(e as Error).message}`);
        }
      });
    yield* wg.wait();
    expect(order).toEqual(["a", "d: bulkhead: full (1 running, 2 waiting)", "b", "c"]);
  }, JUMP);
});

test("Bulkhead: a waiter whose time is over leaves the queue at that moment and its place in it", async () => {
  await run(function* () {
    const bulkhead = new Bulkhead({ limit: 1, queue: 1, waitMs: 10 });
    go(function* () {
      yield* bulkhead.call(function* () {
        yield* sleep(50);
      });
    });
    yield* gosched();
    const failure = yield* (function* () {
      try {
        yield* bulkhead.call(function* () {});
        return "no error";
      } catch (e) {
        return (e as Error).message;
      }
    })();
    expect([failure, now(), bulkhead.waiting]).toEqual(["bulkhead: no place within 10 ms", 10, 0]);
  }, JUMP);
});

test("Bulkhead: a failing body gives its place back", async () => {
  await run(function* () {
    const bulkhead = new Bulkhead({ limit: 1 });
    for (let i = 0; i < 3; i++) {
      try {
        yield* bulkhead.call(function* () {
          throw new Error(`failure ${i}`);
        });
      } catch (e) {
        expect((e as Error).message).toBe(`failure ${i}`);
      }
    }
    expect(bulkhead.running).toBe(0);
  });
});

test.each([
  [{ limit: 0 }, "Bulkhead: expected `limit` to be an integer >= 1, got 0"],
  [{ limit: 1, queue: -1 }, "Bulkhead: expected `queue` to be an integer >= 0, got -1"],
  [{ limit: 1, waitMs: Number.NaN }, "Bulkhead: expected `waitMs` to be a number >= 0, got NaN"],
])("Bulkhead: refuses %j", (options, text) => {
  expect(() => new Bulkhead(options)).toThrow(new RangeError(text));
});
