import {
  go,
  newTicker,
  now,
  onDefault,
  PanicError,
  report,
  run,
  select,
  sleep,
  Ticker,
  tick,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

test("newTicker: ticks exactly once per period [TestTicker] [TestTickTimes]", async () => {
  const got = await run(function* () {
    const ticker = newTicker(10);
    const ticks: (number | undefined)[] = [];
    for (let i = 0; i < 5; i++) ticks.push(yield* ticker.c.recv());
    ticker.reset(20);
    for (let i = 0; i < 2; i++) ticks.push(yield* ticker.c.recv());
    ticker.stop();
    yield* sleep(100);
    return [...ticks, ticker.c.tryRecv()];
  }, JUMP);
  expect(got).toEqual([10, 20, 30, 40, 50, 70, 90, undefined]);
});

test("a slow receiver misses ticks: they do not pile up", async () => {
  const got = await run(function* () {
    const { c } = newTicker(10);
    yield* sleep(35);
    return [yield* c.recv(), yield* c.recv(), now(), yield* c.recv()];
  }, JUMP);
  expect(got).toEqual([10, 40, 40, 50]);
});

test("asyncTimerChan: the first missed tick waits in the channel, the others are dropped", async () => {
  const got = await run(function* () {
    const { c } = newTicker(10, { asyncTimerChan: true });
    yield* sleep(35);
    return [c.len, yield* c.recv(), c.len, yield* c.recv(), now()];
  }, JUMP);
  expect(got).toEqual([1, 10, 0, 40, 40]);
});

test("Ticker.stop and reset leave no old tick behind (1.23) [TestChan, Ticker]", async () => {
  await run(function* () {
    const ticker = newTicker(10);
    yield* sleep(15);
    ticker.stop();
    expect(ticker.c.tryRecv()).toBeUndefined();
    ticker.reset(10);
    yield* sleep(15);
    ticker.reset(100);
    expect([ticker.c.tryRecv(), ticker.c.len, ticker.c.cap]).toEqual([undefined, 0, 0]);
    expect(yield* ticker.c.recv()).toBe(130);
  }, JUMP);
});

test("a ticker that nobody waits for hides no deadlock, in neither form", async () => {
  for (const asyncTimerChan of [false, true]) {
    const r = await report(function* () {
      newTicker(1, { asyncTimerChan });
      yield* select();
    });
    expect(r.verdict).toBe("global-deadlock");
  }
});

test("a stopped ticker is not closed: whoever ranges over it waits for ever", async () => {
  const r = await report(function* () {
    const ticker = newTicker(10);
    let n = 0;
    yield* ticker.c.forEach(function* () {
      if (++n === 3) ticker.stop();
    });
  });
  expect([r.verdict, r.virtualNs]).toEqual(["global-deadlock", 30e6]);
});

test("each tick wakes one of many that wait, first come, first served [TestMultiWakeupTicker]", async () => {
  const got = await run(function* () {
    const { c } = newTicker(1);
    const wg = new WaitGroup();
    const seen: string[] = [];
    for (let i = 0; i < 4; i++)
      wg.go(function* () {
        for (let round = 0; round < 2; round++) seen.push(`${i}@${yield* c.recv()}`);
      });
    yield* wg.wait();
    return seen;
  }, JUMP);
  expect(got).toEqual(["0@1", "1@2", "2@3", "3@4", "0@5", "1@6", "2@7", "3@8"]);
});

test("a thousand tickers come and go [TestTickerStress]", async () => {
  await run(function* () {
    let isStopped = false;
    go(function* () {
      for (let i = 0; i < 1000; i++) {
        newTicker(0.000001);
        yield* sleep(0.001);
      }
      isStopped = true;
    });
    while (!isStopped) yield* sleep(0.01);
  }, JUMP);
});

test("tick: a ticker's channel; the nil channel for zero and less [TestTick]", async () => {
  await run(function* () {
    expect(yield* tick(10).recv()).toBe(10);
    expect((yield* select(tick(0).onRecv(), tick(-1).onRecv(), onDefault())).index).toBe(2);
  }, JUMP);
});

test("a period that is not positive panics with Go's text [TestNewTickerLtZeroDuration] [TestTickerResetLtZeroDuration]", async () => {
  await run(function* () {
    for (const ms of [0, -1]) {
      expect(() => newTicker(ms)).toThrow(new PanicError("non-positive interval for NewTicker"));
      expect(() => newTicker(1).reset(ms)).toThrow(new PanicError("non-positive interval for Ticker.Reset"));
    }
    expect(() => newTicker(Number.NaN)).toThrow("newTicker: expected `durationMs` to be a number, got NaN");
    expect(() => tick(Number.NaN)).toThrow("tick: expected `durationMs` to be a number, got NaN");
  });
});

test("an uninitialized Ticker can be stopped but not reset [TestTickerStopWithDirectInitialization]", () => {
  new Ticker().stop();
  expect(() => new Ticker().reset(1)).toThrow(new PanicError("time: Reset called on uninitialized Ticker"));
});

test("a huge period does not overflow [TestOverflowPeriodRuntimeTimer]", async () => {
  await run(function* () {
    const ticker = newTicker(Number.MAX_VALUE);
    yield* sleep(1e9);
    expect(ticker.c.tryRecv()).toBeUndefined();
  }, JUMP);
});
