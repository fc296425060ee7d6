import { explore, now, run, SafeTimer, sleep, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

/** Three goroutines reset it at time 0, in any order; then it is stopped, or not. How often does it fire? */
function resetters(stops: boolean, seed: string) {
  return explore(
    {
      setup: () => {
        const s = { fired: 0 };
        const timer = new SafeTimer(function* () {
          s.fired++;
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
        if (stops) yield* timer.stop();
        yield* sleep(10);
        return { fired: s.fired, isPending: timer.isPending };
      },
    },
    { seed, schedules: 200, stopAt: "never", clock: "jump" },
  );
}

for (const seed of ["1", "2", "3"]) {
  test(`SafeTimer: three resetters lead to one firing, and to none after stop (seed ${seed})`, async () => {
    const [left, stopped] = [await resetters(false, seed), await resetters(true, seed)];
    expect([left.verdict, stopped.verdict]).toEqual(["ok", "ok"]);
    expect(left.outcomes.map((o) => o.result)).toEqual([{ fired: 1, isPending: false }]);
    expect(stopped.outcomes.map((o) => o.result)).toEqual([{ fired: 0, isPending: false }]);
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
