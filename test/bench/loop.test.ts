// The measuring loop on a virtual clock: what it counts is then exact, and nothing depends on this machine.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bucketUpperNs } from "../../lib/bench/buckets.js";
import {
  bucketCount,
  closedLoop,
  makeRecorder,
  openLoop,
  recordOp,
  type ThreadPlan,
} from "../../lib/bench/loop.js";
import type { Thread } from "../../lib/threads/index.js";

const READ_MS = 0.0001;
let nowMs = 0;

beforeEach(() => {
  nowMs = 1000;
  vi.stubGlobal("performance", {
    now() {
      nowMs += READ_MS; // reading the clock takes time, or a spinning wait would never end
      return nowMs;
    },
  });
  vi.spyOn(Atomics, "wait").mockImplementation((_cell, _index, _value, timeoutMs) => {
    nowMs += timeoutMs ?? 0;
    return "timed-out";
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const thread = { stopped: () => false } as Thread;

function planOf(some: Partial<ThreadPlan>): ThreadPlan {
  return {
    role: "reader",
    index: 0,
    threads: 1,
    rateHz: 0,
    thinkNs: 0,
    warmupMs: 0,
    warmupMostMs: 0,
    durationMs: 1000,
    ops: 0,
    timeEvery: 1,
    slices: 10,
    spans: 1000,
    dice: { seed: 1, readRatio: 1, holdNs: 0, keys: 1024, zipf: 0 },
    spinMs: 1,
    ...some,
  };
}

function play(loop: typeof openLoop, some: Partial<ThreadPlan>, op: () => void, stop = new Int32Array(1)) {
  const plan = planOf(some);
  const r = makeRecorder(plan);
  r.startMs = nowMs;
  loop(thread, plan, op, r, nowMs + plan.durationMs, stop);
  return r;
}

/** Sorted latencies in ms, as far as the buckets keep them. */
function latenciesMs(table: Int32Array): number[] {
  return [...table].flatMap((count, i) => Array<number>(count).fill(bucketUpperNs(i, 10) / 1e6));
}

const p99 = (sorted: readonly number[]) => sorted[Math.ceil(sorted.length * 0.99) - 1] as number;

test("open loop: a stall of 500 ms in one call is felt by all 500 operations that were due meanwhile", () => {
  let calls = 0;
  const r = play(openLoop, { rateHz: 1000 }, () => {
    nowMs += ++calls === 251 ? 500 : 0.01;
  });
  const corrected = latenciesMs(r.corrected);
  expect(r.ops).toBe(1000);
  expect(corrected).toHaveLength(1000);
  expect(corrected.filter((ms) => ms > 1).length).toBeGreaterThan(495);
  expect(p99(corrected)).toBeGreaterThan(480);
  // The stop-watch around the call saw a single slow one.
  expect(latenciesMs(r.uncorrected).filter((ms) => ms > 1)).toHaveLength(1);
  expect(p99(latenciesMs(r.uncorrected))).toBeLessThan(0.02);
});

test("closed loop: the same stall is a single slow operation (the planted bug that the open loop exists to catch)", () => {
  let calls = 0;
  const r = play(closedLoop, { thinkNs: 1e6 }, () => {
    nowMs += ++calls === 251 ? 500 : 0.01;
  });
  const corrected = latenciesMs(r.corrected);
  expect(corrected.filter((ms) => ms > 1)).toHaveLength(1);
  expect(p99(corrected)).toBeLessThan(0.02);
  expect(r.ops).toBeLessThan(510);
});

test("open loop: the slices show the cliff: who came first waited longest", () => {
  let calls = 0;
  const r = play(openLoop, { rateHz: 1000 }, () => {
    nowMs += ++calls === 251 ? 500 : 0.001;
  });
  const maxMs = [...r.sliceMaxNs].map((ns) => ns / 1e6);
  expect(maxMs[0]).toBeLessThan(0.1);
  expect(maxMs[2]).toBeGreaterThan(499);
  expect(maxMs[5]).toBeLessThan(maxMs[3] as number);
  expect(maxMs[9]).toBeLessThan(0.1);
  const perSlice = bucketCount(4);
  for (let i = 0; i < 10; i++) {
    const slice = r.overTime.subarray(i * perSlice, (i + 1) * perSlice);
    expect(slice.reduce((sum, count) => sum + count, 0)).toBe(100); // 1000 Hz, 100 ms: none is left out
  }
});

test("open loop: with two threads the arrivals of one lie in the middle between those of the other", () => {
  const starts = [0, 1].map((index) => {
    nowMs = 1000;
    const r = play(openLoop, { rateHz: 10, index, threads: 2 }, () => {});
    return [...r.spans.subarray(0, 4)].filter((_, i) => i % 2 === 0).map(Math.round);
  });
  expect(starts).toEqual([
    [25, 125],
    [75, 175],
  ]);
});

test("open loop: who cannot keep up serves what it can in twice the time, and the rest counts as unserved", () => {
  const r = play(openLoop, { rateHz: 1000, durationMs: 2000 }, () => {
    nowMs += 10;
  });
  expect(r.ops).toBeGreaterThan(395);
  expect(r.ops).toBeLessThan(405);
  expect(r.ops + r.unserved).toBe(2000);
  const corrected = latenciesMs(r.corrected);
  expect(corrected).toHaveLength(2000);
  expect(p99(corrected)).toBeGreaterThan(2500);
});

test("closed loop: every operation is counted until the time is up", () => {
  const r = play(closedLoop, {}, () => {
    nowMs += 1 - 2 * READ_MS;
  });
  expect(r.ops).toBe(1000);
  expect(latenciesMs(r.corrected)).toEqual(latenciesMs(r.uncorrected));
});

test("closed loop: think time lies between operations and is no part of a latency", () => {
  const r = play(closedLoop, { thinkNs: 9e6 }, () => {
    nowMs += 1;
  });
  expect(r.ops).toBeGreaterThan(95);
  expect(r.ops).toBeLessThan(102);
  expect(latenciesMs(r.corrected).at(-1)).toBeLessThan(1.01);
});

for (const [name, loop, some] of [
  ["closed loop", closedLoop, {}],
  ["open loop", openLoop, { rateHz: 1000 }],
] as const) {
  test(`${name}: stops after so many operations and tells the others`, () => {
    const stop = new Int32Array(1);
    const r = play(loop, { ...some, ops: 25 }, () => {}, stop);
    expect(r.ops).toBe(25);
    expect(stop[0]).toBe(1);
  });

  test(`${name}: ends when another thread has finished`, () => {
    const stop = new Int32Array(1);
    let calls = 0;
    const r = play(
      loop,
      some,
      () => {
        if (++calls === 10) Atomics.store(stop, 0, 1);
      },
      stop,
    );
    expect(r.ops).toBe(10);
  });
}

test("closed loop: with timeEvery 10 it counts all operations and times one in ten", () => {
  const r = play(closedLoop, { ops: 1000, timeEvery: 10 }, () => {
    nowMs += 0.01;
  });
  expect(r.ops).toBe(1000);
  expect(latenciesMs(r.corrected)).toHaveLength(100);
});

test("recorder: more spans than there is room for are counted but not kept", () => {
  const r = makeRecorder(planOf({ spans: 2 }));
  for (let i = 0; i < 3; i++) recordOp(r, i, i, i + 0.5);
  expect(r.spanCount).toBe(3);
  expect([...r.spans]).toEqual([0, 0.5, 1, 1.5]);
});
