// Timers: made and stopped, alone or among ten thousand; a hundred thousand that fire.
import { afterFunc, type Go, newTimer, run, type Timer, WaitGroup } from "happens-before";
import type { Row } from "../row.js";

const HOUR_MS = 3_600_000;
const OTHERS = 10_000;
/** So many at a time that making the others does not count. */
const AMONG = 100_000;
const WAVE = 100_000;

function* createStop(n: number): Go<number> {
  let stopped = 0;
  for (let i = 0; i < n; i++) if (newTimer(HOUR_MS).stop()) stopped++;
  return stopped;
}

function* createStopAmong(n: number): Go<number> {
  const others: Timer[] = [];
  for (let i = 0; i < OTHERS; i++) others.push(newTimer(HOUR_MS + i));
  const stopped = yield* createStop(n * AMONG);
  for (const timer of others) timer.stop();
  return stopped;
}

function* fire(times: number): Go<number> {
  let fired = 0;
  const wg = new WaitGroup();
  function* done(): Go {
    fired++;
    wg.done();
  }
  for (let wave = 0; wave < times; wave++) {
    wg.add(WAVE);
    for (let i = 0; i < WAVE; i++) afterFunc(1, done);
    yield* wg.wait();
  }
  return fired;
}

export const timers: readonly Row[] = [
  {
    name: "timer.create.stop",
    unit: "ns",
    what: "newTimer of an hour, then stop",
    target: 0.6,
    batch: 1,
    run: (n) => run(() => createStop(n)),
    expected: (n) => n,
  },
  {
    name: "timer.create.stop.10k",
    unit: "ns",
    what: "the same while 10,000 other timers are pending",
    target: 0.6,
    batch: AMONG,
    run: (n) => run(() => createStopAmong(n)),
    expected: (n) => n * AMONG,
  },
  {
    name: "timer.afterfunc.fire100k",
    unit: "ns",
    what: "one of 100,000 afterFunc of 1 ms, made, fired and waited for, on the real clock",
    target: 0.4,
    batch: WAVE,
    run: (times) => run(() => fire(times)),
    expected: (times) => times * WAVE,
  },
];
