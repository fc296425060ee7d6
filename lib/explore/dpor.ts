// dpor: dynamic partial-order reduction. Runs one schedule of each class (order.ts, I2) by going back to the steps that
// raced and letting the other side go first.
//
// Every runnable goroutine can be chosen, also one whose operation will have to wait: waiting changes its object (who is
// queued before whom), so it is a step like any other. A step that wakes a goroutine cannot be swapped with what that
// goroutine does then; two that acquire the same lock can.
//
// Invariants:
//  I1. `#path` holds the choices of the current run. Of a choice of goroutines, `done` have been explored with all that
//      follows, `backtrack` have to be, and `sleep` need not be: they were explored before, from an equivalent point.
//  I2. For every race (i, j) of a run, some goroutine that can begin the run with j before i is in `backtrack` of the
//      choice that led to i, or sleeps there.
//  I3. A goroutine leaves the sleep set when a step conflicts with what it did when it was explored.
//  I4. Where a timer can fire, both are explored: that it does, and that it does not. It conflicts with every step, so
//      neither is redundant; and a timer that never fires, since it is stopped or too late, shows no race (I2).
//
// Source: Abdulla, Aronis, Jonsson, Sagonas, "Optimal Dynamic Partial Order Reduction" (POPL 2014), Source-DPOR: source
// sets and sleep sets. Without wake-up trees, a run may find out on its way that it is redundant; it is ended then and
// counted. Differs: data choices (which ready case of a select) are explored one by one.

import { type G, type Runtime, type Strategy, TIMER } from "../runtime/index.js";
import { announced } from "./announced.js";
import { Footprint, type Touch, touchOperation } from "./footprint.js";
import { Order } from "./order.js";
import { Recording, type StepEvent } from "./recording.js";
import { Names, Shape } from "./shape.js";

/** A point where one of several goroutines, or the timer, was chosen. */
interface WhoChoice {
  readonly enabled: readonly number[];
  readonly backtrack: Set<number>;
  readonly done: Map<number, Shape>;
  readonly sleep: ReadonlyMap<number, Shape>;
  chosen: number;
  /** What the step of `chosen` touched, over all its data choices. */
  shape: Shape;
}

/** A point where one of `count` options was taken. */
interface PickChoice {
  readonly count: number;
  option: number;
}

type Choice = WhoChoice | PickChoice;

interface Sleeper {
  readonly shape: Shape;
  /** What its step touches in this run. */
  readonly touched: Footprint;
}

/** Thrown through a run that cannot show anything new. */
export const REDUNDANT = Object.freeze({ redundant: "every goroutine that can go on sleeps" });

export class Dpor implements Strategy {
  recording = new Recording();
  readonly #touch: Touch;
  readonly #isPlain: boolean;
  readonly #path: Choice[] = [];
  /** Who was chosen at each choice of the current run, with what it had announced. */
  #announced: { readonly touched: Footprint; readonly group: object | null }[] = [];
  #depth = 0;
  /** Who sleeps now, with what its step touches: in general, and in this run. */
  #sleep = new Map<number, Sleeper>();
  /** How many events there were when they fell asleep. */
  #since = 0;
  #absorbed = 0;
  #names = new Names();
  /** Whether timers may fire at any step. */
  #isFree = true;
  /** The choice that differs from the run before; what lies before it is known. */
  #changed = 0;

  constructor(touch: Touch = touchOperation, isPlain = false) {
    this.#touch = touch;
    this.#isPlain = isPlain;
  }

  begin(): void {
    this.recording = new Recording(this.#touch, this.#isPlain);
    this.#announced = [];
    this.#depth = 0;
    this.#sleep = new Map();
    this.#absorbed = 0;
    this.#names = new Names();
  }

  next(runnable: readonly G[], last: G | null, hasTimer: boolean): number {
    this.recording.seal();
    this.#absorb(this.recording.events.length);
    const { rt } = runnable[0] as G;
    this.#isFree = rt.config.clock === "free";
    const at = this.#depth++;
    const choice = (this.#path[at] as WhoChoice | undefined) ?? this.#fresh(runnable, last, hasTimer);
    this.#fallAsleep(runnable, choice);
    const g = runnable.find(({ id }) => id === choice.chosen);
    this.#announced[at] = {
      touched: g === undefined ? new Footprint() : announced(g, this.#touch),
      group: g?.onExit ?? null,
    };
    this.recording.open(choice.chosen, rt.steps, at);
    return choice.chosen;
  }

  pick(count: number): number {
    const at = this.#depth++;
    let choice = this.#path[at] as PickChoice | undefined;
    if (choice === undefined) {
      choice = { count, option: 0 };
      this.#path.push(choice);
    }
    this.recording.picked(choice.option);
    return choice.option;
  }

  /** Looks for races in the run that has ended, or was found to be redundant, and notes what they make necessary. */
  learn(rt: Runtime | null): Order {
    const { events } = this.recording;
    this.recording.seal();
    if (rt !== null && isStopped(rt)) this.#stopped(events.at(-1));
    this.#names.extend(events);
    events.forEach(({ choice, touched }, at) => {
      const how = this.#announced[choice];
      if (how === undefined) return;
      const name = (object: object) => this.#names.before(at, object);
      (this.#path[choice] as WhoChoice).shape.add({
        touched,
        announced: how.touched,
        group: how.group,
        name,
      });
    });
    const order = new Order(events);
    const from = events.findIndex((event) => event.choice >= this.#changed);
    for (let j = Math.max(0, from); j < events.length; j++) {
      if (!this.#isFree && events[j]?.g === TIMER) continue; // it fires when nobody can run, never earlier
      for (const i of order.racesWith(j)) this.#reverse(order, i, j);
    }
    return order;
  }

  /** Goes to the next schedule that has to be run; false when there is none. */
  advance(): boolean {
    for (let choice = this.#path.at(-1); choice !== undefined; choice = this.#path.at(-1)) {
      this.#changed = this.#path.length - 1;
      if ("count" in choice) {
        if (++choice.option < choice.count) return this.#returnToStep();
      } else {
        choice.done.set(choice.chosen, choice.shape);
        const { backtrack, done, sleep } = choice;
        const next = [...backtrack].find((id) => !done.has(id) && !sleep.has(id));
        if (next !== undefined) {
          choice.chosen = next;
          choice.shape = new Shape();
          return true;
        }
      }
      this.#path.pop();
    }
    return false;
  }

  /** A data choice has changed: the step that it belongs to is new. */
  #returnToStep(): true {
    while (this.#changed > 0 && "count" in (this.#path[this.#changed] as Choice)) this.#changed--;
    return true;
  }

  #fresh(runnable: readonly G[], last: G | null, hasTimer: boolean): WhoChoice {
    const enabled = runnable.map((g) => g.id).sort((a, b) => a - b);
    if (hasTimer) enabled.push(TIMER);
    const awake = enabled.filter((id) => !this.#sleep.has(id));
    if (awake.length === 0) throw REDUNDANT;
    const chosen = last !== null && awake.includes(last.id) ? last.id : (awake[0] as number);
    const choice: WhoChoice = {
      enabled,
      backtrack: new Set(hasTimer ? [chosen, TIMER] : [chosen]), // I4
      done: new Map(),
      sleep: new Map([...this.#sleep].map(([id, { shape }]) => [id, shape])),
      chosen,
      shape: new Shape(),
    };
    this.#path.push(choice);
    return choice;
  }

  /** Finds in this run what the steps of the sleepers at `choice` touch. */
  #fallAsleep(runnable: readonly G[], { sleep, done }: WhoChoice): void {
    this.#sleep = new Map();
    this.#names.extend(this.recording.events);
    this.#since = this.recording.events.length;
    for (const [id, shape] of [...sleep, ...done]) {
      const g = runnable.find((other) => other.id === id);
      this.#sleep.set(id, { shape, touched: shape.inThisRun(g ?? null, this.#touch, this.#names) });
    }
  }

  /** Wakes up who conflicts with the steps up to `end` (I3); ends a run in which a sleeper has moved. */
  #absorb(end: number): void {
    const { events } = this.recording;
    for (; this.#absorbed < end; this.#absorbed++) {
      const event = events[this.#absorbed] as StepEvent;
      if (this.#sleep.has(event.g)) {
        events.length = this.#absorbed;
        throw REDUNDANT;
      }
      this.#names.extend(events);
      const isFresh = this.#names.isFresh(event, this.#since);
      for (const [id, { shape, touched }] of this.#sleep) {
        if ((isFresh && shape.isFresh) || touched.conflictsWith(event.touched)) this.#sleep.delete(id);
      }
    }
  }

  /** True when the run, though it came to its end, did nothing new. */
  get wasRedundant(): boolean {
    try {
      this.#absorb(this.recording.events.length);
      return false;
    } catch (error) {
      if (error !== REDUNDANT) throw error;
      return true;
    }
  }

  /** A run that was stopped tells nothing of what others would have done: they have to go first once. */
  #stopped(last: StepEvent | undefined): void {
    if (last === undefined) return;
    last.touched.isAll = true;
    const choice = this.#path[last.choice] as WhoChoice | undefined;
    for (const id of choice?.enabled ?? []) choice?.backtrack.add(id);
  }

  /** Makes sure that a run with step `j` before step `i` is explored (I2). */
  #reverse(order: Order, i: number, j: number): void {
    const { events } = order;
    const choice = this.#path[(events[i] as StepEvent).choice] as WhoChoice | undefined;
    if (choice === undefined) return; // nobody else could go
    const starts = initials(order, i, j);
    if (starts.some((id) => choice.backtrack.has(id) || choice.sleep.has(id))) return;
    const able = starts.filter((id) => choice.enabled.includes(id));
    const { g } = events[j] as StepEvent;
    const start = able.includes(g) ? g : able[0];
    if (start !== undefined) choice.backtrack.add(start);
    else for (const id of choice.enabled) choice.backtrack.add(id);
  }
}

/** True when a run was ended by one of its steps, and others could have gone on. */
export function isStopped(rt: Runtime): boolean {
  return rt.ending !== null && rt.ending.why !== "deadlock";
}

/** Who can begin the rest of a run in which step `j` goes before step `i`: everything that does not depend on i, then j. */
function initials(order: Order, i: number, j: number): number[] {
  const kept: number[] = [];
  const starts: number[] = [];
  const seen = new Set<number>();
  for (let k = i + 1; k <= j; k++) {
    if (k < j && order.isBefore(i, k)) continue;
    const { g } = order.events[k] as StepEvent;
    if (!seen.has(g) && !kept.some((m) => order.isBefore(m, k))) starts.push(g);
    seen.add(g);
    kept.push(k);
  }
  return starts;
}
