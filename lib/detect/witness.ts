// Witness: what a report needs to know about a run and finding a race does not: stacks, locks held, spawn lines, names.
// Made only where somebody will read the report, since a stack costs some microseconds.

import type { Position } from "../event/index.js";
import { captureStack, type G, ObjectNames, type Operable, type OpKind } from "../runtime/index.js";
import { HeldLocks } from "./held.js";
import { edgeOf } from "./ordering.js";

export class Witness {
  readonly #held = new HeldLocks();
  readonly #sites = new Map<G, readonly Position[]>();
  readonly #createdAt = new Map<number, Position>();
  readonly names = new ObjectNames();

  /** `g` is about to do something: keeps where it stands. */
  site(g: G): void {
    this.#sites.set(g, captureStack());
  }

  spawned(g: G, by: G | null): void {
    const at = by === null ? undefined : this.#sites.get(by)?.[0];
    if (at !== undefined) this.#createdAt.set(g.id, at);
  }

  exit(g: G): void {
    this.#sites.delete(g);
  }

  completed(g: G, kind: OpKind, object: Operable, value: unknown): void {
    if (value === false) return;
    const edge = edgeOf(kind, object);
    if (edge === "lock" || edge === "rLock") this.#held.locked(g, object, edge === "rLock");
    else if (edge === "unlock" || edge === "rUnlock") this.#held.unlocked(g, object, edge === "rUnlock");
  }

  stackOf(g: G): readonly Position[] {
    return this.#sites.get(g) ?? [];
  }

  /** The locks that `g` holds, as a report names them. */
  locksOf(g: G): string[] {
    return this.#held
      .of(g)
      .map(({ lock, isShared }) => `${this.nameOf(g, lock)}${isShared ? " (for reading)" : ""}`);
  }

  /** Where `g` was started. */
  createdAt(g: G): Position | undefined {
    return this.#createdAt.get(g.id);
  }

  /** `mutex#1`, as in the events of the run, if it has any. */
  nameOf(g: G, object: Operable): string {
    return (g.rt.trace?.names ?? this.names).nameOf(object);
  }
}
