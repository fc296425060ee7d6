// LivelockDetector: goroutines that keep running and get nowhere: they ask again and again, try locks in vain, give way to
// each other, and nothing changes.
//
// It follows what changes: values that were not there before, messages, goroutines that start and end. Asked when a run
// has taken more steps than it may: if nothing has changed for long, and everybody who runs has only tried and looked,
// more steps will not help.
//
// Invariants:
//  I1. What may be a change counts as one. So a program that is only slow, or that passes messages for ever, is silent.
//  I2. Everybody who could run has run since the last change, often, and in vain: a schedule that keeps somebody from
//      running proves nothing.
//  I3. No timer is pending but those on which the ones in vain sleep: time may bring a change.
//
// Limits: a loop without an operation is not seen (it never gives the scheduler its turn); nor one in which messages go
// round in a circle, or a lock is taken only to look at a plain variable: that may be work.

import type { Finding } from "../event/index.js";
import {
  Detector,
  type DetectorOptions,
  type G,
  markStack,
  ObjectNames,
  type Operable,
  type OpKind,
  type Runtime,
  type StackMark,
  Status,
} from "../runtime/index.js";
import { LOCKS } from "./held.js";
import { livelockText } from "./livelocktext.js";
import { edgeOf } from "./ordering.js";
import { topOf } from "./words.js";

/** Steps without a change before anybody is suspected. */
const QUIET_STEPS = 1_000;
/** It listens to the last steps that a run may take, so that one which ends before costs next to nothing. */
const HEARD_STEPS = 4 * QUIET_STEPS;
/** Times that a goroutine must have tried in vain. */
const FEWEST_TRIES = 20;
/** Values of an object, and objects of a reader, that are told apart: more of them are a change. */
const MOST_TOLD_APART = 8;

/** What a goroutine has done since the last change. */
export interface Spin {
  tries: number;
  /** Its last try. */
  op: string;
  object: Operable | null;
  mark: StackMark | undefined;
  /** What it has looked at. */
  readonly looked: Set<object>;
}

/** What an operation means for progress. */
type Step = "change" | "try" | "nothing";

/** Finds goroutines that run in vain. Made for `detect: ["livelock"]`. */
export class LivelockDetector extends Detector {
  readonly #withStacks: boolean;
  readonly #sites = new WeakMap<G, StackMark>();
  #spins = new Map<G, Spin>();
  readonly #written = new WeakMap<Operable, Set<string>>();
  readonly #ids = new WeakMap<object, number>();
  #count = 0;
  #lastChange = 0;

  constructor({ withStacks }: Pick<DetectorOptions, "withStacks">) {
    super();
    this.#withStacks = withStacks;
  }

  /** A run that ended by itself was none. */
  override get hasFindings(): boolean {
    return false;
  }

  override spawned(g: G): void {
    this.#changed(g);
  }
  override exit(g: G): void {
    this.#changed(g);
  }
  override panic(g: G): void {
    this.#changed(g);
  }
  override sent(g: G): void {
    this.#changed(g);
  }
  override received(g: G): void {
    this.#changed(g);
  }
  override met(g: G): void {
    this.#changed(g);
  }
  override site(g: G): void {
    if (this.#withStacks) this.#sites.set(g, markStack(8));
  }
  override access(g: G, _holder: object, _name: string, isWrite: boolean): void {
    if (isWrite) this.#changed(g);
  }

  override done(g: G, kind: OpKind, object: Operable, arg: unknown, value: unknown): void {
    if (isEarly(g)) return;
    this.#note(g, kind, object, this.#stepOf(g, kind, object, arg, value));
  }

  override wake(g: G): void {
    if (isEarly(g) || g.kind === null || g.object === null) return;
    const isWait = LOCKS.has(edgeOf(g.kind, g.object)) || isPause(g.kind);
    this.#note(g, g.kind, g.object, !isWait ? "change" : g.value === false ? "try" : "nothing");
  }

  /** A plain call that got nothing, unless `called` takes it back. */
  override looked(g: G): void {
    if (isEarly(g)) return;
    this.#spinOf(g).tries++;
  }
  override called(g: G, kind: OpKind, object: Operable): void {
    if (isEarly(g)) return;
    const spin = this.#spinOf(g);
    spin.tries = Math.max(0, spin.tries - 1);
    spin.op = kind.name;
    spin.object = object;
    if (!LOCKS.has(edgeOf(kind, object))) this.#changed(g);
  }

  override findings(rt: Runtime): Finding[] {
    if (rt.ending?.why !== "out-of-steps" || rt.steps - this.#lastChange < QUIET_STEPS) return [];
    const running = rt.live.filter(
      (g) => g.status !== Status.WAITING || (g.kind !== null && endsWithTime(g.kind)),
    );
    const inVain = running.filter((g) => (this.#spins.get(g)?.tries ?? 0) >= FEWEST_TRIES);
    if (inVain.length === 0 || inVain.length < running.length) return []; // I2
    const asleep = inVain.filter((g) => g.status === Status.WAITING).length;
    if (rt.timers.length > asleep || rt.pendingHost > 0) return []; // I3
    const names = rt.trace?.names ?? new ObjectNames();
    const spins = inVain.sort((a, b) => a.id - b.id).map((g) => ({ g, spin: this.#spins.get(g) as Spin }));
    return [
      {
        verdict: "livelock",
        message: livelockText(rt, spins, rt.steps - this.#lastChange, names),
        goroutines: spins.map(({ g }) => g.id),
        at: spins.flatMap(({ spin }) => topOf(spin.mark) ?? []),
      },
    ];
  }

  #stepOf(g: G, kind: OpKind, object: Operable, arg: unknown, value: unknown): Step {
    if (kind.name === "gosched" || kind.name === "sleep") return "nothing";
    if (kind.name === "select") return tookDefault(arg, value) ? "try" : "change";
    const edge = edgeOf(kind, object);
    switch (edge) {
      case "lock":
      case "rLock":
        return value === false ? "try" : "nothing";
      case "unlock":
      case "rUnlock":
        return "nothing";
      case "acquire":
      case "atomicRead":
      case "read":
        return this.#look(g, object);
      case "cas":
      case "store":
      case "write":
      case "atomicWrite":
      case "both":
        if (object.label === "" || object.label === "chan") return "change";
        if (value === false || (value as { swapped?: unknown } | null | undefined)?.swapped === false)
          return "try";
        return this.#write(object, kind, arg, value);
      default:
        return "change";
    }
  }

  #look(g: G, object: Operable): Step {
    const { looked } = this.#spinOf(g);
    if (looked.has(object)) return "try";
    looked.add(object);
    return looked.size > MOST_TOLD_APART ? "change" : "nothing";
  }

  /** The same few values in turn are no change. */
  #write(object: Operable, kind: OpKind, arg: unknown, value: unknown): Step {
    let written = this.#written.get(object);
    if (written === undefined) {
      written = new Set();
      this.#written.set(object, written);
    }
    const key = `${kind.name} ${this.#keyOf(arg)} ${this.#keyOf(value)}`;
    if (written.has(key)) return "nothing";
    if (written.size >= MOST_TOLD_APART) written.clear();
    written.add(key);
    return "change";
  }

  #keyOf(value: unknown): string {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return String(value);
    if (Object.getPrototypeOf(value) === Object.prototype) {
      return Object.values(value)
        .map((part) => (typeof part === "object" && part !== null ? this.#idOf(part) : String(part)))
        .join();
    }
    return this.#idOf(value);
  }

  #idOf(value: object): string {
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = ++this.#count;
      this.#ids.set(value, id);
    }
    return `#${id}`;
  }

  #note(g: G, kind: OpKind, object: Operable, step: Step): void {
    if (step === "change") {
      this.#changed(g);
      return;
    }
    const spin = this.#spinOf(g);
    if (step === "nothing") return;
    spin.tries++;
    spin.op = kind.name;
    spin.object = object;
    spin.mark = this.#sites.get(g);
  }

  #spinOf(g: G): Spin {
    let spin = this.#spins.get(g);
    if (spin === undefined) {
      spin = { tries: 0, op: "", object: null, mark: this.#sites.get(g), looked: new Set() };
      this.#spins.set(g, spin);
    }
    return spin;
  }

  #changed(g: G): void {
    this.#lastChange = g.rt.steps;
    if (this.#spins.size > 0) this.#spins = new Map();
  }
}

function isEarly({ rt }: G): boolean {
  return rt.config.maxSteps - rt.steps > HEARD_STEPS;
}

function isPause({ name }: OpKind): boolean {
  return name === "gosched" || name === "sleep";
}

/** True for a wait that time ends. */
function endsWithTime({ name }: OpKind): boolean {
  return name === "sleep" || name === "work" || /(?:For|Within)$/.test(name);
}

function tookDefault(arg: unknown, value: unknown): boolean {
  const index = (value as { index?: unknown } | null | undefined)?.index;
  if (!Array.isArray(arg) || typeof index !== "number") return false;
  return (arg[index] as { kind?: unknown } | null)?.kind === "default";
}
