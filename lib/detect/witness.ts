// Witness: what a report needs to know about a run and finding a race does not: stacks, locks held, spawn lines, names.
// Made only where somebody will read the report, since a stack costs some microseconds.

import type { Position } from "../event/index.js";
import {
  type Edge,
  type G,
  markStack,
  ObjectNames,
  type Operable,
  type OpKind,
  positionsOf,
  type StackMark,
} from "../runtime/index.js";
import { HeldLocks } from "./held.js";
import { edgeOf } from "./ordering.js";

/** What a race can be between. */
const ACCESSES: ReadonlySet<Edge | undefined> = new Set<Edge>(["read", "write", "atomicRead", "atomicWrite"]);

/** Enough to get from `go` to the line that called it: one is kept for every goroutine. */
const SPAWN_FRAMES = 8;

export class Witness {
  readonly #held = new HeldLocks();
  readonly #sites = new Map<G, StackMark>();
  readonly #createdAt = new Map<number, StackMark>();
  readonly names = new ObjectNames();

  /**
   * `g` is about to do something: keeps where it stands, if that can be one side of a race or start somebody. A traced
   * run keeps it for every operation, so that races on channels themselves have positions, too.
   */
  site(g: G, kind: OpKind): void {
    if (g.rt.trace !== null || ACCESSES.has(kind.edge)) this.#sites.set(g, markStack());
    else if (kind.name === "go") this.#sites.set(g, markStack(SPAWN_FRAMES));
    else this.#sites.delete(g); // no stack rather than an old one
  }

  spawned(g: G, by: G | null): void {
    const at = by === null ? undefined : this.#sites.get(by);
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

  stackOf(g: G): StackMark | null {
    return this.#sites.get(g) ?? null;
  }

  /** The locks that `g` holds, as a report names them. */
  locksOf(g: G): string[] {
    return this.#held
      .of(g)
      .map(({ lock, isShared }) => `${this.nameOf(g, lock)}${isShared ? " (for reading)" : ""}`);
  }

  /** Where `g` was started. */
  createdAt(g: G): Position | undefined {
    const mark = this.#createdAt.get(g.id);
    return mark === undefined ? undefined : positionsOf(mark)[0];
  }

  /** `mutex#1`, as in the events of the run, if it has any. */
  nameOf(g: G, object: Operable): string {
    return (g.rt.trace?.names ?? this.names).nameOf(object);
  }
}
