// From what threads counted to results: checked on records made by hand, so every figure is known.
import { expect, test } from "vitest";
import { collectVariant } from "../../lib/bench/collect.js";
import {
  clearRecorder,
  makeRecorder,
  recordOp,
  type ThreadPlan,
  type ThreadRecord,
} from "../../lib/bench/loop.js";
import { scenario } from "../../lib/bench/scenario.js";

const shape = scenario({
  share: () => [],
  roles: { reader: { threads: 2, rateHz: 100, op() {} }, writer: { threads: 1, op() {} } },
});

/** A record of operations given as [due, begin, end] in ms after the barrier. */
function record(
  role: string,
  index: number,
  ops: readonly (readonly [number, number, number])[],
): ThreadRecord {
  const plan: ThreadPlan = {
    role,
    index,
    threads: 2,
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
    spinMs: 0,
  };
  const r = makeRecorder(plan);
  clearRecorder(r);
  for (const [due, begin, end] of ops) recordOp(r, due, begin, end);
  const { corrected, uncorrected, overTime, sliceMaxNs, spans, spanCount } = r;
  const counted = { corrected, uncorrected, overTime, sliceMaxNs, spans, spanCount };
  return { role, index, ops: ops.length, unserved: 0, elapsedMs: 1000, ...counted };
}

const rounds = [1, 2].map((round) => ({
  round,
  sliceMs: 100,
  records: [
    record("reader", 0, [
      [10, 10, 11],
      [20, 500, 502],
    ]),
    record("reader", 1, [[15, 15, 16]]),
    record("writer", 0, [[250, 250, 750]]),
  ],
}));
const result = collectVariant("shape", shape, rounds);

test("collect: counts, rate and fairness of a role, over all rounds and round by round", () => {
  const { reader } = result.roles as { reader: (typeof result.roles)[string] };
  expect([reader.ops, reader.opsPerThread, reader.opsPerSecond, reader.rateHz]).toEqual([6, [4, 2], 3, 100]);
  expect(reader.jain).toBeCloseTo(0.9, 12);
  expect(result.rounds.map((each) => [each.round, each.elapsedMs, each.roles["reader"]?.ops])).toEqual([
    [1, 1000, 3],
    [2, 1000, 3],
  ]);
});

test("collect: the corrected latency counts from when an operation was due, the uncorrected from its call", () => {
  const reader = result.roles["reader"];
  expect((reader?.corrected.maxNs ?? 0) / 1e6).toBeCloseTo(482, 0);
  expect((reader?.uncorrected.maxNs ?? 0) / 1e6).toBeCloseTo(2, 2);
  expect(reader?.corrected.count).toBe(6);
});

test("collect: a latency stands in the slice in which its operation was due", () => {
  expect(result.roles["reader"]?.overTime).toHaveLength(1);
  const [slice] = result.roles["reader"]?.overTime ?? [];
  expect(slice).toMatchObject({ atMs: 0, ops: 6, maxNs: 482e6 });
  expect((slice?.p50Ns ?? 0) / 1e6).toBeGreaterThanOrEqual(1);
  expect((slice?.p50Ns ?? 0) / 1e6).toBeLessThan(1.07);
  expect(slice?.p99Ns).toBe(482e6);
  expect(result.roles["writer"]?.overTime.map((each) => each.atMs)).toEqual([200]);
});

test("collect: few operations keep their spans, with thread and round", () => {
  expect(result.roles["writer"]?.spans).toEqual([
    { startMs: 250, endMs: 750, thread: 0, round: 1 },
    { startMs: 250, endMs: 750, thread: 0, round: 2 },
  ]);
});

test("collect: with more operations than are kept there are no spans rather than some", () => {
  const many = record(
    "writer",
    0,
    Array.from({ length: 1001 }, (_, i) => [i / 2, i / 2, i / 2 + 0.1] as const),
  );
  const one = collectVariant("shape", shape, [{ round: 1, sliceMs: 100, records: [many] }]);
  expect(one.roles["writer"]?.spans).toBeUndefined();
});

test("collect: how the warm-up went, as the first thread tells it, stands in its round", () => {
  const warmed = { ms: 60, isSteady: true };
  const records = [record("reader", 0, []), { ...record("writer", 0, []), warmed }];
  const one = collectVariant("shape", shape, [{ round: 1, sliceMs: 100, records }]);
  expect(one.rounds[0]?.warmup).toEqual(warmed);
  expect(result.rounds[0]).not.toHaveProperty("warmup");
});

test("collect: the longest bypass of a role of several threads; none of a role of one", () => {
  // Thread 0 waits from 20 to 502 by the schedule, but its call was at 500: nobody passed it.
  expect(result.roles["reader"]?.bypass).toEqual({ longest: 0, seenMs: 2000 });
  expect(result.roles["writer"]?.bypass).toBeUndefined();
});
