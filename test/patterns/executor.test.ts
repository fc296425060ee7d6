import {
  type Executor,
  explore,
  FixedPool,
  GoPerRequest,
  gosched,
  now,
  run,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

for (const seed of ["1", "2"]) {
  test(`FixedPool: at most two tasks run, accepted ones all run, also after close (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => ({
          pool: new FixedPool({ workers: 2, queue: 1 }),
          inside: 0,
          most: 0,
          ran: 0,
          accepted: 0,
          refused: 0,
        }),
        *main(s) {
          const wg = new WaitGroup();
          for (let i = 0; i < 4; i++)
            wg.go(function* () {
              try {
                yield* s.pool.submit(function* () {
                  s.most = Math.max(s.most, ++s.inside);
                  yield* gosched();
                  s.inside--;
                  s.ran++;
                });
                s.accepted++;
              } catch (e) {
                expect((e as Error).message).toMatch(/^pool: (full|closed)/);
                s.refused++;
              }
            });
          yield* gosched();
          yield* s.pool.close();
          const ranAtClose = s.ran;
          yield* wg.wait();
          return {
            most: s.most <= 2,
            all: s.ran === s.accepted && ranAtClose === s.ran,
            sum: s.accepted + s.refused,
          };
        },
      },
      { seed, schedules: 400, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual([{ most: true, all: true, sum: 4 }]);
  });
}

/** 100 tasks of 10 ms at once: how many run at most, how many are refused, how long does it take? */
function flood(executor: Executor & { readonly running: number }) {
  return run(function* () {
    let refused = 0;
    let most = 0;
    for (let i = 0; i < 100; i++) {
      try {
        yield* executor.submit(function* () {
          yield* sleep(10);
        });
      } catch {
        refused++;
      }
      most = Math.max(most, executor.running);
    }
    yield* executor.close();
    return { refused, most, ms: now() };
  }, JUMP);
}

test("FixedPool bounds what runs and waits; a goroutine per request bounds nothing", async () => {
  expect(await flood(new FixedPool({ workers: 4, queue: 16 }))).toEqual({ refused: 80, most: 4, ms: 50 });
  expect(await flood(new GoPerRequest())).toEqual({ refused: 0, most: 100, ms: 10 });
});

for (const make of [() => new FixedPool({ workers: 1, queue: 9 }), () => new GoPerRequest()]) {
  test(`${make().constructor.name}: a task that throws ends its future only; get answers as often as asked`, async () => {
    await run(function* () {
      const executor: Executor = make();
      const bad = yield* executor.submit(function* () {
        throw new Error("bad task");
      });
      const good = yield* executor.submit(
        function* (a: number, b: number) {
          return a + b;
        },
        1,
        2,
      );
      for (let i = 0; i < 2; i++) {
        let text = "";
        try {
          yield* bad.get();
        } catch (e) {
          text = (e as Error).message;
        }
        expect(text).toBe("bad task");
        expect(yield* good.get()).toBe(3);
      }
      expect([bad.isDone, good.isDone]).toEqual([true, true]);
      yield* executor.close();
      let closed = "";
      try {
        yield* executor.submit(function* () {});
      } catch (e) {
        closed = (e as Error).message;
      }
      expect(closed).toMatch(/^(pool|executor): closed$/);
    });
  });
}

test("FixedPool: refuses bad options", () => {
  expect(() => new FixedPool({ workers: 0 })).toThrow(
    new RangeError("FixedPool: expected `workers` to be an integer >= 1, got 0"),
  );
  expect(() => new FixedPool({ workers: 1, queue: 0.5 })).toThrow(
    new RangeError("FixedPool: expected `queue` to be an integer >= 0, got 0.5"),
  );
});
