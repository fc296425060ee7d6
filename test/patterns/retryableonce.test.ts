import { explore, gosched, RetryableOnce, run, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

for (const seed of ["1", "2"]) {
  test(`RetryableOnce: one body at a time, one success, all see it whole (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => ({
          once: new RetryableOnce<{ a: number; b: number }>(),
          inside: 0,
          attempts: 0,
          failed: 0,
          got: 0,
        }),
        *main(s) {
          const wg = new WaitGroup();
          for (let i = 0; i < 3; i++)
            wg.go(function* () {
              try {
                const value = yield* s.once.do(function* () {
                  if (++s.inside > 1) throw new Error("two inside");
                  s.attempts++;
                  yield* gosched();
                  s.inside--;
                  if (s.attempts === 1) throw new Error("not yet");
                  return { a: 1, b: 1 };
                });
                if (value.a + value.b === 2) s.got++;
              } catch (e) {
                if ((e as Error).message === "not yet") s.failed++;
              }
            });
          yield* wg.wait();
          return { attempts: s.attempts, failed: s.failed, got: s.got, isDone: s.once.isDone };
        },
      },
      { seed, schedules: 300, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual([{ attempts: 2, failed: 1, got: 2, isDone: true }]);
  });
}

test("RetryableOnce: a flag that is set before the body lets others go on with nothing, so the test above can fail", async () => {
  const seen = await explore(
    {
      setup: () => ({ isDone: false, value: undefined as string | undefined, without: 0 }),
      *main(s) {
        const wg = new WaitGroup();
        for (let i = 0; i < 2; i++)
          wg.go(function* () {
            if (!s.isDone) {
              s.isDone = true;
              yield* gosched();
              s.value = "ready";
            }
            if (s.value === undefined) s.without++;
          });
        yield* wg.wait();
        return s.without;
      },
    },
    { schedules: 200, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([0, 1]);
});

test("RetryableOnce: after the success no body is called", async () => {
  await run(function* () {
    const once = new RetryableOnce<number>();
    expect(
      yield* once.do(function* () {
        return 1;
      }),
    ).toBe(1);
    expect(
      yield* once.do(function* () {
        throw new Error("called again");
      }),
    ).toBe(1);
  });
});
