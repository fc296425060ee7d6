// Strategy: who runs next. Everything in a controlled run that chooses goes through one of these.
//
// Source: the plug-in shape is that of shuttle (Rust). Controlled runs ask at every announced operation;
// direct runs ask only for data choices (which ready select case).

import { DivergedError } from "./errors.js";
import type { G } from "./g.js";
import { Random } from "./random.js";
import { TIMER } from "./schedule.js";

export type StrategyName =
  | "gmp"
  | "fifo"
  | "random"
  | "pct"
  | "pos"
  | "urw"
  | "delay"
  | "dpor"
  | "replay"
  | "player";

/** What one run of a program showed, for strategies that plan ahead. */
export interface Estimate {
  /** How often somebody was chosen: where more than one could go on. */
  readonly choices: number;
  /** Scheduling steps by goroutine id (index 0: timers). */
  readonly steps: readonly number[];
  /** Who created each goroutine, by id. */
  readonly createdBy: readonly number[];
}

export interface Strategy {
  /** Starts schedule number `index` under `seed`. `estimate` is the same for every index, or absent. */
  begin(seed: string, index: number, estimate?: Estimate): void;
  /**
   * Chooses who goes on: a goroutine's id, or TIMER when `hasTimer` says that a timer may fire instead.
   * `runnable` has no order that means anything; `current` is who ran last, if it can go on.
   */
  next(runnable: readonly G[], current: G | null, hasTimer: boolean): number;
  /** Chooses an option from 0 to `count` - 1. */
  pick(count: number): number;
}

/** Whoever became runnable first runs until it waits. */
class Fifo implements Strategy {
  readonly #random = new Random("1");
  begin(seed: string, index: number): void {
    this.#random.reseed(seed, index);
  }
  next(runnable: readonly G[], current: G | null): number {
    if (current !== null) return current.id;
    let first = runnable[0] as G;
    for (const g of runnable) if (g.readySeq < first.readySeq) first = g;
    return first.id;
  }
  pick(count: number): number {
    return this.#random.below(count);
  }
}

/** Every goroutine that can run, and the timer if it may fire, is equally likely at every step. */
class RandomWalk implements Strategy {
  readonly #random = new Random("1");
  begin(seed: string, index: number): void {
    this.#random.reseed(seed, index);
  }
  next(runnable: readonly G[], _current: G | null, hasTimer: boolean): number {
    const i = this.#random.below(hasTimer ? runnable.length + 1 : runnable.length);
    return i === runnable.length ? TIMER : (runnable[i] as G).id;
  }
  pick(count: number): number {
    return this.#random.below(count);
  }
}

/** Follows recorded choices; after the last one, the current goroutine goes on, or else the one with the lowest id. */
export class Replay implements Strategy {
  readonly #choices: readonly number[];
  #at = 0;

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  begin(): void {
    this.#at = 0;
  }

  /** How many choices were not used. */
  get left(): number {
    return this.#choices.length - this.#at;
  }

  next(runnable: readonly G[], current: G | null, hasTimer: boolean): number {
    if (this.left === 0) {
      if (current !== null) return current.id;
      return runnable.reduce((least, g) => Math.min(least, g.id), Number.POSITIVE_INFINITY);
    }
    const choice = this.#choices[this.#at++] as number;
    const isPossible = choice === TIMER ? hasTimer : runnable.some((g) => g.id === choice);
    if (isPossible) return choice;
    const ids = runnable.map((g) => g.id).sort((a, b) => a - b);
    const wanted = choice < 0 ? "a data choice" : choice === TIMER ? "a timer" : `goroutine ${choice}`;
    throw new DivergedError(
      `choice ${this.#at} of the schedule wants ${wanted}, but here ${ids.map((id) => `goroutine ${id}`).join(", ")}${
        hasTimer ? " or a timer" : ""
      } could go on. The program does not do the same thing twice: look for Date, Math.random, host timers or promises.`,
    );
  }

  pick(count: number): number {
    if (this.left === 0) return 0;
    const choice = -1 - (this.#choices[this.#at++] as number);
    if (choice >= 0 && choice < count) return choice;
    throw new DivergedError(
      `choice ${this.#at} of the schedule does not fit: one of ${count} options was to be taken here. The program does not do the same thing twice: look for Date, Math.random, host timers or promises.`,
    );
  }
}

const makers = new Map<string, () => Strategy>([
  ["fifo", () => new Fifo()],
  ["random", () => new RandomWalk()],
]);

/** Makes a strategy known under `name`. Called once, by the room that has it. */
export function provideStrategy(name: StrategyName, make: () => Strategy): void {
  makers.set(name, make);
}

/** The strategies that can be asked for by name. */
export function strategyNames(): string[] {
  return ["gmp", ...makers.keys()];
}

/**
 * Makes a strategy.
 *
 * @throws {RangeError} `` strategy: expected one of gmp, fifo, random, pct, pos, urw, delay, got "…" ``
 */
export function makeStrategy(name: string): Strategy {
  const make = makers.get(name);
  if (make === undefined) {
    const hint = HINTS[name] ?? "";
    throw new RangeError(
      `strategy: expected one of ${strategyNames().join(", ")}, got ${JSON.stringify(name)}${hint}`,
    );
  }
  return make();
}

/** How to get what is a strategy but not one to ask for by name alone. */
const HINTS: Record<string, string> = {
  replay: " (to replay, pass `schedule`)",
  dpor: " (to run every schedule, call explore with `exhaustive: true`)",
  player: " (to choose every step yourself, call stepper)",
};
