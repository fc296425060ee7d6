// LockOrderDetector: locks that are taken in orders that can end in a deadlock, found in runs that did not.
//
// It follows who takes which lock under which others, and looks at the end of the run for cycles (lockcycles.ts). So
// one harmless schedule is enough to find a deadlock that only another one has. It is a prediction: where goroutines
// agree on their turns through a variable under a lock, nothing tells that they cannot meet, and it may be wrong.
// That is why it looks only when asked for by name.
//
// Invariants:
//  I1. Edges of locks do not order anybody here: in another schedule they run the other way. All other edges do.
//  I2. A lock that was unlocked by somebody else than its holder is no lock but a signal, and is left out.
//  I3. Who gives up by itself (tryLock, tryLockFor) is in no cycle, but what it got is held like any other lock.
//
// Limits: sees only what the run did (a search puts its runs together: lockacross.ts); a Once, a semaphore or a channel
// used as a lock is none for it, nor is `uLock`.

import type { Finding, LockOrderData, LockStep, Position } from "../event/index.js";
import {
  type DetectorOptions,
  type G,
  markStack,
  ObjectNames,
  type Operable,
  type OpKind,
  type Runtime,
  type StackMark,
} from "../runtime/index.js";
import { Following } from "./following.js";
import { type Held, HeldLocks, LOCKS } from "./held.js";
import { type Cycle, lockCycles } from "./lockcycles.js";
import { LockNames } from "./locknames.js";
import { lockOrderText, orderAdvice, upgradeText } from "./lockordertext.js";
import { type LockRun, lockRun } from "./lockrun.js";
import { canMeet, type LockUse, LockUses } from "./lockuses.js";
import { edgeOf } from "./ordering.js";
import { topOf } from "./words.js";

/** More than these are only counted. */
const MOST_FINDINGS = 5;

/** A goroutine that has begun to wait for its own read lock. */
interface Upgrade {
  readonly g: G;
  readonly held: Held;
  readonly mark: StackMark | undefined;
}

/** What a report tells of a use. */
type Taken = Omit<LockUse, "held" | "epoch" | "known">;

/** Finds lock orders that can deadlock. Made for `detect: ["lock-order"]`. */
export class LockOrderDetector extends Following {
  readonly #held = new HeldLocks();
  readonly #uses = new LockUses();
  readonly #withStacks: boolean;
  readonly #sites = new Map<G, StackMark>();
  readonly #takenAt = new WeakMap<Held, StackMark>();
  /** I2 */
  readonly #passedOn = new Set<Operable>();
  readonly #upgrades = new Map<Operable, Upgrade>();
  #cycles: Cycle<LockUse>[] | null = null;
  #acrossRuns: LockNames | null = null;

  constructor({ withStacks }: Pick<DetectorOptions, "withStacks">) {
    super();
    this.#withStacks = withStacks;
  }

  /** From now on also keeps by what names its locks are known again in other runs; `state` is what `setup` made. */
  gather(state: unknown): void {
    this.#acrossRuns = new LockNames(state);
  }

  /** What other runs can be compared with, and the first use of each kind; null when it did not gather. */
  gathered(): { readonly run: LockRun; readonly first: readonly LockUse[] } | null {
    const names = this.#acrossRuns;
    return names && lockRun(this.#uses.all(), names, (lock) => this.#passedOn.has(lock));
  }

  /** Where `use` took its lock, and where `from`, which it held. */
  placesOf(
    use: Pick<LockUse, "mark">,
    from?: Held,
  ): { readonly at?: Position; readonly heldSince?: Position } {
    const at = topOf(use.mark);
    const since = from === undefined ? undefined : topOf(this.#takenAt.get(from));
    return { ...(at === undefined ? {} : { at }), ...(since === undefined ? {} : { heldSince: since }) };
  }

  override spawned(g: G, by: G | null): void {
    super.spawned(g, by);
    this.#acrossRuns?.spawned(g, by);
  }
  override exit(g: G): void {
    super.exit(g);
    this.#sites.delete(g);
  }
  override site(g: G, kind: OpKind): void {
    if (this.#withStacks && LOCKS.has(kind.edge)) this.#sites.set(g, markStack());
  }
  override done(g: G, kind: OpKind, object: Operable, _arg: unknown, value: unknown): void {
    this.#completed(g, kind, object, value, !givesUp(kind));
  }
  override called(g: G, kind: OpKind, object: Operable, value: unknown): void {
    this.#completed(g, kind, object, value, false); // I3
  }
  override wake(g: G): void {
    if (g.kind !== null && g.object !== null) {
      this.#completed(g, g.kind, g.object, g.value, !givesUp(g.kind));
    }
  }

  override park(g: G): void {
    if (g.kind === null || g.object === null) return;
    const edge = edgeOf(g.kind, g.object);
    if (edge === "lock") this.#upgrading(g, g.object);
    else if (edge !== "rLock") this.ordering.parked(g, g.kind, g.object);
  }

  override get hasFindings(): boolean {
    return this.#upgrades.size > 0 || (!this.#uses.isEmpty && this.#search().length > 0);
  }

  override findings(rt: Runtime): Finding[] {
    const names = rt.trace?.names ?? new ObjectNames();
    const found = [...this.#upgrades].map((upgrade) => this.#upgradeFinding(upgrade, names));
    found.push(...this.#search().map((cycle) => this.#orderFinding(cycle, names)));
    const more = found.length - MOST_FINDINGS;
    if (more <= 0) return found;
    const message = `and ${more} more ${more === 1 ? "place" : "places"} where the order of locks can deadlock`;
    return [...found.slice(0, MOST_FINDINGS), { verdict: "lock-order", message, goroutines: [], at: [] }];
  }

  #orderFinding(cycle: Cycle<LockUse>, names: ObjectNames): Finding {
    const steps = cycle.links.map(({ use, from }) => this.#step(use, names, from));
    const writers = [...new Set(cycle.writers)].map((use) => this.#step(use, names));
    const data: LockOrderData = { steps, writers, advice: orderAdvice(steps) };
    return finding(data, lockOrderText(data));
  }

  #upgradeFinding([lock, { g, held, mark }]: [Operable, Upgrade], names: ObjectNames): Finding {
    const data: LockOrderData = {
      steps: [this.#step({ g, lock, isShared: false, mark }, names, held)],
      writers: [],
      advice: "rUnlock before lock, and look again at what was read; or use an UpgradableRWMutex.",
    };
    return finding(data, upgradeText(data));
  }

  #step(use: Taken, names: ObjectNames, held?: Held): LockStep {
    const holds = held === undefined ? undefined : names.nameOf(held.lock); // named first: it was taken first
    return {
      goroutine: use.g.id,
      name: use.g.name,
      takes: names.nameOf(use.lock),
      isReading: use.isShared,
      ...(holds === undefined ? {} : { holds, isHeldForReading: held?.isShared === true }),
      ...this.placesOf(use, held),
    };
  }

  #completed(g: G, kind: OpKind, object: Operable, value: unknown, isPatient: boolean): void {
    const edge = edgeOf(kind, object);
    if (edge === "lock" || edge === "rLock") {
      if (value !== false) this.#locked(g, object, edge === "rLock", isPatient);
    } else if (edge === "unlock" || edge === "rUnlock") {
      if (!this.#held.of(g).some((held) => held.lock === object)) this.#passedOn.add(object); // I2
      this.#held.unlocked(g, object, edge === "rUnlock");
    } else {
      this.ordering.completed(g, kind, object, value); // I1
    }
  }

  #locked(g: G, lock: Operable, isShared: boolean, isPatient: boolean): void {
    this.#acrossRuns?.used(g, lock);
    const held = this.#held.of(g);
    const mark = this.#sites.get(g);
    if (isPatient && (held.length > 0 || (!isShared && lock.label.endsWith("rwmutex")))) {
      this.#uses.add({ g, lock, isShared, held, mark }, this.ordering.of(g));
    }
    this.#held.locked(g, lock, isShared);
    const last = this.#held.of(g).at(-1);
    if (mark !== undefined && last?.lock === lock) this.#takenAt.set(last, mark);
  }

  /** `g` has begun to wait for the readers of `lock`: perhaps for itself. */
  #upgrading(g: G, lock: Operable): void {
    const held = this.#held.of(g).find((own) => own.lock === lock && own.isShared);
    if (held === undefined || this.#upgrades.has(lock)) return;
    this.#upgrades.set(lock, { g, held, mark: this.#sites.get(g) });
  }

  #search(): Cycle<LockUse>[] {
    if (this.#cycles !== null) return this.#cycles;
    const isLock = (lock: Operable): boolean => !this.#passedOn.has(lock);
    const uses: LockUse[] = [];
    for (const use of this.#uses.all()) if (isLock(use.lock)) uses.push(use);
    this.#cycles = lockCycles(uses, canMeet).filter(({ links }) =>
      links.every(({ from }) => isLock(from.lock)),
    );
    return this.#cycles;
  }
}

function givesUp(kind: OpKind): boolean {
  return kind.name.endsWith("For");
}

function finding(data: LockOrderData, message: string): Finding {
  const all = [...data.steps, ...data.writers];
  return {
    verdict: "lock-order",
    message,
    goroutines: [...new Set(all.map((step) => step.goroutine))],
    at: all.flatMap((step) => step.at ?? []),
    lockOrder: data,
  };
}
