// Waits: who waits for what, and who could end that wait. The edges of the wait-for graph.
//
// Two rules say who can wake somebody:
//  R1. A lock is given back by whoever holds it. (Not for a lock that was ever unlocked by somebody else.)
//  R2. For anything else: by a goroutine that has used it before, or by the end of one started with `WaitGroup.go`.
// Where JavaScript hides who still has a reference, R2 is what can be seen: ask it about a run that is over only.
//
// Source: R2 is the fall-back of Go's goroutineleak profile (experiment of 1.26) for what reachability cannot tell.

import { Chan, Source } from "../chan/index.js";
import type { Position } from "../event/index.js";
import {
  type G,
  Listener,
  markStack,
  type Operable,
  type OpKind,
  type Runtime,
  type StackMark,
  Status,
} from "../runtime/index.js";
import { HeldLocks } from "./held.js";
import { edgeOf } from "./ordering.js";
import { type LostWakeup, Wakeups } from "./wakeups.js";
import { topOf } from "./words.js";

/** A goroutine that waits, and those who could wake it. */
export interface Waiting {
  readonly g: G;
  readonly kind: OpKind;
  /** What it waits for: several in a select, none in one without cases. */
  readonly objects: readonly Operable[];
  /** A lock: all of `wakers` must act. Otherwise any one of them is enough. */
  readonly isLock: boolean;
  readonly wakers: readonly G[];
}

/** Enough to get from an operation to the line that called it. */
const FRAMES = 8;

/** Every goroutine that has ended takes its place in a set from time to time: sets are cleaned when they grow. */
const CLEAN_AT = 256;

interface CaseLike {
  readonly chan?: Operable & { readonly isNil?: boolean };
}

/** Follows a run, to tell at its end who waits for whom. */
export class Waits extends Listener {
  readonly held = new HeldLocks();
  readonly #withStacks: boolean;
  readonly #wakeups = new Wakeups();
  readonly #parents = new WeakMap<G, G>();
  readonly #startedAt = new WeakMap<G, StackMark>();
  readonly #users = new WeakMap<Operable, Set<G>>();
  readonly #selected = new WeakMap<G, readonly Operable[]>();
  readonly #sites = new WeakMap<G, StackMark>();
  readonly #takenAt = new WeakMap<Operable, WeakMap<G, StackMark>>();
  /** Locks that were unlocked by somebody else than their holder: R1 says nothing about them. */
  readonly #passedOn = new WeakSet<Operable>();
  /** The pair that was noted last: often it is the same again. */
  #lastUsed: Operable | null = null;
  #lastUser: G | null = null;
  /** Those who ended and held a lock. */
  readonly #gone = new Set<G>();

  constructor(withStacks: boolean) {
    super();
    this.#withStacks = withStacks;
  }

  override spawned(g: G, by: G | null): void {
    if (by === null) return;
    this.#parents.set(g, by);
    const at = this.#withStacks ? this.#sites.get(by) : undefined;
    if (at !== undefined) this.#startedAt.set(g, at);
  }

  override site(g: G): void {
    if (this.#withStacks) this.#sites.set(g, markStack(FRAMES));
  }

  override done(g: G, kind: OpKind, object: Operable, arg: unknown, value: unknown): void {
    this.#completed(g, kind, object, value);
    this.#wakeups.done(g, kind, object, arg, value, this.#sites.get(g));
    if (kind.name === "select") for (const chan of channelsOf(arg)) this.#used(g, chan);
  }

  override called(g: G, kind: OpKind, object: Operable, value: unknown): void {
    this.#completed(g, kind, object, value);
  }

  override park(g: G, arg: unknown): void {
    if (g.object === null || g.kind === null) return;
    this.#used(g, g.object);
    if (g.kind.name !== "select" || arg === undefined) return;
    const channels = channelsOf(arg);
    this.#selected.set(g, channels);
    for (const chan of channels) this.#used(g, chan);
  }

  override handed(): void {
    this.#wakeups.handed();
  }

  override wake(g: G): void {
    if (g.kind !== null && g.object !== null) this.#completed(g, g.kind, g.object, g.value);
  }

  override exit(g: G): void {
    if (this.held.of(g).length > 0) this.#gone.add(g);
  }

  #completed(g: G, kind: OpKind, object: Operable, value: unknown): void {
    this.#used(g, object);
    const edge = edgeOf(kind, object);
    if (edge === "lock" || edge === "rLock") {
      if (value === false) return;
      this.held.locked(g, object, edge === "rLock");
      this.#noteTaken(g, object);
    } else if (edge === "unlock" || edge === "rUnlock") {
      if (!this.held.of(g).some((held) => held.lock === object)) this.#passedOn.add(object);
      this.held.unlocked(g, object, edge === "rUnlock");
    }
  }

  #noteTaken(g: G, lock: Operable): void {
    const at = this.#sites.get(g);
    if (at === undefined) return;
    let places = this.#takenAt.get(lock);
    if (places === undefined) {
      places = new WeakMap();
      this.#takenAt.set(lock, places);
    }
    places.set(g, at);
  }

  /** Who started `g`, who started that one, and so on up to main. */
  parentsOf(g: G): G[] {
    const parents: G[] = [];
    for (let by = this.#parents.get(g); by !== undefined; by = this.#parents.get(by)) parents.push(by);
    return parents;
  }

  /** Where `g` was started, if stacks are taken. */
  startedAt(g: G): Position | undefined {
    return topOf(this.#startedAt.get(g));
  }

  /** The last announcement on `object`, if nobody heard it. */
  lostOn(object: Operable): LostWakeup | undefined {
    return this.#wakeups.lostOn(object);
  }

  /** Where `g` took `lock`, if stacks are taken. */
  takenAt(g: G, lock: Operable): Position | undefined {
    return topOf(this.#takenAt.get(lock)?.get(g));
  }

  #used(g: G, object: Operable): void {
    if ((object === this.#lastUsed && g === this.#lastUser) || object.label === "") return;
    this.#lastUsed = object;
    this.#lastUser = g;
    const users = this.#users.get(object);
    if (users === undefined) {
      this.#users.set(object, new Set([g]));
      return;
    }
    users.add(g);
    if (users.size % CLEAN_AT === 0)
      for (const user of users) if (user.status === Status.DEAD) users.delete(user);
  }

  /** Who has used `object`, `but` not counted. */
  usersOf(object: Operable, but: G): G[] {
    return [...(this.#users.get(object) ?? [])].filter((g) => g !== but);
  }

  /** Who holds `lock`: also those who ended without giving it back. */
  holdersOf(rt: Runtime, lock: Operable, onlyWriters: boolean): G[] {
    return [...rt.live, ...this.#gone].filter((g) =>
      this.held.of(g).some((held) => held.lock === lock && !(onlyWriters && held.isShared)),
    );
  }

  /** Everybody whose wait neither time nor the host can end, in the order of their ids. */
  all(rt: Runtime): Waiting[] {
    const waiting: Waiting[] = [];
    const started = startedBy(rt);
    for (const g of rt.live) {
      if (g.status !== Status.WAITING || g.kind === null || g.object === null) continue;
      const wait = this.#wait(rt, g, g.kind, g.object, started);
      if (wait !== null) waiting.push(wait);
    }
    return waiting.sort((a, b) => a.g.id - b.g.id);
  }

  #wait(rt: Runtime, g: G, kind: OpKind, object: Operable, started: Map<object, G[]>): Waiting | null {
    if (/(?:For|Within)$/.test(kind.name)) return null; // it gives up by itself
    const edge = edgeOf(kind, object);
    if (edge === "lock" || edge === "rLock") return this.#lockWait(rt, g, kind, object);
    const objects = kind.name === "select" ? (this.#selected.get(g) ?? []) : [object];
    const isHopeless = objects.length === 0 || kind.wait.endsWith("(nil chan)");
    if (isHopeless) return { g, kind, objects: [], isLock: false, wakers: [] };
    if (!objects.every((o) => isKnown(o))) return null;
    const wakers = objects.flatMap((o) => [...this.usersOf(o, g), ...(started.get(o) ?? [])]);
    return { g, kind, objects, isLock: false, wakers: [...new Set(wakers)] };
  }

  #lockWait(rt: Runtime, g: G, kind: OpKind, lock: Operable): Waiting {
    const isReader = edgeOf(kind, lock) === "rLock";
    if (this.#passedOn.has(lock)) {
      return { g, kind, objects: [lock], isLock: false, wakers: this.usersOf(lock, g) };
    }
    const holders = this.holdersOf(rt, lock, isReader);
    // No writer inside and yet a reader waits: for the writers in line, which keep new readers out.
    const wakers = holders.length > 0 ? holders : isReader ? writersInLine(rt, lock) : [];
    return { g, kind, objects: [lock], isLock: true, wakers };
  }
}

function channelsOf(arg: unknown): Operable[] {
  if (!Array.isArray(arg)) return [];
  return (arg as (CaseLike | null)[]).flatMap((c) =>
    c?.chan === undefined || c.chan.isNil === true ? [] : c.chan,
  );
}

/** Besides channels and locks. */
const OTHERS = new Set(["waitgroup", "cond", "semaphore", "once", "latch", "barrier"]);

/** True for what only goroutines wake. A timer's or a context's channel is served by the library itself. */
function isKnown(object: Operable): boolean {
  if (object.label === "chan") return object instanceof Chan || !(object instanceof Source);
  return OTHERS.has(object.label);
}

function writersInLine(rt: Runtime, lock: Operable): G[] {
  return rt.live.filter(
    (g) =>
      g.status === Status.WAITING && g.object === lock && g.kind !== null && edgeOf(g.kind, lock) === "lock",
  );
}

/** The goroutines whose end counts down a wait group. */
function startedBy(rt: Runtime): Map<object, G[]> {
  const started = new Map<object, G[]>();
  for (const g of rt.live) {
    if (g.onExit === null) continue;
    const same = started.get(g.onExit);
    if (same === undefined) started.set(g.onExit, [g]);
    else same.push(g);
  }
  return started;
}
