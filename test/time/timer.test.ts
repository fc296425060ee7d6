// Counterparts of Go's tests stand here, in ticker.test.ts and in afterfunc.test.ts, each with Go's name in brackets.
// Without a counterpart, and why:
//   TestTickerConcurrentStress, TestTimerStopStress, TestTeardown: data races inside the runtime; a run is one thread.
//   TestLongAdjustTimers, TestIssue5745: deadlocks of the runtime's own timer lock; there is no lock.
//   TestTimerGC: collection is the host's; a timer that nobody waits for is not referenced (I1 of timerchan.ts).
//   TestAfterFuncStarvation: two CPUs that starve the one which runs timers; see the test of proc for the slices.
//   TestSleep, TestSleepZeroDeadlock: see sleep.test.ts. TestMultiWakeupTimer: timers wake no threads here.
//   TestManualTicker: builds a Ticker out of another package's channel; the class has no such field to set.
//   TestTick's, TestAfter's and TestTicker's tolerances: the virtual clock is exact.
import fc from "fast-check";
import {
  after,
  Chan,
  explore,
  go,
  gosched,
  newTimer,
  now,
  onDefault,
  PanicError,
  report,
  run,
  select,
  sleep,
  Timer,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

test("newTimer: delivers the time at which it ran out, once [TestAfter] [TestAfterTimes]", async () => {
  const got = await run(function* () {
    const timer = newTimer(100);
    const first = yield* timer.c.recv();
    return [first, now(), timer.c.tryRecv()];
  }, JUMP);
  expect(got).toEqual([100, 100, undefined]);
});

test("newTimer: a tick that is fetched late tells when it was due", async () => {
  const got = await run(function* () {
    const timer = newTimer(10);
    yield* sleep(50);
    return [yield* timer.c.recv(), now()];
  }, JUMP);
  expect(got).toEqual([10, 50]);
});

test("after: ten in a row take ten times as long [TestAfterTick]", async () => {
  const end = await run(function* () {
    for (let i = 0; i < 10; i++) yield* after(10).recv();
    return now();
  }, JUMP);
  expect(end).toBe(100);
});

test("after: the order of deadlines decides, not the order of creation [TestAfterQueuing]", async () => {
  const slots = [5, 3, 6, 6, 6, 1, 1, 2, 7, 9, 4, 8, 0];
  const order = await run(function* () {
    const got: number[] = [];
    const wg = new WaitGroup();
    for (const slot of slots)
      wg.go(function* () {
        yield* after(slot * 10).recv();
        got.push(slot);
      });
    yield* wg.wait();
    return got;
  }, JUMP);
  expect(order).toEqual([...slots].sort((a, b) => a - b));
});

test("Timer.stop: keeps the tick from coming, and only the first stop is true [TestAfterStop]", async () => {
  const got = await run(function* () {
    const timer = newTimer(50);
    const stops = [timer.stop(), timer.stop()];
    yield* sleep(200);
    const tick = yield* select(timer.c.onRecv(), onDefault());
    return [...stops, tick.index];
  }, JUMP);
  expect(got).toEqual([true, false, 1]);
});

test("Timer.stop: true when the timer has run out and nobody received the tick, which is gone then (1.23)", async () => {
  const got = await run(function* () {
    const timer = newTimer(10);
    yield* sleep(20);
    return [timer.stop(), timer.c.tryRecv(), timer.stop()];
  }, JUMP);
  expect(got).toEqual([true, undefined, false]);
});

test("Timer.stop: false once the tick was received", async () => {
  const got = await run(function* () {
    const timer = newTimer(10);
    yield* timer.c.recv();
    return [timer.stop(), timer.reset(5), yield* timer.c.recv()];
  }, JUMP);
  expect(got).toEqual([false, false, 15]);
});

test("Timer.reset: moves the deadline of a running timer [TestReset]", async () => {
  const got = await run(function* () {
    const timer = newTimer(20);
    yield* sleep(10);
    const wasActive = timer.reset(30);
    yield* sleep(20);
    const early = timer.c.tryRecv();
    yield* sleep(20);
    const tick = timer.c.tryRecv();
    return [wasActive, early, tick, timer.reset(50)];
  }, JUMP);
  expect(got).toEqual([true, undefined, { value: 40, ok: true }, false]);
});

test("Timer.reset: a goroutine that waits gets the tick at the new time [TestTimerModifiedEarlier]", async () => {
  const got = await run(function* () {
    const timer = newTimer(3_600_000);
    go(function* () {
      for (const ms of [500, 900, 20]) timer.reset(ms);
    });
    return [yield* timer.c.recv(), now()];
  }, JUMP);
  expect(got).toEqual([20, 20]);
});

test("Timer.stop: a waiting goroutine waits for ever, which is a deadlock and no endless clock", async () => {
  const r = await report(function* () {
    const timer = newTimer(1000);
    go(function* () {
      timer.stop();
    });
    yield* timer.c.recv();
  });
  expect([r.verdict, r.goroutines[0]?.waitReason, r.virtualNs]).toEqual([
    "global-deadlock",
    "chan receive",
    0,
  ]);
});

test("a timer that nobody waits for hides no deadlock and does not move the clock", async () => {
  const r = await report(function* () {
    newTimer(3_600_000);
    const answer = new Chan<number>();
    const fast = after(5);
    const slow = newTimer(3_600_000);
    yield* select(fast.onRecv(), slow.c.onRecv());
    yield* answer.recv();
  });
  expect([r.verdict, r.virtualNs]).toEqual(["global-deadlock", 5e6]);
});

test("zero and negative durations run out at once [TestZeroTimer]", async () => {
  await run(function* () {
    for (const ms of [0, -1, Number.NEGATIVE_INFINITY]) {
      expect(yield* newTimer(ms).c.recv()).toBe(0);
      expect((yield* select(after(ms).onRecv(), onDefault())).index).toBe(0);
      const timer = newTimer(3_600_000);
      timer.reset(ms);
      expect(yield* timer.c.recv()).toBe(0);
    }
  }, JUMP);
});

test("a huge duration does not overflow into a short one [TestOverflowSleep]", async () => {
  const got = await run(function* () {
    const big = after(Number.POSITIVE_INFINITY);
    const bigger = newTimer(2 ** 63);
    return (yield* select(big.onRecv(), bigger.c.onRecv(), after(25).onRecv())).index;
  }, JUMP);
  expect(got).toBe(2);
});

test("on the real clock, too, a huge duration is long", async () => {
  const got = await run(function* () {
    return (yield* select(after(2 ** 40).onRecv(), after(2).onRecv())).index;
  });
  expect(got).toBe(1);
});

test("an uninitialized Timer panics with Go's texts [TestZeroTimerStopPanics] [TestZeroTimerResetPanics]", () => {
  expect(() => new Timer().stop()).toThrow(new PanicError("time: Stop called on uninitialized Timer"));
  expect(() => new Timer().reset(1)).toThrow(new PanicError("time: Reset called on uninitialized Timer"));
});

test("bad durations name expectation and value", async () => {
  await run(function* () {
    for (const bad of [Number.NaN, "5", undefined, null] as number[]) {
      expect(() => newTimer(bad)).toThrow(`newTimer: expected \`durationMs\` to be a number, got ${bad}`);
      expect(() => after(bad)).toThrow(`after: expected \`durationMs\` to be a number, got ${bad}`);
      expect(() => newTimer(1).reset(bad)).toThrow(
        `reset: expected \`durationMs\` to be a number, got ${bad}`,
      );
    }
  }, JUMP);
});

test("a timer made outside a goroutine is misuse", () => {
  expect(() => newTimer(1)).toThrow("newTimer: called outside a goroutine.");
});

test("the channel has no length and no capacity (1.23) [TestChan]", async () => {
  await run(function* () {
    const timer = newTimer(1);
    yield* sleep(5);
    expect([timer.c.len, timer.c.cap]).toEqual([0, 0]);
    timer.reset(10_000);
    expect(timer.c.tryRecv()).toBeUndefined();
    timer.reset(1);
    yield* sleep(5);
    expect(timer.c.tryRecv()).toEqual({ value: 6, ok: true });
    timer.reset(1);
    yield* sleep(5);
    timer.reset(10_000);
    expect(timer.c.tryRecv()).toBeUndefined();
    expect(timer.stop()).toBe(true);
  }, JUMP);
});

test("asyncTimerChan: the channel has room for one, and old ticks survive stop and reset [TestChan, asynctimerchan=1]", async () => {
  await run(function* () {
    const timer = newTimer(1, { asyncTimerChan: true });
    expect([timer.c.len, timer.c.cap]).toEqual([0, 1]);
    yield* sleep(5);
    expect([timer.c.len, timer.stop(), timer.c.len]).toEqual([1, false, 1]);
    expect(timer.reset(100)).toBe(false);
    expect(timer.c.tryRecv()).toEqual({ value: 1, ok: true }); // stale
    expect(yield* timer.c.recv()).toBe(105);
  }, JUMP);
});

for (const asyncTimerChan of [false, true]) {
  for (const how of ["stop", "reset"] as const) {
    const name = how === "stop" ? "[TestStopResult]" : "[TestResetResult]";
    test(`${how}: false means exactly that a tick can be received, asyncTimerChan ${asyncTimerChan} ${name}`, async () => {
      const seen = await explore(
        function* () {
          const [a, b] = [newTimer(1, { asyncTimerChan }), newTimer(1, { asyncTimerChan })];
          const got = yield* select(a.c.onRecv(), b.c.onRecv());
          const other = got.index === 0 ? b : a;
          const isActive = how === "stop" ? other.stop() : other.reset(3_600_000);
          if (!isActive) yield* other.c.recv();
          return isActive && (how === "reset" || other.c.tryRecv() === undefined) ? "clean" : "drained";
        },
        { schedules: 60, clock: "free" },
      );
      expect(seen.verdict).toBe("ok");
      expect(seen.outcomes.map((o) => o.result)).toEqual([asyncTimerChan ? "drained" : "clean"]);
    });
  }
}

test("explore finds the timeout that beats the answer, and the answer that beats it", async () => {
  const seen = await explore(
    function* () {
      const answer = new Chan<string>(1);
      go(function* () {
        yield* answer.send("answer");
      });
      const got = yield* select(answer.onRecv(), after(1000).onRecv());
      return got.index === 0 ? "answer" : "timeout";
    },
    { schedules: 60 },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual(["answer", "timeout"]);
});

test("explore finds that polling, too, can see the time pass", async () => {
  const seen = await explore(
    function* () {
      const timer = newTimer(1000);
      yield* gosched();
      return timer.c.tryRecv() !== undefined;
    },
    { schedules: 60 },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([false, true]);
});

test("a planted bug is found: draining a timer by hand hangs since Go 1.23", async () => {
  const seen = await explore(
    function* () {
      const timer = newTimer(5);
      yield* sleep(10);
      if (timer.stop()) yield* timer.c.recv(); // the tick is gone: nobody will ever send one
    },
    { schedules: 20 },
  );
  expect(seen.verdict).toBe("global-deadlock");
});

test("many timers that are moved about fire at their last deadline [TestAdjustTimers] (property)", async () => {
  const move = fc.record({
    timer: fc.nat({ max: 9 }),
    what: fc.constantFrom("reset", "stop", "wait"),
    ms: fc.nat({ max: 50 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 40 }), async (moves) => {
      await run(function* () {
        const timers = Array.from({ length: 10 }, () => newTimer(25));
        const dueMs: (number | null)[] = timers.map(() => 25);
        for (const { timer, what, ms } of moves) {
          const isActive = dueMs[timer] !== null;
          if (what === "wait") yield* sleep(ms);
          else if (what === "stop") expect(timers[timer]?.stop()).toBe(isActive);
          else expect(timers[timer]?.reset(ms)).toBe(isActive);
          if (what === "stop") dueMs[timer] = null;
          if (what === "reset") dueMs[timer] = now() + ms;
        }
        yield* sleep(100);
        expect(timers.map((t) => t.c.tryRecv()?.value ?? null)).toEqual(dueMs);
      }, JUMP);
    }),
    { seed: 1, numRuns: 60 },
  );
});
