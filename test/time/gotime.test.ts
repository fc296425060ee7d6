// What else Go's own tests of timers check (src/time/sleep_test.go, tick_test.go), written anew on the virtual clock.
import {
  AtomicInt64,
  afterFunc,
  Chan,
  type FuncTimer,
  go,
  gosched,
  newTicker,
  newTimer,
  now,
  run,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump" } as const;

test("sleep: takes as long as it says, also while others sleep less [TestSleep]", async () => {
  const took = await run(function* () {
    go(function* () {
      yield* sleep(50);
    });
    const startMs = now();
    yield* sleep(100);
    return now() - startMs;
  }, JUMP);
  expect(took).toBe(100);
});

test("sleep: of nothing does not wait for other sleepers, nor hang [TestSleepZeroDeadlock]", async () => {
  const atMs = await run(function* () {
    const done = new Chan<number>();
    go(function* () {
      for (let i = 0; i < 100; i++) yield* sleep(0);
      yield* done.send(now());
    });
    for (let i = 0; i < 100; i++) {
      yield* sleep(1e-6);
      yield* gosched();
    }
    return yield* done.recv();
  }, JUMP);
  expect(atMs).toBeLessThan(1);
});

test("newTicker: ten goroutines that make, read and stop tickers of their own do not disturb each other [TestTickerConcurrentStress]", async () => {
  const ticks = await run(
    function* () {
      const wg = new WaitGroup();
      let ticks = 0;
      for (let i = 0; i < 10; i++) {
        wg.go(function* () {
          for (let k = 0; k < 20; k++) {
            const ticker = newTicker(1 + i / 10);
            yield* ticker.c.recv();
            ticks++;
            ticker.stop();
          }
        });
      }
      yield* wg.wait();
      return ticks;
    },
    { ...JUMP, procs: 4 },
  );
  expect(ticks).toBe(200);
});

test("afterFunc: its goroutine is run although a sender and a receiver are always ready [TestAfterFuncStarvation]", async () => {
  // On host time: the virtual clock moves only when everybody waits, which these two never do.
  const received = await run(
    function* () {
      const stop = new AtomicInt64();
      const wg = new WaitGroup();
      const ch = new Chan<boolean>(1);
      let received = 0;
      wg.go(function* () {
        while ((yield* stop.load()) === 0n) yield* ch.send(true);
        ch.close();
      });
      wg.go(function* () {
        yield* ch.forEach(function* () {
          received++;
        });
      });
      afterFunc(0.001, function* () {
        yield* stop.store(1n);
      });
      yield* wg.wait();
      return received;
    },
    { clock: "real" },
  );
  expect(received).toBeGreaterThan(0);
});

test("afterFunc: 100 goroutines stop each other's timers, and nothing fires that was stopped in time [TestTimerStopStress]", async () => {
  const fired = await run(function* () {
    let fired = 0;
    for (let i = 0; i < 100; i++) {
      const timer = afterFunc(2000, function* () {
        fired++;
      });
      go(function* () {
        yield* sleep(1000);
        timer.stop();
      });
    }
    yield* sleep(3000);
    return fired;
  }, JUMP);
  expect(fired).toBe(0);
});

test("afterFunc: inside its own function a timer can be looked at and stopped [TestIssue5745]", async () => {
  const stopped = await run(function* () {
    const done = new Chan<boolean>(1);
    const box: { timer?: FuncTimer } = {};
    box.timer = afterFunc(1, function* () {
      yield* done.send(box.timer?.stop() ?? true);
    });
    return yield* done.recv();
  }, JUMP);
  expect(stopped).toBe(false);
});

test("newTimer: many resets in a row wake its reader once per firing, each at its time [TestMultiWakeupTimer]", async () => {
  const seen = await run(
    function* () {
      const timer = newTimer(1);
      const times: number[] = [];
      for (let i = 0; i < 200; i++) {
        timer.reset(0.001 * (i + 1));
        const before = now();
        times.push(((yield* timer.c.recv()) as number) - before);
        expect(timer.c.tryRecv()).toBe(undefined);
      }
      return times;
    },
    { ...JUMP, procs: 4 },
  );
  seen.forEach((ms, i) => {
    expect(ms).toBeCloseTo(0.001 * (i + 1), 6);
  });
});

test("newTicker: one that was stopped before its first tick leaves nothing behind [TestTeardown]", async () => {
  const atMs = await run(function* () {
    for (let i = 0; i < 3; i++) {
      const ticker = newTicker(100);
      yield* ticker.c.recv();
      ticker.stop();
    }
    return now();
  }, JUMP);
  expect(atMs).toBe(300);
});

test("newTimer: a sooner one is not held up by 10,000 that are stopped and made anew behind it [TestLongAdjustTimers]", async () => {
  const atMs = await run(function* () {
    const inc = new Chan<number>(1);
    const far = Array.from({ length: 10_000 }, (_, i) => newTimer(60_000 + i));
    afterFunc(5, function* () {
      yield* inc.send(now());
    });
    for (const timer of far) timer.reset(120_000);
    for (const timer of far) timer.stop();
    return yield* inc.recv();
  }, JUMP);
  expect(atMs).toBe(5);
});
