// LockHeldDetector: a lock that is held while its holder waits for something else: a message, time, the host; or longer
// than a limit. Everybody who wants the lock then waits for that, too; and if the one who would end the wait is among
// them, for ever.
//
// It tells of habits: many correct programs hold a lock across a wait. So it looks only when it is asked for by name.
//
// Invariants:
//  I1. One finding for each lock and kind of wait: the first; of those that last too long, the longest.
//  I2. A lock that was unlocked by somebody else than its holder is no lock but a signal, and is left out.

import { Chan } from "../chan/index.js";
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
} from "../runtime/index.js";
import { type Held, HeldLocks, LOCKS } from "./held.js";
import { type HeldWait, lockHeldFinding } from "./lockheldtext.js";
import { edgeOf } from "./ordering.js";

/** More findings than these are only counted. */
const MOST_FINDINGS = 5;

interface Taken {
  readonly sinceNs: number;
  readonly mark: StackMark | undefined;
}

/** Finds locks that are held across a wait. Made for `detect: ["lock-held"]`. */
export class LockHeldDetector extends Detector {
  readonly #withStacks: boolean;
  readonly #limitNs: number;
  readonly #held = new HeldLocks();
  readonly #taken = new WeakMap<Held, Taken>();
  readonly #sites = new WeakMap<G, StackMark>();
  /** By lock, and by channel: who has taken it, who has used it. */
  readonly #users = new Map<Operable, Set<G>>();
  readonly #found = new Map<Operable, Map<string, HeldWait>>();
  /** I2 */
  readonly #passedOn = new Set<Operable>();

  constructor({ withStacks, lockLimitMs }: Pick<DetectorOptions, "withStacks" | "lockLimitMs">) {
    super();
    this.#withStacks = withStacks;
    this.#limitNs = lockLimitMs === undefined ? Number.POSITIVE_INFINITY : lockLimitMs * 1e6;
  }

  override site(g: G): void {
    if (this.#withStacks) this.#sites.set(g, markStack());
  }
  override done(g: G, kind: OpKind, object: Operable, arg: unknown, value: unknown): void {
    this.#completed(g, kind, object, arg, value);
  }
  override called(g: G, kind: OpKind, object: Operable, value: unknown): void {
    this.#completed(g, kind, object, undefined, value);
  }
  override wake(g: G): void {
    if (g.kind !== null && g.object !== null) this.#completed(g, g.kind, g.object, undefined, g.value);
  }

  override park(g: G, arg: unknown): void {
    const { kind, object } = g;
    if (kind === null || object === null) return;
    if (LOCKS.has(edgeOf(kind, object)) || kind.name === "gosched" || kind.name === "work") return;
    const channels = channelsOf(object, arg);
    for (const channel of channels) this.#use(g, channel);
    for (const held of this.#held.of(g)) {
      const { mark } = this.#taken.get(held) ?? {};
      const wait = {
        g,
        kind,
        channels,
        lock: held.lock,
        mark: this.#sites.get(g),
        taken: mark,
        heldNs: null,
      };
      this.#note(kind.wait, wait);
    }
  }

  override get hasFindings(): boolean {
    return this.#found.size > 0;
  }

  override findings(rt: Runtime): Finding[] {
    const names = rt.trace?.names ?? new ObjectNames();
    const found: Finding[] = [];
    for (const [lock, waits] of this.#found) {
      if (this.#passedOn.has(lock)) continue; // I2
      for (const wait of waits.values()) {
        found.push(lockHeldFinding(wait, this.#limitNs, this.#partnerOf(wait), names));
      }
    }
    const more = found.length - MOST_FINDINGS;
    if (more <= 0) return found;
    const message = `and ${more} more ${more === 1 ? "wait" : "waits"} under a lock`;
    return [...found.slice(0, MOST_FINDINGS), { verdict: "starvation", message, goroutines: [], at: [] }];
  }

  #completed(g: G, kind: OpKind, object: Operable, arg: unknown, value: unknown): void {
    for (const channel of channelsOf(object, arg)) this.#use(g, channel);
    const edge = edgeOf(kind, object);
    if (edge === "lock" || edge === "rLock") {
      if (value !== false) this.#locked(g, object, edge === "rLock");
    } else if (edge === "unlock" || edge === "rUnlock") {
      this.#unlocked(g, object, edge === "rUnlock");
    }
  }

  #locked(g: G, lock: Operable, isShared: boolean): void {
    this.#use(g, lock);
    this.#held.locked(g, lock, isShared);
    const last = this.#held.of(g).at(-1);
    if (last?.lock === lock) this.#taken.set(last, { sinceNs: g.rt.nowNs, mark: this.#sites.get(g) });
  }

  #unlocked(g: G, lock: Operable, isShared: boolean): void {
    const held = this.#held
      .of(g)
      .filter((own) => own.lock === lock && own.isShared === isShared)
      .at(-1);
    if (held === undefined) this.#passedOn.add(lock);
    const taken = held === undefined ? undefined : this.#taken.get(held);
    this.#held.unlocked(g, lock, isShared);
    if (taken === undefined) return;
    const heldNs = g.rt.nowNs - taken.sinceNs;
    if (heldNs <= this.#limitNs) return;
    const wait = { g, kind: null, channels: [], lock, mark: this.#sites.get(g), taken: taken.mark, heldNs };
    this.#note("longer", wait);
  }

  #note(what: string, wait: HeldWait): void {
    let waits = this.#found.get(wait.lock);
    if (waits === undefined) {
      waits = new Map();
      this.#found.set(wait.lock, waits);
    }
    const known = waits.get(what);
    if (known === undefined || (wait.heldNs ?? 0) > (known.heldNs ?? 0)) waits.set(what, wait); // I1
  }

  #use(g: G, object: Operable): void {
    const users = this.#users.get(object);
    if (users === undefined) this.#users.set(object, new Set([g]));
    else users.add(g);
  }

  /** Somebody else who uses one of the channels, and takes the lock: perhaps before it would end the wait. */
  #partnerOf({ g, channels, lock }: HeldWait): G | null {
    const takers = this.#users.get(lock);
    for (const channel of channels) {
      for (const user of this.#users.get(channel) ?? []) {
        if (user !== g && takers?.has(user) === true) return user;
      }
    }
    return null;
  }
}

function channelsOf(object: Operable, arg: unknown): Operable[] {
  if (object instanceof Chan) return [object];
  if (object.label !== "" || !Array.isArray(arg)) return [];
  return (arg as ({ readonly chan?: unknown } | null)[]).flatMap((c) =>
    c?.chan instanceof Chan ? c.chan : [],
  );
}
