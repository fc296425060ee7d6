// FlightRecorder: a trace that keeps only the last events, so that a run that goes on for long can be asked what has just
// happened.
//
// Invariants:
//  I1. At most twice the events that are kept are in memory, and each is moved at most once: O(1) an event.
//
// Source: Go 1.25 runtime/trace.FlightRecorder. Differs: the window is counted in events, not in bytes; a snapshot is a report.

import type { EventData, Report } from "../event/index.js";
import { current } from "./current.js";
import { describeAll } from "./dump.js";
import type { G } from "./g.js";
import type { OpKind } from "./opkind.js";
import type { Runtime } from "./runtime.js";
import { Trace } from "./trace.js";

/** What a flight recorder keeps. Go: trace.FlightRecorderConfig */
export interface FlightRecorderConfig {
  /** Events that are older than this, on the run's clock, are left out of a snapshot. Default: none is. */
  readonly minAgeMs?: number;
  /** Events that are kept, whatever their age. Default 65,536. */
  readonly maxEvents?: number;
  /** Where in the program each event happened: tens of microseconds an event. Default false. */
  readonly stacks?: boolean;
}

const DEFAULT_EVENTS = 65_536;

/** The trace of one run, of which the beginning is forgotten. */
class Window extends Trace {
  rt: Runtime | null = null;
  lost = 0;
  readonly #most: number;
  readonly #hasStacks: boolean;

  constructor(most: number, hasStacks: boolean) {
    super();
    this.#most = most;
    this.#hasStacks = hasStacks;
  }

  override site(g: G, kind: OpKind | null = null): void {
    if (this.#hasStacks) super.site(g, kind);
  }

  override start(g: G): void {
    this.rt ??= g.rt;
    super.start(g);
  }

  override push(event: EventData): void {
    super.push(event);
    if (this.events.length >= 2 * this.#most) this.trim(); // I1
  }

  /** Forgets what is more than may be kept. */
  trim(): void {
    const excess = this.events.length - this.#most;
    if (excess <= 0) return;
    this.events.splice(0, excess);
    this.lost += excess;
    const step = this.events[0]?.step ?? 0;
    const first = this.turns.findIndex((turn) => turn.step >= step);
    this.turns.splice(0, first < 0 ? this.turns.length : first);
  }
}

/**
 * Records the last events of a run that is given it as `trace`; at any moment of the run, or after it, `snapshot` returns
 * them as a report for `chromeTrace`, the profiles and the pictures. For programs that run for long: when something is
 * wrong, it is known what led to it.
 *
 * A snapshot has no verdict of its own (`ok`) and no schedule: the run goes on. Its `metrics.eventsLost` counts the events
 * that were forgotten.
 *
 * **Cost:** some microseconds an event; with `stacks` tens of them.
 * **Limits:** one run at a time; a new run begins a new window.
 *
 * @throws {RangeError} `FlightRecorder: expected maxEvents to be an integer >= 1, got 0`
 * @example
 * const recorder = new FlightRecorder({ maxEvents: 4 });
 * await run(function* main() {
 *   const mu = new Mutex();
 *   for (let i = 0; i < 1000; i++) {
 *     yield* mu.lock();
 *     yield* mu.unlock();
 *   }
 *   const { events } = recorder.snapshot();
 *   console.log(events.map((e) => e.op).join(" ")); // prints: lock unlock lock unlock
 * }, { trace: recorder });
 * @see Go: runtime/trace.FlightRecorder
 */
export class FlightRecorder {
  readonly #minAgeNs: number;
  readonly #maxEvents: number;
  readonly #hasStacks: boolean;
  #window: Window | null = null;

  constructor({
    minAgeMs = Infinity,
    maxEvents = DEFAULT_EVENTS,
    stacks = false,
  }: FlightRecorderConfig = {}) {
    if (!(minAgeMs >= 0))
      throw new RangeError(`FlightRecorder: expected minAgeMs to be a number >= 0, got ${String(minAgeMs)}`);
    if (!Number.isInteger(maxEvents) || maxEvents < 1)
      throw new RangeError(
        `FlightRecorder: expected maxEvents to be an integer >= 1, got ${String(maxEvents)}`,
      );
    this.#minAgeNs = minAgeMs * 1e6;
    this.#maxEvents = maxEvents;
    this.#hasStacks = stacks;
  }

  /** True once a run has begun with it. Go: Enabled */
  get isEnabled(): boolean {
    return this.#window?.rt != null;
  }

  /** The trace for a run that begins now. */
  begin(): Trace {
    this.#window = new Window(this.#maxEvents, this.#hasStacks);
    return this.#window;
  }

  /**
   * Returns the window as a report: the events, and all goroutines that are alive with where they stand. Go: WriteTo
   *
   * @throws {RangeError} `FlightRecorder.snapshot: no run has begun with it; give it to one as the option trace`
   */
  snapshot(): Report {
    const window = this.#window;
    const rt = window?.rt ?? null;
    if (window === null || rt === null)
      throw new RangeError(
        "FlightRecorder.snapshot: no run has begun with it; give it to one as the option trace",
      );
    window.trim();
    const sinceNs = rt.nowNs - this.#minAgeNs;
    const events = window.events.filter((event) => event.atNs >= sinceNs);
    const step = events[0]?.step ?? 0;
    const turns = window.turns.filter((turn) => turn.step >= step);
    return {
      verdict: "ok",
      findings: [],
      seed: rt.config.seed,
      schedule: "",
      steps: rt.steps,
      virtualNs: rt.nowNs,
      goroutines: describeAll(rt, current.rt === rt ? current.g : null),
      metrics: { eventsLost: window.lost + window.events.length - events.length },
      events,
      ...(turns.length === 0 ? {} : { turns }),
    };
  }
}
