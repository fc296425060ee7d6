// Recording: what a run did, step by step, as far as a search needs it: who, what it touched, who made it possible.
//
// Invariants:
//  I1. One event per scheduling step, in order. A timer's firing is an event of its own, by "goroutine" 0.
//  I2. `enabledBy` names the event that created or woke the goroutine since its last step, or -1.

import { current, type G, Listener, type Operable, type OpKind, TIMER } from "../runtime/index.js";
import { Footprint, PLAIN, type Touch, touchOperation } from "./footprint.js";

/** One step. */
export interface StepEvent {
  readonly g: number;
  readonly touched: Footprint;
  readonly enabledBy: number;
  /** Data choices that it took: which ready case of a select, for one. */
  readonly picks: number[];
  /** Index of the choice that led to it, or -1 when there was none. */
  readonly choice: number;
}

/** Hears a controlled run and writes its events. */
export class Recording extends Listener {
  readonly events: StepEvent[] = [];
  /** By goroutine id. */
  readonly createdBy: number[] = [0, 0];
  readonly #enabledBy: number[] = [];
  readonly #touch: Touch;
  readonly #isPlain: boolean;
  #step = -1;
  /** By goroutine id: the cases of the select that it waits in. */
  readonly #cases: unknown[] = [];
  /** Whose step the last event is; null: a timer's. */
  #runs: G | null = null;

  /** With `isPlain`, every step is taken to touch plain variables. */
  constructor(touch: Touch = touchOperation, isPlain = false) {
    super();
    this.#touch = touch;
    this.#isPlain = isPlain;
  }

  /** Begins the event of step number `step`, unless it has begun. Called at the latest when something happens in it. */
  open(g: number, step: number, choice = -1): StepEvent {
    const last = this.events.at(-1);
    if (last !== undefined && this.#step === step && last.g === g) return last;
    this.seal();
    this.#runs = null;
    this.#step = step;
    const enabledBy = this.#enabledBy[g] ?? -1;
    this.#enabledBy[g] = -1;
    const event: StepEvent = { g, touched: new Footprint(), enabledBy, picks: [], choice };
    if (g === TIMER)
      event.touched.isAll = true; // it may do anything
    else if (this.#isPlain) event.touched.touch(PLAIN, true);
    this.events.push(event);
    return event;
  }

  /**
   * Ends the last event. A step checks when it is announced whether it can ever succeed (closing a closed channel), so
   * the code before it has looked at its object.
   */
  seal(): void {
    const g = this.#runs;
    if (g === null || !g.isStep || g.object?.check === undefined) return;
    this.events.at(-1)?.touched.touch(g.object, false);
  }

  /** The step that runs now has taken `option` of a data choice. */
  picked(option: number): void {
    const { g, rt } = current;
    this.open(g?.id ?? TIMER, rt?.steps ?? 0).picks.push(option);
  }

  /** The scheduling steps by goroutine id. */
  steps(): number[] {
    const counts: number[] = [];
    for (const { g } of this.events) counts[g] = (counts[g] ?? 0) + 1;
    return Array.from(counts, (count) => count ?? 0);
  }

  override spawned(g: G, by: G | null): void {
    this.createdBy[g.id] = by?.id ?? 0;
    if (by !== null) this.open(by.id, g.rt.steps);
    else if (g.rt.steps > 0) this.open(TIMER, g.rt.steps);
    this.#enabledBy[g.id] = this.events.length - 1;
  }

  override start(g: G): void {
    this.#at(g).touch(PLAIN, true);
  }

  override done(g: G, kind: OpKind, object: Operable, arg: unknown): void {
    this.#touch(this.#at(g), kind, object, arg);
  }

  override park(g: G, arg: unknown): void {
    if (g.kind === null || g.object === null) return;
    this.#cases[g.id] = g.cases === null ? undefined : arg;
    this.#touch(this.#at(g), g.kind, g.object, arg);
  }

  override wake(g: G): void {
    const touched = this.#at(g);
    if (g.kind === null || g.object === null) return;
    if (g.again !== null) this.#touch(touched, g.kind, g.object, undefined);
    else if (g.kind.name === "sleep" || g.kind.name === "work") touched.touch(PLAIN, true);
  }

  override woke(g: G, by: G | null): void {
    const { touched } = this.open(by?.id ?? TIMER, g.rt.steps);
    const cases = this.#cases[g.id];
    this.#cases[g.id] = undefined;
    if (cases !== undefined && g.kind !== null && g.object !== null) {
      this.#touch(touched, g.kind, g.object, cases); // its other cases leave their channels
    }
    this.#enabledBy[g.id] = this.events.length - 1;
  }

  override panic(g: G): void {
    if (g.kind !== null && g.object !== null) this.#touch(this.#at(g), g.kind, g.object, g.arg);
  }

  override exit(g: G): void {
    const touched = this.#at(g);
    const group = g.onExit as Partial<Operable> | null;
    if (group === null) return;
    if (group.label === "waitgroup") touched.touch(group, true);
    else touched.isAll = true;
  }

  override looked(g: G): void {
    this.#at(g).isAll = true;
  }

  override access(g: G, holder: object, _name: string, isWrite: boolean): void {
    this.#at(g).touch(holder, isWrite);
  }

  #at(g: G): Footprint {
    const { touched } = this.open(g.id, g.rt.steps);
    this.#runs = g;
    return touched;
  }
}
