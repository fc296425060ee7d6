// RaceDetector: finds two accesses to one plain variable, at least one a write, that nothing orders.
//
// It follows the order of the run, not its timing: a race is found also when the two accesses lay far apart, as long as
// no edge stands between them. There are no false alarms for programs whose every synchronization goes through this
// library; a race of a schedule that did not run is not seen, which is what exploring is for.
//
// Invariants:
//  I1. At most one race is reported for each variable: the first.
//  I2. Not asked for by name, it says nothing of objects that tell of their misuse themselves (saysItself).
//  I3. Without stacks an access allocates nothing but, the first time, its variable.

import { Chan } from "../chan/index.js";
import type { AccessData, Finding, RaceData } from "../event/index.js";
import {
  type DetectorOptions,
  type G,
  ObjectNames,
  type Operable,
  type OpKind,
  positionsOf,
  type Runtime,
  type StackMark,
} from "../runtime/index.js";
import { GoMap, WaitGroup } from "../sync/index.js";
import { Following } from "./following.js";
import { edgeOf, type Ordering, type Thread } from "./ordering.js";
import { OrderLog, type Point } from "./orderlog.js";
import { orderOf } from "./orderpath.js";
import { adviceFor, raceText } from "./racetext.js";
import { Variable } from "./variable.js";
import { Witness } from "./witness.js";

/** More races than this are only counted. */
const MOST_FINDINGS = 10;

/** An access, as far as it is known: without stacks there is one for each goroutine. */
interface Spot {
  readonly thread: Thread;
  readonly stack: StackMark | null;
  readonly locks: readonly string[];
  readonly op: string | undefined;
  /** Null where no events are recorded. */
  readonly point: Point | null;
}

interface Race {
  readonly variable: Variable<Spot>;
  readonly now: Spot;
  readonly before: Spot;
  readonly isWriteNow: boolean;
  /** Whether the goroutine of the earlier access had ended. */
  readonly hadEnded: boolean;
}

/** How a race detector works; `ordering` may be one that tests have maimed. */
export interface RaceOptions extends Pick<DetectorOptions, "withStacks"> {
  readonly isAskedFor?: boolean;
  readonly ordering?: Ordering;
}

export class RaceDetector extends Following {
  /** Null when nobody asked for stacks. */
  readonly #witness: Witness | null;
  /** The same as `ordering`, with its edges; null when nobody asked for stacks. */
  readonly #log: OrderLog | null;
  readonly #isAskedFor: boolean;
  /** By holder; a holder with several names has a map of them. */
  readonly #variables = new Map<object, Variable<Spot> | Map<string, Variable<Spot>>>();
  readonly #spots = new Map<Thread, Spot>();
  readonly #races: Race[] = [];

  constructor(options: RaceOptions) {
    const witness = options.withStacks ? new Witness() : null;
    const log =
      witness === null || options.ordering !== undefined ? null : new OrderLog((g) => witness.stackOf(g));
    super(options.ordering ?? log ?? undefined);
    this.#witness = witness;
    this.#log = log;
    this.#isAskedFor = options.isAskedFor !== false;
  }

  override get hasFindings(): boolean {
    return this.#races.length > 0;
  }

  override spawned(g: G, by: G | null): void {
    super.spawned(g, by);
    this.#witness?.spawned(g, by);
  }

  override exit(g: G): void {
    super.exit(g);
    this.#witness?.exit(g);
  }

  override site(g: G, kind: OpKind): void {
    this.#witness?.site(g, kind);
  }

  override done(g: G, kind: OpKind, object: Operable, _arg: unknown, value: unknown): void {
    this.#completed(g, kind, object, value);
  }

  override called(g: G, kind: OpKind, object: Operable, value: unknown): void {
    this.#completed(g, kind, object, value);
  }

  override wake(g: G): void {
    if (g.kind !== null && g.object !== null) this.#completed(g, g.kind, g.object, g.value);
  }

  override park(g: G): void {
    if (g.kind !== null && g.object !== null) this.ordering.parked(g, g.kind, g.object);
  }

  override access(g: G, holder: object, name: string, isWrite: boolean): void {
    const thread = this.ordering.of(g);
    const variable = this.#variable(holder, name);
    if (variable.isRacy || (isWrite ? variable.isWrittenBy(thread) : variable.isReadBy(thread))) return;
    const now = this.#spot(g, thread);
    const before = isWrite ? variable.write(thread, now) : variable.read(thread, now);
    if (before !== null) this.#found(variable, now, before, isWrite);
  }

  override findings(rt: Runtime): Finding[] {
    const names = rt.trace?.names ?? this.#witness?.names ?? new ObjectNames();
    const findings = this.#races.slice(0, MOST_FINDINGS).map((race) => this.#finding(names, race));
    const more = this.#races.length - MOST_FINDINGS;
    if (more > 0) {
      findings.push({
        verdict: "race",
        message: `and ${more} more variables with a data race`,
        goroutines: [],
        at: [],
      });
    }
    return findings;
  }

  #completed(g: G, kind: OpKind, object: Operable, value: unknown): void {
    const edge = edgeOf(kind, object);
    if (edge === "read" || edge === "write") {
      this.access(g, object, "", edge === "write");
      return;
    }
    this.#witness?.completed(g, kind, object, value);
    this.ordering.completed(g, kind, object, value);
    if (edge !== "atomicRead" && edge !== "atomicWrite") return;
    this.#atomicAccess(g, object, edge === "atomicWrite" && value !== false);
    if (edge === "atomicWrite") this.ordering.release(g, object);
  }

  #atomicAccess(g: G, holder: object, isWrite: boolean): void {
    const variable = this.#variable(holder, "");
    if (variable.isRacy) return;
    const thread = this.ordering.of(g);
    const now = this.#spot(g, thread);
    const before = variable.atomic(thread, now, isWrite);
    if (before !== null) this.#found(variable, now, before, isWrite);
  }

  #found(variable: Variable<Spot>, now: Spot, before: Spot, isWriteNow: boolean): void {
    variable.isRacy = true; // I1
    this.#races.push({ variable, now, before, isWriteNow, hadEnded: before.thread.hasEnded });
  }

  #variable(holder: object, name: string): Variable<Spot> {
    const found = this.#variables.get(holder);
    if (found === undefined) {
      const made = new Variable<Spot>(holder, name);
      made.isRacy = !this.#isAskedFor && saysItself(holder);
      this.#variables.set(holder, made);
      return made;
    }
    if (found instanceof Variable && found.name === name) return found;
    const byName = found instanceof Variable ? new Map([[found.name, found]]) : found;
    if (byName !== found) this.#variables.set(holder, byName);
    let variable = byName.get(name);
    if (variable === undefined) {
      variable = new Variable<Spot>(holder, name);
      byName.set(name, variable);
    }
    return variable;
  }

  #spot(g: G, thread: Thread): Spot {
    if (this.#witness !== null) {
      const stack = this.#witness.stackOf(g);
      const point = g.rt.trace === null ? null : (this.#log?.point(g) ?? null);
      return { thread, stack, locks: this.#witness.locksOf(g), op: g.kind?.name, point };
    }
    let spot = this.#spots.get(thread);
    if (spot === undefined) {
      spot = { thread, stack: null, locks: [], op: undefined, point: null };
      this.#spots.set(thread, spot);
    }
    return spot;
  }

  #finding(names: ObjectNames, race: Race): Finding {
    const now = this.#accessData(race.now, race.isWriteNow, false);
    const before = this.#accessData(race.before, race.variable.racedWithWrite, race.hadEnded);
    const { holder, name } = race.variable;
    const label = (holder as Partial<Operable>).label;
    const object = typeof label === "string" && label !== "" ? names.nameOf(holder as Operable) : "";
    const data: RaceData = {
      variable:
        name === "" || object === ""
          ? object + name || "a variable"
          : `${object}${name.startsWith("[") ? "" : "."}${name}`,
      accesses: [now, before],
      advice: adviceFor(now, before),
      ...this.#order(race, names),
    };
    return {
      verdict: "race",
      message: raceText(data),
      goroutines: [now.goroutine, before.goroutine],
      at: [...now.stack.slice(0, 1), ...before.stack.slice(0, 1)],
      race: data,
    };
  }

  /** How the accesses lie in the order, where that was kept. */
  #order({ now, before }: Race, names: ObjectNames): Pick<RaceData, "order"> {
    if (this.#log === null || now.point === null || before.point === null) return {};
    return { order: orderOf(this.#log, now.point, before.point, names) };
  }

  #accessData(spot: Spot, isWrite: boolean, hasEnded: boolean): AccessData {
    const { g } = spot.thread;
    const createdAt = this.#witness?.createdAt(g);
    return {
      isWrite,
      goroutine: g.id,
      name: g.name,
      ...(spot.op === undefined ? {} : { op: spot.op }),
      stack: spot.stack === null ? [] : positionsOf(spot.stack),
      locks: spot.locks,
      createdBy: g.createdBy,
      ...(createdAt === undefined ? {} : { createdAt }),
      hasEnded,
    };
  }
}

/**
 * True for what tells of its misuse by itself, with a panic or a fatal error: a send on a channel that is closed, a
 * map in the middle of a write, an `add` beside a `wait`. A verdict of its own would only stand before theirs.
 */
function saysItself(holder: object): boolean {
  return holder instanceof Chan || holder instanceof WaitGroup || holder instanceof GoMap;
}
