// Results: what a run of the benchmark leaves behind, raw samples included. Plain data, one JSON file.

import type { ClockName } from "./measure.js";

/** One process of one contestant. */
export interface Sample {
  readonly round: number;
  /** Nanoseconds, milliseconds or bytes per operation, as the row's unit says. */
  readonly value: number;
  /** What a turn of an arithmetic loop took in the same process; Node's processes only. */
  readonly calibrationNs?: number;
}

/** All processes of one contestant in one row. */
export interface Entry {
  readonly samples: readonly Sample[];
  /** Why a process of it gave nothing, if one did. */
  readonly failure?: string;
}

/** `lib`, `go1`, `go2`, or the name of a peer, with its entry. */
export type RowEntries = Readonly<Record<string, Entry>>;

export interface Environment {
  readonly cores: number;
  readonly cpu: string;
  readonly platform: string;
  readonly node: string;
  /** Undefined when Go took no part. */
  readonly go?: string;
  readonly commit?: string;
  readonly atIso: string;
}

export interface Parameters {
  readonly rounds: number;
  /** The time that each process measures for, after warming up. */
  readonly budgetMs: number;
  readonly clock: ClockName;
  /** The peers' exact versions; empty when none took part. */
  readonly peers: Readonly<Record<string, string>>;
}

export interface Results {
  readonly version: 1;
  readonly environment: Environment;
  readonly parameters: Parameters;
  readonly rows: Readonly<Record<string, RowEntries>>;
}

/** Contestants that are no peers. */
export const OURS = "lib";
export const GO1 = "go1";
export const GO2 = "go2";
/** Node itself, without a package: a rival, but no npm peer. */
export const HOST = "node";

/**
 * Reads what `JSON.stringify(results)` wrote.
 *
 * @throws {TypeError} `<where>: expected the results of npm run bench, got …`
 */
export function parseResults(text: string, where: string): Results {
  const value: unknown = JSON.parse(text);
  if (typeof value === "object" && value !== null && "version" in value && value.version === 1)
    return value as Results;
  throw new TypeError(`${where}: expected the results of npm run bench, got ${text.slice(0, 60)}`);
}
