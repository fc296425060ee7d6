import { after, afterFunc, Chan, explore, gosched, now, report, run, select, sleep } from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

test("afterFunc: a body may set the next timer [TestAfterFunc]", async () => {
  const got = await run(function* () {
    const done = new Chan<number>();
    let left = 10;
    const body = function* () {
      if (--left >= 0) afterFunc(0.001, body);
      else yield* done.send(now());
    };
    afterFunc(0, body);
    return yield* done.recv();
  }, JUMP);
  expect(got).toBeCloseTo(0.01, 9);
});

test("FuncTimer.stop: true when it kept the body from starting, and only once [TestAfterStop, impl=func]", async () => {
  const got = await run(function* () {
    let runs = 0;
    const timer = afterFunc(150, function* () {
      runs++;
    });
    const stops = [timer.stop(), timer.stop()];
    yield* sleep(200);
    return [...stops, runs, timer.c];
  }, JUMP);
  expect(got).toEqual([true, false, 0, null]);
});

test("FuncTimer.reset: starts the body again [TestZeroTimer, impl=cache]", async () => {
  const got = await run(function* () {
    const at: number[] = [];
    const timer = afterFunc(10, function* () {
      at.push(now());
    });
    const wasActive = [timer.reset(20)];
    yield* sleep(30);
    wasActive.push(timer.reset(0));
    yield* sleep(1);
    return [...wasActive, ...at];
  }, JUMP);
  expect(got).toEqual([true, false, 20, 30]);
});

test("afterFunc: 100,000 of them start in order", async () => {
  const isSorted = await run(function* () {
    const at: number[] = [];
    for (let i = 0; i < 100_000; i++)
      afterFunc((i * 7919) % 10_007, function* () {
        at.push(now());
      });
    yield* sleep(20_000);
    return at.length === 100_000 && at.every((ms, i) => i === 0 || (at[i - 1] as number) <= ms);
  }, JUMP);
  expect(isSorted).toBe(true);
});

test("afterFunc: what is no function is refused at the call, what is no generator when it is due", async () => {
  await run(function* () {
    expect(() => afterFunc(1, undefined as never)).toThrow(
      "afterFunc: expected `body` to be a generator function, got undefined",
    );
  });
  const r = await report(function* () {
    afterFunc(1, (() => {}) as never);
    yield* sleep(5);
  });
  expect([r.verdict, r.error?.message]).toEqual([
    "misuse",
    "afterFunc: expected the body to be a generator function, got a plain one. Write `function*`.",
  ]);
});

test("explore finds both: the body started, and stop was in time", async () => {
  const seen = await explore(
    function* () {
      const ran = new Chan<boolean>(1);
      const timer = afterFunc(10, function* () {
        yield* ran.send(true);
      });
      yield* gosched();
      const wasStopped = timer.stop();
      const got = wasStopped ? yield* select(ran.onRecv(), after(1000).onRecv()) : undefined;
      return wasStopped ? `stopped, ran: ${got?.index === 0}` : `too late, ran: ${yield* ran.recv()}`;
    },
    { schedules: 60 },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual(["stopped, ran: false", "too late, ran: true"]);
});
