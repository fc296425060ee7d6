// portfolio: strategies in turn over one budget of schedules.
//
// Invariants:
//  I1. A schedule depends on the program, the seed, the strategies and its index only: not on time, not on the budget,
//      not on how many ran before. What strategies need to know of the program comes from the first run of schedule 0.
//  I2. Schedule 0 runs twice; a program that does not do the same thing twice is refused.

import {
  compose,
  type Estimate,
  makeStrategy,
  type Strategy,
  type StrategyName,
  sourceHash,
} from "../runtime/index.js";
import type { ExploreOptions } from "./options.js";
import { Recording } from "./recording.js";
import type { Search, Seen } from "./search.js";
import { PORTFOLIO } from "./strategies.js";

export function strategiesOf(options: ExploreOptions): readonly StrategyName[] {
  return options.strategies ?? (options.strategy === undefined ? PORTFOLIO : [options.strategy]);
}

export class Portfolio<S, T> {
  readonly names: readonly StrategyName[];
  readonly #search: Search<S, T>;
  readonly #strategies: readonly (Strategy | null)[];
  #estimate: Estimate | undefined;

  constructor(search: Search<S, T>) {
    this.#search = search;
    this.names = strategiesOf(search.options);
    this.#strategies = this.names.map((name) => (name === "gmp" ? null : makeStrategy(name)));
  }

  /** Runs schedule 0 for the first time and learns from it (I1). */
  first(): Seen<T> {
    const recording = new Recording();
    const seen = this.run(0, recording);
    this.#estimate = {
      choices: seen.rt.choices.filter((choice) => choice >= 0).length,
      steps: recording.steps(),
      createdBy: recording.createdBy,
    };
    return seen;
  }

  /** Runs schedule number `index`. */
  run(index: number, recording: Recording | null = null): Seen<T> {
    const strategy = this.#strategies[index % this.#strategies.length] as Strategy | null;
    if (strategy === null) return this.#search.runDirect("gmp");
    strategy.begin(this.#search.seed, index, index === 0 ? undefined : this.#estimate);
    return this.#search.run(strategy, compose([recording, this.#search.meetings]));
  }

  /** The text that lets a search go on at schedule `index`. */
  resumeAt(index: number): string {
    return `1.${index.toString(36)}.${this.#fingerprint()}`;
  }

  /**
   * Where `resume` says that the search goes on.
   *
   * @throws {RangeError} `` resume: expected the text that explore() returned, got "…" ``
   */
  startOf(resume: string | undefined): number {
    if (resume === undefined) return 0;
    const m = /^1\.([0-9a-z]+)\.([0-9a-f]{4})$/.exec(resume);
    if (m === null) {
      throw new RangeError(
        `resume: expected the text that explore() returned, got ${JSON.stringify(resume)}`,
      );
    }
    if (m[2] !== this.#fingerprint()) {
      throw new RangeError(
        `resume: belongs to another search (${m[2]}, this one is ${this.#fingerprint()}): program, seed, strategies and clock must be the same`,
      );
    }
    return Number.parseInt(m[1] as string, 36);
  }

  #fingerprint(): string {
    const { hash, seed, clock } = this.#search;
    return sourceHash([hash, seed, clock, ...this.names].join("\n"));
  }
}
