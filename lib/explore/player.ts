// player: a run whose every choice is made from outside, one at a time, forwards and backwards.
//
// Invariants:
//  I1. The state shown is that of a run that made exactly `#choices` and stands before the next one. Going back is a new
//      run with fewer choices: the program does the same again.
//
// Rejected: keeping one run alive and undoing its steps; generators cannot go back.

import type { GoroutineData, Report } from "../event/index.js";
import type { Body, Program } from "../op/index.js";
import {
  describeAll,
  type G,
  type RunOptions,
  type Runtime,
  type Strategy,
  TIMER,
} from "../runtime/index.js";
import { Search, type Seen, scheduleOfSeen } from "./search.js";

/** Thrown through a run that has come to the next choice. */
const PAUSE = Object.freeze({ pause: "the next choice is not made yet" });

/** A goroutine that can go on, or the timer, and what it would do. */
export interface NextStep {
  /** The goroutine; 0 for the earliest timer. */
  readonly id: number;
  readonly name: string;
  /** The operation that it would perform: `lock`, `send`; `start` before its first, `timer` for the timer. */
  readonly op: string;
  /** The object of that operation, e.g. `mutex#1`. */
  readonly object?: string;
}

/** A program that stands still until it is told who goes on. */
export interface Stepper<T> {
  /** Who can go on, by number; empty when the run is over. Where only one can, it goes on by itself. */
  readonly next: readonly NextStep[];
  /** All goroutines that have not ended, with what they wait for. */
  readonly goroutines: readonly GoroutineData[];
  /** What the run showed, once it is over. */
  readonly report: Report<T> | undefined;
  /** The choices so far, as text for `report({ schedule })`. */
  readonly schedule: string;
  /** Lets goroutine `id` do its next step. `picks` are the options of its data choices (ready select cases), from 0. */
  step(id: number, ...picks: number[]): void;
  /** Takes back the last choice; false at the start. */
  back(): boolean;
}

class Player implements Strategy {
  readonly #choices: readonly number[];
  #at = 0;

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  begin(): void {
    this.#at = 0;
  }

  next(): number {
    const choice = this.#choices[this.#at];
    if (choice === undefined) throw PAUSE;
    this.#at++;
    return choice;
  }

  pick(count: number): number {
    const choice = this.#choices[this.#at];
    if (choice === undefined || choice >= 0) return 0;
    this.#at++;
    const option = -1 - choice;
    if (option < count) return option;
    throw new RangeError(`step: expected an option from 0 to ${count - 1}, got ${option}`);
  }
}

class PlayedRun<S, T> implements Stepper<T> {
  readonly #search: Search<S, T>;
  /** Each entry is one choice of who, with the data choices after it. */
  #turns: (readonly number[])[] = [];
  #rt: Runtime;
  #seen: Seen<T> | null;
  #report: Report<T> | undefined;
  #goroutines: readonly GoroutineData[] | undefined;

  constructor(search: Search<S, T>) {
    this.#search = search;
    ({ rt: this.#rt, seen: this.#seen } = this.#play([]));
  }

  get next(): readonly NextStep[] {
    if (this.#seen !== null) return [];
    const rt = this.#rt;
    const steps = rt.runnable.map((g) => nextOf(rt, g)).sort((a, b) => a.id - b.id);
    if (rt.config.clock === "free" && rt.timers.length > 0) {
      steps.push({ id: TIMER, name: "timer", op: "timer" });
    }
    return steps;
  }

  get goroutines(): readonly GoroutineData[] {
    this.#goroutines ??= this.report?.goroutines ?? describeAll(this.#rt, null);
    return this.#goroutines;
  }

  get report(): Report<T> | undefined {
    this.#report ??= this.#seen?.report();
    return this.#report;
  }

  get schedule(): string {
    return scheduleOfSeen(this.#seen ?? { rt: this.#rt, plan: this.#search.plan });
  }

  step(id: number, ...picks: number[]): void {
    const { next } = this;
    if (!next.some((step) => step.id === id)) {
      const able = next.map((step) => step.id).join(", ");
      throw new RangeError(
        next.length === 0
          ? `step: the run is over, got ${String(id)}`
          : `step: expected one of ${able}, got ${String(id)}`,
      );
    }
    this.#go([...this.#turns, [id, ...picks.map((option) => -1 - option)]]);
  }

  back(): boolean {
    if (this.#turns.length === 0) return false;
    this.#go(this.#turns.slice(0, -1));
    return true;
  }

  #go(turns: (readonly number[])[]): void {
    ({ rt: this.#rt, seen: this.#seen } = this.#play(turns.flat()));
    this.#turns = turns;
    this.#report = undefined;
    this.#goroutines = undefined;
  }

  #play(choices: readonly number[]): { rt: Runtime; seen: Seen<T> | null } {
    return this.#search.play(new Player(choices), PAUSE);
  }
}

function nextOf(rt: Runtime, g: G): NextStep {
  const { object } = g;
  const isNamed = object !== null && object.label !== "";
  return {
    id: g.id,
    name: g.name,
    op: g.hasStarted ? (g.kind?.name ?? "go on") : "start",
    ...(isNamed ? { object: rt.trace?.nameOf(object) ?? object.label } : {}),
  };
}

/**
 * Starts a program and stops before the first choice. From there the caller chooses every step: to play a bug through
 * by hand, or to draw a board of it. The clock is `free` by default: a pending timer is one of the choices.
 *
 * **Cost:** a step or a step back runs the program again up to there.
 * @throws {RangeError} `step: expected one of 1, 2, got 7` (from `step`)
 * @example
 * const game = stepper(function* () {
 *   const mu = new Mutex();
 *   go(function* other() { yield* mu.lock(); });
 *   yield* mu.lock();
 * });
 * console.log(game.next.map((n) => `${n.id} ${n.op}`).join(", ")); // prints: 1 lock, 2 start
 * game.step(2);
 * game.step(2);
 * console.log(game.report?.verdict); // prints: global-deadlock
 * game.back();
 * console.log(game.next.map((n) => `${n.id} ${n.op}`).join(", ")); // prints: 1 lock, 2 lock
 */
export function stepper<S, T>(
  program: Program<S, T> | Body<[], T>,
  options: Pick<RunOptions, "clock" | "maxSteps" | "source"> = {},
): Stepper<T> {
  return new PlayedRun(new Search(program, { ...options, detect: [] }));
}
