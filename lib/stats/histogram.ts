// Histogram: latencies in a high dynamic range histogram, and the plain data that leaves it.
//
// Invariants:
//  I1. Count, minimum, maximum and mean are exact; a percentile is at most 0.1% too high, never too low.
//  I2. The buckets of `toData` are at most 0.8% wide, so data of many rounds stays small.
//
// Source: Gil Tene's HdrHistogram, through hdr-histogram-js. Differs: it counts in picoseconds, because an
// uncontended operation takes a few nanoseconds and a whole nanosecond would be a step of 20%. One file of it is loaded: all
// of it would add to the globals, which fails where a check has frozen them.
import hdrHistogram from "hdr-histogram-js/dist/Float64Histogram.js";
import type { LatencyData } from "./comparison.js";

/** A module of CommonJS: Node gives its exports, a bundler may give their default. */
const Recorder =
  (hdrHistogram as Partial<typeof hdrHistogram>).default ??
  (hdrHistogram as unknown as typeof hdrHistogram.default);

const PS_PER_NS = 1000;
const DIGITS = 3;
/** 2^52 ps: about 75 minutes. Longer values are counted as this one; the exact maximum is kept beside it. */
const LONGEST_PS = 2 ** 52;

/** Collects latencies in nanoseconds. A new histogram is empty. */
export class Histogram {
  readonly #hdr = new Recorder(1, LONGEST_PS, DIGITS);
  /** Count by upper end in ps. Kept beside, because walking all of hdr's buckets takes a millisecond. */
  readonly #buckets = new Map<number, number>();
  #minNs = Number.POSITIVE_INFINITY;
  #maxNs = 0;
  #sumNs = 0;

  /** Number of recorded values. */
  get count(): number {
    return this.#hdr.totalCount;
  }

  /**
   * Records `count` values of `ns` nanoseconds each (fractions allowed).
   *
   * **Cost:** O(1), about 50 ns: for the side that collects, not for a measured loop.
   *
   * @throws {RangeError} `` Histogram: expected `ns` to be a finite number >= 0, got -1 ``
   * @throws {RangeError} `` Histogram: expected `count` to be an integer >= 1, got 0 ``
   */
  record(ns: number, count = 1): void {
    if (!(ns >= 0 && ns < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`Histogram: expected \`ns\` to be a finite number >= 0, got ${ns}`);
    }
    if (!(Number.isSafeInteger(count) && count >= 1)) {
      throw new RangeError(`Histogram: expected \`count\` to be an integer >= 1, got ${count}`);
    }
    const ps = Math.min(Math.round(ns * PS_PER_NS), LONGEST_PS - 1);
    this.#hdr.recordValueWithCount(ps, count);
    this.#count(bucketEnd(ps), count);
    this.#minNs = Math.min(this.#minNs, ns);
    this.#maxNs = Math.max(this.#maxNs, ns);
    this.#sumNs += ns * count;
  }

  /** Adds all values of `other`. */
  add(other: Histogram): void {
    if (other.count === 0) return;
    this.#hdr.add(other.#hdr);
    for (const [upperPs, count] of other.#buckets) this.#count(upperPs, count);
    this.#minNs = Math.min(this.#minNs, other.#minNs);
    this.#maxNs = Math.max(this.#maxNs, other.#maxNs);
    this.#sumNs += other.#sumNs;
  }

  /** Returns the value in ns below or at which `percentile` percent (0 to 100) of the values lie; 0 when empty. */
  percentileNs(percentile: number): number {
    if (this.count === 0) return 0;
    // The upper edge of a bucket may lie above everything that was recorded.
    return Math.min(this.#hdr.getValueAtPercentile(percentile) / PS_PER_NS, this.#maxNs);
  }

  /** Returns the distribution as plain data; all zeros when nothing was recorded. */
  toData(): LatencyData {
    const { count } = this;
    return {
      count,
      minNs: count === 0 ? 0 : this.#minNs,
      maxNs: this.#maxNs,
      meanNs: count === 0 ? 0 : this.#sumNs / count,
      p50Ns: this.percentileNs(50),
      p90Ns: this.percentileNs(90),
      p99Ns: this.percentileNs(99),
      p999Ns: this.percentileNs(99.9),
      buckets: this.#sortedBuckets(),
    };
  }

  #count(upperPs: number, count: number): void {
    this.#buckets.set(upperPs, (this.#buckets.get(upperPs) ?? 0) + count);
  }

  #sortedBuckets(): [number, number][] {
    return [...this.#buckets]
      .sort(([a], [b]) => a - b)
      .map(([upperPs, count]) => [Math.min(upperPs / PS_PER_NS, this.#maxNs), count]);
  }
}

/** The upper end of the bucket of 128 per power of two that holds `ps`. I2 */
function bucketEnd(ps: number): number {
  const width = 2 ** Math.max(0, Math.floor(Math.log2(ps + 1)) - 7);
  return (Math.floor(ps / width) + 1) * width - 1;
}

/**
 * Merges distributions, as of several rounds. Count, minimum, maximum and mean stay exact; percentiles come
 * from the buckets and are at most 1% too high.
 */
export function mergeLatency(parts: readonly LatencyData[]): LatencyData {
  const all = new Histogram();
  for (const part of parts) for (const [upperNs, count] of part.buckets) all.record(upperNs, count);
  const merged = all.toData();
  const filled = parts.filter((part) => part.count > 0);
  if (filled.length === 0) return merged;
  return {
    ...merged,
    minNs: Math.min(...filled.map((part) => part.minNs)),
    maxNs: Math.max(...filled.map((part) => part.maxNs)),
    meanNs: filled.reduce((sum, part) => sum + part.meanNs * part.count, 0) / merged.count,
  };
}
