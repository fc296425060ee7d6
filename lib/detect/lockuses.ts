// LockUses: every time a goroutine took a lock while it held others: where a cycle of waits can come from.
//
// Invariants:
//  I1. Uses that differ in nothing that a search looks at are kept once.
//  I2. Of a goroutine that takes the same lock under the same locks again and again, the first uses are kept and the
//      latest ones: what comes before and after everything else is among them.

import type { G, Operable, StackMark } from "../runtime/index.js";
import { type Clock, type Epoch, knows, slotOf, timeOf } from "./clock.js";
import type { Held } from "./held.js";
import type { Thread } from "./ordering.js";

/** A goroutine took `lock` and held `held`; `epoch` and `known` say when that was. */
export interface LockUse {
  readonly g: G;
  readonly lock: Operable;
  readonly isShared: boolean;
  readonly held: readonly Held[];
  readonly mark: StackMark | undefined;
  readonly epoch: Epoch;
  readonly known: Clock;
}

/** Kept of one goroutine's uses of one lock under the same locks (I2). */
const MOST_ALIKE = 8;
/** Kept in all: a run of millions of goroutines is not followed to its end. */
const MOST_KINDS = 20_000;

export class LockUses {
  readonly #of = new Map<G, LockUse[][]>();
  #kinds = 0;

  get isEmpty(): boolean {
    return this.#kinds === 0;
  }

  add(use: Omit<LockUse, "epoch" | "known">, thread: Thread): void {
    const uses = this.#alike(use);
    if (uses === null) return;
    const last = uses.at(-1);
    if (last !== undefined && last.epoch === thread.epoch && isSameClock(last.known, thread.known)) return; // I1
    const kept = { ...use, held: [...use.held], epoch: thread.epoch, known: [...thread.known] };
    if (uses.length === MOST_ALIKE) uses.splice(MOST_ALIKE / 2, 1); // I2
    uses.push(kept);
  }

  /** All of them, in the order in which they were seen first. */
  *all(): IterableIterator<LockUse> {
    for (const kinds of this.#of.values()) for (const uses of kinds) yield* uses;
  }

  /** The earlier ones that differ in time only. */
  #alike(use: Omit<LockUse, "epoch" | "known">): LockUse[] | null {
    let kinds = this.#of.get(use.g);
    const found = kinds?.find((uses) => isAlike(uses[0] as LockUse, use));
    if (found !== undefined) return found;
    if (this.#kinds === MOST_KINDS) return null;
    this.#kinds++;
    if (kinds === undefined) {
      kinds = [];
      this.#of.set(use.g, kinds);
    }
    const uses: LockUse[] = [];
    kinds.push(uses);
    return uses;
  }
}

function isAlike(a: LockUse, b: Omit<LockUse, "epoch" | "known">): boolean {
  return (
    a.lock === b.lock &&
    a.isShared === b.isShared &&
    a.held.length === b.held.length &&
    a.held.every((held, i) => held.lock === b.held[i]?.lock && held.isShared === b.held[i]?.isShared)
  );
}

function isSameClock(a: Clock, b: Clock): boolean {
  return a.length === b.length && a.every((time, i) => time === b[i]);
}

/** True when two goroutines can be at these two places at once: no lock and no order keeps them apart. */
export function canMeet(a: LockUse, b: LockUse): boolean {
  return a.g !== b.g && !isBefore(a, b) && !isBefore(b, a) && !haveGate(a, b);
}

function isBefore(a: LockUse, b: LockUse): boolean {
  if (knows(b.known, a.epoch)) return true;
  return slotOf(a.epoch) === slotOf(b.epoch) && timeOf(a.epoch) <= timeOf(b.epoch);
}

/** A lock that both hold lets only one of them in, unless both only read. */
function haveGate(a: LockUse, b: LockUse): boolean {
  return a.held.some(({ lock, isShared }) =>
    b.held.some((other) => other.lock === lock && !(isShared && other.isShared)),
  );
}
