// Collect: from what the threads counted to the results of a round, and from rounds to a variant.
import {
  Histogram,
  jainIndex,
  type RoleResult,
  type SpanData,
  type TimeSlice,
  type VariantResult,
  type WarmupData,
} from "../stats/index.js";
import type { Shareable } from "../threads/index.js";
import { bucketUpperNs, COARSE_BITS, FINE_BITS } from "./buckets.js";
import { bypassOf } from "./bypass.js";
import type { SoFar } from "./live.js";
import { bucketCount } from "./loop.js";
import { FEW_OPS } from "./plan.js";
import type { Role, Scenario } from "./scenario.js";
import type { ThreadRecord } from "./threadplan.js";

/** The records of one round of one variant. */
export interface RoundRecords {
  readonly round: number;
  /** Length of a slice in ms. */
  readonly sliceMs: number;
  readonly records: readonly ThreadRecord[];
}

/** Turns all rounds of a variant into its result. */
export function collectVariant(
  name: string,
  scenario: Scenario,
  rounds: readonly RoundRecords[],
): VariantResult {
  const roles = Object.entries(scenario.roles);
  const collect = (some: readonly RoundRecords[]): Record<string, RoleResult> =>
    Object.fromEntries(roles.map(([role, spec]) => [role, collectRole(role, spec, some)]));
  return {
    name,
    roles: collect(rounds),
    rounds: rounds.map((round) => ({
      round: round.round,
      elapsedMs: Math.max(...round.records.map((record) => record.elapsedMs)),
      ...warmupOf(round.records),
      roles: collect([round]),
    })),
  };
}

function warmupOf(records: readonly ThreadRecord[]): { warmup?: WarmupData } {
  const warmup = records.find(({ warmed }) => warmed !== undefined)?.warmed;
  return warmup === undefined ? {} : { warmup };
}

function collectRole(role: string, spec: Role<Shareable[]>, rounds: readonly RoundRecords[]): RoleResult {
  const mine = rounds.map((round) => ({
    ...round,
    records: round.records.filter((record) => record.role === role),
  }));
  const records = mine.flatMap((round) => round.records);
  const opsPerThread = Array.from({ length: spec.threads }, (_, i) => {
    return records.reduce((sum, record) => sum + (record.index === i ? record.ops : 0), 0);
  });
  const ops = opsPerThread.reduce((sum, each) => sum + each, 0);
  const seconds = mine.reduce((sum, round) => sum + roundSeconds(round.records), 0);
  const unserved = records.reduce((sum, record) => sum + record.unserved, 0);
  const spans = spansOf(mine);
  const bypass = bypassOf(mine);
  const retries = records.reduce((sum, record) => sum + (record.retries ?? 0), 0);
  return {
    role,
    threads: spec.threads,
    ops,
    opsPerSecond: ops / seconds,
    ...(spec.rateHz === undefined ? {} : { rateHz: spec.rateHz }),
    corrected: histogramOf(records.map((record) => record.corrected)).toData(),
    uncorrected: histogramOf(records.map((record) => record.uncorrected)).toData(),
    overTime: slicesOf(mine),
    opsPerThread,
    jain: jainIndex(opsPerThread),
    ...(bypass === undefined ? {} : { bypass }),
    ...(spans === undefined ? {} : { spans }),
    ...(unserved === 0 ? {} : { unserved }),
    ...(retries === 0 ? {} : { retries }),
    ...usedBy(records, spec.threads),
  };
}

/** Processor time by thread and wake-ups, where every thread of every round could tell. */
function usedBy(records: readonly ThreadRecord[], threads: number): Partial<RoleResult> {
  if (records.length === 0 || records.some(({ cpuNs }) => cpuNs === undefined)) return {};
  const cpuMsPerThread = Array.from({ length: threads }, (_, i) =>
    records.reduce((sum, record) => sum + (record.index === i ? (record.cpuNs ?? 0) / 1e6 : 0), 0),
  );
  if (records.some(({ sleeps }) => sleeps === undefined)) return { cpuMsPerThread };
  return { cpuMsPerThread, wakeUps: records.reduce((sum, { sleeps = 0 }) => sum + sleeps, 0) };
}

/** Returns the throughput of every role of every variant in the rounds that are done, without making a result of them. */
export function throughputSoFar(
  rounds: Readonly<
    Record<
      string,
      readonly { readonly records: readonly Pick<ThreadRecord, "role" | "ops" | "elapsedMs">[] }[]
    >
  >,
): SoFar[] {
  return Object.entries(rounds).flatMap(([variant, done]) => {
    const roles = [...new Set(done.flatMap(({ records }) => records.map(({ role }) => role)))];
    return roles.map((role) => {
      const perSecond = done.map(({ records }) => {
        const mine = records.filter((record) => record.role === role);
        return mine.reduce((sum, { ops }) => sum + ops, 0) / roundSeconds(mine);
      });
      return { variant, role, perSecond };
    });
  });
}

/** The last thread of a role decides how long the role took. */
function roundSeconds(records: readonly Pick<ThreadRecord, "elapsedMs">[]): number {
  return Math.max(...records.map((record) => record.elapsedMs)) / 1000;
}

function histogramOf(tables: readonly Int32Array[]): Histogram {
  const histogram = new Histogram();
  for (const table of tables) {
    for (let i = 0; i < table.length; i++) {
      const count = table[i] as number;
      if (count > 0) histogram.record(bucketUpperNs(i, FINE_BITS), count);
    }
  }
  return histogram;
}

/** Latency over time: slice by slice, all threads and rounds laid over each other. Empty slices are left out. */
function slicesOf(rounds: readonly RoundRecords[]): TimeSlice[] {
  const records = rounds.flatMap((round) => round.records);
  const size = bucketCount(COARSE_BITS);
  const slices: TimeSlice[] = [];
  const length = records[0]?.sliceMaxNs.length ?? 0;
  for (let i = 0; i < length; i++) {
    const table = new Float64Array(size);
    for (const { overTime } of records) {
      for (let at = 0; at < size; at++) table[at] = table[at]! + overTime[i * size + at]!;
    }
    const ops = table.reduce((sum, count) => sum + count, 0);
    if (ops === 0) continue;
    const maxNs = Math.max(...records.map((record) => record.sliceMaxNs[i]!));
    slices.push({
      atMs: i * (rounds[0]?.sliceMs ?? 0),
      ops,
      p50Ns: Math.min(maxNs, percentileOf(table, ops, 0.5)),
      p99Ns: Math.min(maxNs, percentileOf(table, ops, 0.99)),
      maxNs,
    });
  }
  return slices;
}

/** The upper end of the coarse bucket at or below which `share` of the operations lie. */
function percentileOf(table: Float64Array, ops: number, share: number): number {
  let seen = 0;
  const index = table.findIndex((count) => {
    seen += count;
    return seen >= ops * share;
  });
  return bucketUpperNs(index, COARSE_BITS);
}

function spansOf(rounds: readonly RoundRecords[]): SpanData[] | undefined {
  const spans: SpanData[] = [];
  for (const { round, records } of rounds) {
    for (const { index, spans: times, spanCount } of records) {
      if (spanCount > FEW_OPS) return undefined;
      for (let i = 0; i < spanCount; i++) {
        const [startMs, endMs] = [times[2 * i] as number, times[2 * i + 1] as number];
        spans.push({ startMs, endMs, thread: index, round });
      }
    }
  }
  return spans;
}
