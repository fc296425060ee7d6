// Made-up measurements and reports, type-correct and the same on every machine, for the tests and the gallery.
import type {
  Comparison,
  LatencyData,
  RoleResult,
  SpanData,
  TimeSlice,
  VariantResult,
} from "../../lib/stats/index.js";

/** A small seeded generator (mulberry32): numbers from 0 to 1. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A latency distribution from samples in ns, with buckets of three significant digits. */
export function latencyOf(samples: readonly number[]): LatencyData {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
  const buckets = new Map<number, number>();
  for (const s of sorted) {
    const bucket = Number(s.toPrecision(2));
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return {
    count: sorted.length,
    minNs: sorted[0] ?? 0,
    maxNs: sorted[sorted.length - 1] ?? 0,
    meanNs: sorted.reduce((a, b) => a + b, 0) / Math.max(1, sorted.length),
    p50Ns: at(0.5),
    p90Ns: at(0.9),
    p99Ns: at(0.99),
    p999Ns: at(0.999),
    buckets: [...buckets].sort((a, b) => a[0] - b[0]),
  };
}

interface Held {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Readers at 1000 Hz for three seconds; during `held` everybody waits until its end. */
function reader(held: Held | undefined, seed: number): RoleResult {
  const random = seeded(seed);
  const corrected: number[] = [];
  const uncorrected: number[] = [];
  const perSlice = new Map<number, number[]>();
  for (let ms = 0; ms < 3000; ms++) {
    const call = 600 + 900 * random() ** 6 * 40 + 300 * random();
    const waits = held !== undefined && ms >= held.fromMs && ms < held.toMs;
    const ns = waits ? (held.toMs - ms) * 1e6 + call : call;
    corrected.push(ns);
    uncorrected.push(waits && ms > held.fromMs ? call : ns);
    const slice = Math.floor(ms / 50) * 50;
    perSlice.set(slice, [...(perSlice.get(slice) ?? []), ns]);
  }
  const overTime = [...perSlice].map(([atMs, list]): TimeSlice => {
    const d = latencyOf(list);
    return { atMs, ops: list.length, p50Ns: d.p50Ns, p99Ns: d.p99Ns, maxNs: d.maxNs };
  });
  const half = Math.floor(corrected.length / 2);
  return {
    role: "reader",
    threads: 1,
    ops: corrected.length,
    opsPerSecond: 1000 - seed,
    rateHz: 1000,
    corrected: latencyOf(corrected),
    uncorrected: latencyOf(uncorrected),
    overTime,
    opsPerThread: [half, corrected.length - half],
    jain: 0.998,
  };
}

function reload(held: Held): RoleResult {
  const span: SpanData = { startMs: held.fromMs, endMs: held.toMs, thread: 0, round: 1 };
  const one = latencyOf([(held.toMs - held.fromMs) * 1e6]);
  return {
    role: "reload",
    threads: 1,
    ops: 1,
    opsPerSecond: 0.33,
    corrected: one,
    uncorrected: one,
    overTime: [],
    opsPerThread: [1],
    jain: 1,
    spans: [span],
  };
}

function variant(name: string, isStalling: boolean, seed: number): VariantResult {
  const held = { fromMs: 1000, toMs: 2100 };
  const rounds = [1, 2, 3].map((round) => ({
    round,
    elapsedMs: 3000,
    roles: { reader: reader(isStalling ? held : undefined, seed + round * 7), reload: reload(held) },
  }));
  return { name, roles: rounds[0]!.roles, rounds };
}

/** The incident: readers behind a lock that a reload holds for 1.1 s, and behind a snapshot. */
export function incident(): Comparison {
  made ??= make();
  return made;
}

let made: Comparison | undefined;

function make(): Comparison {
  return {
    kind: "contend",
    parameters: { durationMs: 3000, rounds: 3 },
    variants: [variant("rwmutex", true, 1), variant("snapshot", false, 2)],
    ratios: [
      {
        a: "rwmutex",
        b: "snapshot",
        role: "reader",
        metric: "corrected p99",
        ratio: 41_200,
        low: 30_100,
        high: 52_300,
        decision: "B faster",
      },
    ],
    noise: {
      spread: 0.03,
      longestGapMs: 6,
      isNoisy: false,
      note: "The machine was quiet: a spin loop varied by 3%, longest gap 6 ms.",
    },
    environment: {
      cores: 2,
      cpu: "Example CPU",
      node: "v20.20.2",
      flags: [],
      platform: "linux x64",
      atIso: "2026-01-01T00:00:00.000Z",
      mode: "quick",
    },
  };
}
