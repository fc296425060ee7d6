import { explore, now, run, SafeTimer, sleep, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

for (const seed of ["1", "2", "3"]) {
  test(`SafeTimer: three resetters, one firing at most per setting, none after stop (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => {
          const s = { fired: 0, isStopped: false, late: 0 };
          const timer = new SafeTimer(function* () {
            s.fired++;
            if (s.isStopped) s.late++;
          });
          return { s, timer };
        },
        *main({ s, timer }) {
          const wg = new WaitGroup();
          for (let i = 1; i <= 3; i++)
            wg.go(function* () {
              yield* timer.reset(i);
            });
          yield* wg.wait();
          const started = timer.isPending;
          yield* timer.stop();
          const before = s.fired;
          yield* sleep(10);
          return {
            few: s.fired <= 3,
            pending: timer.isPending,
            onlyWhatStarted: !started || s.fired - before <= 2,
          };
        },
      },
      { seed, schedules: 400, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual([
      { few: true, pending: false, onlyWhatStarted: true },
    ]);
  });
}

/** Resets from three goroutines at the same time; how often does it fire? */
function firings(make: (fire: () => void) => { reset(ms: number): unknown }): Promise<number> {
  return run(function* () {
    let fired = 0;
    const timer = make(() => fired++);
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++)
      wg.go(function* () {
        timer.reset(10);
      });
    yield* wg.wait();
    yield* sleep(100);
    return fired;
  }, JUMP);
}

test("SafeTimer: three resets at once lead to one firing; a new timer per reset to three", async () => {
  const safe = (fire: () => void) =>
    new SafeTimer(function* () {
      fire();
    });
  const renewing = (fire: () => void) => ({
    reset: (ms: number) =>
      new SafeTimer(function* () {
        fire();
      }).reset(ms),
  });
  expect(await firings(safe)).toBe(1);
  expect(await firings(renewing)).toBe(3);
});

test("SafeTimer: can be set again from its own body", async () => {
  await run(function* () {
    const at: number[] = [];
    const timer: SafeTimer = new SafeTimer(function* () {
      at.push(now());
      if (at.length < 3) timer.reset(10);
    });
    timer.reset(10);
    yield* sleep(100);
    expect(at).toEqual([10, 20, 30]);
  }, JUMP);
});

test("SafeTimer: stopped and set to never, it does not fire; stop twice is nothing", async () => {
  await run(function* () {
    let fired = 0;
    const timer = new SafeTimer(function* () {
      fired++;
    });
    timer.reset(10);
    timer.stop();
    timer.stop();
    timer.reset(Number.POSITIVE_INFINITY);
    yield* sleep(100);
    expect([fired, timer.isPending]).toEqual([0, false]);
  }, JUMP);
});

test("SafeTimer: refuses what cannot work", async () => {
  expect(() => new SafeTimer(undefined as never)).toThrow(
    new TypeError("SafeTimer: expected a generator function, got undefined"),
  );
  await expect(
    run(function* () {
      new SafeTimer(function* () {}).reset(-1);
    }),
  ).rejects.toThrow("SafeTimer: expected `delayMs` to be a number >= 0, got -1");
  await expect(
    run(function* () {
      new SafeTimer((() => 1) as never).reset(1);
      yield* sleep(10);
    }, JUMP),
  ).rejects.toThrow("SafeTimer: expected a generator function, got a plain one. Write `function*`.");
});
