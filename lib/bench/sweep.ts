// Sweep: the same variants over a range of one parameter, as tidy data: a row for each value, variant, role and round.
//
// Invariants:
//  I1. All values and variants alternate in every round: a machine that grows slower by and by bends no curve.
//  I2. A row is a round. Nothing is averaged before it is stored.
//
// Rejected: one measurement after the other, value by value, which draws the machine's mood as a curve.
import { decide, type EnvironmentData, median, type NoiseData, ratioOfMedians } from "../stats/index.js";
import type { Shareable } from "../threads/index.js";
import { contend } from "./contend.js";
import { cores } from "./environment.js";
import type { ContendOptions } from "./plan.js";
import { type Scenario, threadsOf, type Variants } from "./scenario.js";

/** One round of one role of one variant at one value. */
export interface SweepRow {
  readonly value: number;
  readonly variant: string;
  readonly role: string;
  readonly round: number;
  /** All threads of the scenario. More than cores take turns. */
  readonly threads: number;
  readonly opsPerSecond: number;
  /** Corrected for coordinated omission, in ns. */
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly jain: number;
}

/** What {@link sweep} leaves behind. Plain data. */
export interface SweepResult {
  readonly kind: "sweep";
  /** What the values are, for people: `read ratio`. */
  readonly name: string;
  readonly values: readonly number[];
  readonly variants: readonly string[];
  readonly rows: readonly SweepRow[];
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly noise: NoiseData;
  readonly environment: EnvironmentData;
}

/** What is drawn and judged of a sweep. */
export type SweepMetric = "opsPerSecond" | "p50Ns" | "p99Ns";

/** One value of a curve: the median of the rounds with its 95% interval. */
export interface SweepPoint {
  readonly value: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

/** Which part of a sweep is meant. Defaults: the first role, `opsPerSecond`. */
export interface SweepOf {
  readonly role?: string;
  readonly metric?: SweepMetric;
}

/**
 * Measures variants at each of `values` on real threads: `at(value)` returns the scenarios for one, as `contend` takes them.
 * Whatever can be written down can be swept: threads, share of reads, hold time, shards, capacity.
 *
 * **Cost:** rounds * values * variants * (warmupMs + durationMs).
 * **Limits:** as `contend`. Threads beyond cores are allowed; the row says how many there were.
 *
 * @throws {RangeError} `` sweep: expected `values` to be two or more different numbers, got 1 ``
 * @throws {RangeError} `` sweep: at 4: expected the variants a, b as at 2, got a ``
 * @example
 * const counted = await sweep("threads", [1, 2], (threads) => ({
 *   atomic: scenario({ share: () => [new Int32Array(new SharedArrayBuffer(4))],
 *     roles: { adder: { threads, op: (_t, cell) => void Atomics.add(cell, 0, 1) } } }),
 *   counter: scenario({ share: () => [new Counter()],
 *     roles: { adder: { threads, op: (_t, counter) => counter.add() } } }),
 * }), { durationMs: 30, warmupMs: 10, rounds: 3 });
 * console.log(sweepPoints(counted, "atomic").map(({ value }) => value)); // prints: [ 1, 2 ]
 */
export async function sweep<V extends Record<string, [] | Shareable[]>>(
  name: string,
  values: readonly number[],
  at: (value: number) => Variants<V>,
  options: Omit<ContendOptions, "baseline"> = {},
): Promise<SweepResult> {
  if (values.length < 2 || new Set(values).size < values.length || !values.every(Number.isFinite)) {
    throw new RangeError(
      `sweep: expected \`values\` to be two or more different numbers, got ${values.length === 1 ? 1 : values.join(", ")}`,
    );
  }
  const scenarios = new Map<string, { value: number; variant: string; scenario: Scenario }>();
  let variants: readonly string[] | undefined;
  for (const value of values) {
    const here: Readonly<Record<string, Scenario>> = at(value);
    const names = Object.keys(here);
    variants ??= names;
    if (names.join() !== variants.join()) {
      throw new RangeError(
        `sweep: at ${value}: expected the variants ${variants.join(", ")} as at ${values[0]}, got ${names.join(", ")}`,
      );
    }
    for (const variant of names) {
      scenarios.set(`${variant}, ${name} ${value}`, { value, variant, scenario: here[variant] as Scenario });
    }
  }
  const all = Object.fromEntries([...scenarios].map(([key, { scenario }]) => [key, scenario]));
  const { variants: measured, parameters, noise, environment } = await contend(all, options); // I1
  const rows = measured.flatMap(({ name: key, rounds }): SweepRow[] => {
    const { value, variant, scenario } = scenarios.get(key) as {
      value: number;
      variant: string;
      scenario: Scenario;
    };
    const threads = threadsOf(scenario);
    return rounds.flatMap(({ round, roles }) =>
      Object.values(roles).map(({ role, opsPerSecond, corrected: { p50Ns, p99Ns }, jain }) => {
        return { value, variant, role, round, threads, opsPerSecond, p50Ns, p99Ns, jain };
      }),
    );
  });
  const { baseline: _, threads, ...kept } = parameters;
  const sizes = { ...kept, mostThreads: threads ?? 0, cores: cores() };
  return {
    kind: "sweep",
    name,
    values: [...values],
    variants: variants ?? [],
    rows,
    parameters: sizes,
    noise,
    environment,
  };
}

/**
 * The curve of one variant: a point for each value, by the median of its rounds with a 95% bootstrap interval. Where nothing was done
 * in some round, and with fewer than three, the interval is the extremes.
 *
 * @throws {RangeError} `sweepPoints: expected a variant of a, b, got "c"`
 */
export function sweepPoints(result: SweepResult, variant: string, of: SweepOf = {}): SweepPoint[] {
  return result.values.map((value) => {
    const samples = samplesOf(result, variant, value, of, "sweepPoints");
    return { value, ...intervalOf(samples), rounds: samples.length };
  });
}

function intervalOf(samples: readonly number[]): Pick<SweepPoint, "median" | "low" | "high"> {
  if (samples.some((sample) => sample <= 0)) {
    return { median: median(samples), low: Math.min(...samples), high: Math.max(...samples) };
  }
  const { ratio, low, high } = ratioOfMedians(
    samples,
    samples.map(() => 1),
  );
  return { median: ratio, low, high };
}

/** Who is best at each value: the variant that the rule of `contend` calls faster than every other one; undefined where it tells none. */
export function sweepBest(
  result: SweepResult,
  of: SweepOf = {},
): { value: number; best: string | undefined }[] {
  const better = (of.metric ?? "opsPerSecond") === "opsPerSecond" ? "more" : "less";
  return result.values.map((value) => {
    const best = result.variants.find((a) =>
      result.variants.every((b) => {
        if (a === b) return true;
        const [ours, theirs] = [a, b].map((each) => samplesOf(result, each, value, of, "sweepBest")) as [
          number[],
          number[],
        ];
        if (![...ours, ...theirs].every((sample) => sample > 0)) return false;
        const interval = ratioOfMedians(ours, theirs);
        return decide({ interval, noise: result.noise, better }) === "A faster";
      }),
    );
    return { value, best };
  });
}

/** Where a curve bends, with how far the rounds by themselves disagree. */
export interface Knee {
  /** One of the sweep's values. */
  readonly value: number;
  /** The least and the largest of the knees of single rounds. */
  readonly low: number;
  readonly high: number;
  /** How far the bend lies off the straight line between the ends, as a share of the whole height: 0 is a line, 1 a corner. */
  readonly bend: number;
}

/** Below this the curve is a straight line for practical purposes. */
const LEAST_BEND = 0.15;

/**
 * Finds the knee of a variant's curve: the value that lies farthest off the straight line between the curve's ends.
 * Undefined when there is none: with fewer than three values, a flat curve or a straight one.
 *
 * Source: Satopää, Albrecht, Irwin, Raghavan, "Finding a Kneedle in a Haystack" (2011); for curves that bend once, on the values as
 * they stand, so sweep powers of two by their exponent or choose even steps.
 */
export function sweepKnee(result: SweepResult, variant: string, of: SweepOf = {}): Knee | undefined {
  const points = sweepPoints(result, variant, of);
  const whole = bendOf(points.map(({ value, median }) => [value, median]));
  if (whole === undefined || whole.bend < LEAST_BEND) return undefined;
  const rounds = Math.min(...points.map((point) => point.rounds));
  const knees = Array.from({ length: rounds }, (_, round) =>
    bendOf(
      result.values.map((value) => [
        value,
        samplesOf(result, variant, value, of, "sweepKnee")[round] as number,
      ]),
    ),
  ).flatMap((each) => (each === undefined ? [] : [each.value]));
  return { ...whole, low: Math.min(whole.value, ...knees), high: Math.max(whole.value, ...knees) };
}

/** The point farthest from the chord, with both axes stretched to 1. */
function bendOf(curve: readonly (readonly [number, number])[]): { value: number; bend: number } | undefined {
  const sorted = [...curve].sort(([a], [b]) => a - b);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (sorted.length < 3 || first === undefined || last === undefined) return undefined;
  const heights = sorted.map(([, y]) => y);
  const height = Math.max(...heights) - Math.min(...heights);
  if (height <= Math.max(...heights.map(Math.abs)) * FLAT) return undefined;
  let most = { value: first[0], bend: 0 };
  for (const [x, y] of sorted) {
    const chord = first[1] + ((last[1] - first[1]) * (x - first[0])) / (last[0] - first[0]);
    const bend = Math.abs(y - chord) / height;
    if (bend > most.bend) most = { value: x, bend };
  }
  return most.bend === 0 ? undefined : most;
}

/** A curve that changes by less than this is flat. */
const FLAT = 0.1;

function samplesOf(result: SweepResult, variant: string, value: number, of: SweepOf, call: string): number[] {
  if (!result.variants.includes(variant)) {
    throw new RangeError(
      `${call}: expected a variant of ${result.variants.join(", ")}, got ${JSON.stringify(variant)}`,
    );
  }
  const role = sweepRole(result, of.role, call);
  const metric = of.metric ?? "opsPerSecond";
  return result.rows
    .filter((row) => row.variant === variant && row.value === value && row.role === role)
    .sort((a, b) => a.round - b.round)
    .map((row) => row[metric]);
}

/** The role that is meant: the one asked for, else the first. @throws {RangeError} naming the roles there are */
export function sweepRole(result: SweepResult, role: string | undefined, call: string): string {
  const roles = [...new Set(result.rows.map((row) => row.role))];
  const chosen = role ?? roles[0] ?? "";
  if (!roles.includes(chosen)) {
    throw new RangeError(
      `${call}: expected \`role\` to be one of ${roles.join(", ")}, got ${JSON.stringify(role)}`,
    );
  }
  return chosen;
}
