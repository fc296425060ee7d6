// StarvationDetector: a goroutine that waits for a lock while others get it again and again.
//
// Counts how often a lock was got while somebody waited for it, less those who were there before: what is left are
// bypasses, goroutines that came later and went in first, or came back. A queue has none.
//
// Invariants:
//  I1. A reader is passed by writers only: other readers go in beside it.
//  I2. At most one finding for each lock: the wait with the most bypasses.
//
// Limits: locks only. Looks only when asked for by name: a schedule may be as unfair as it likes, and in a run that
// costs no virtual time Go's Mutex never comes to its starvation mode, which begins after 1 ms.
//
// Source: bounded bypass (Burns, Jackson, Lynch, Fischer and Peterson, JACM 1982).

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
import { edgeOf } from "./ordering.js";
import { called, place, topOf } from "./words.js";

/** So many bypasses are borne: bad luck. */
const MOST_BYPASSES = 100;
/** More locks than these are only counted. */
const MOST_FINDINGS = 5;

/** How often a lock was got, and who waits for it. */
interface Door {
  entries: number;
  writes: number;
  waiting: number;
  last: G | null;
  worst: Bypassed | null;
}

interface Wait {
  readonly door: Door;
  readonly isShared: boolean;
  /** What the count of those who got in would be without bypasses. */
  readonly fair: number;
  readonly sinceNs: number;
  readonly sinceStep: number;
}

interface Bypassed {
  readonly g: G;
  readonly kind: OpKind;
  readonly times: number;
  readonly by: G | null;
  readonly waitedNs: number;
  readonly waitedSteps: number;
  readonly isOver: boolean;
  readonly mark: StackMark | undefined;
}

/** Finds goroutines that others keep from a lock. Made for `detect: ["starvation"]`. */
export class StarvationDetector extends Detector {
  readonly #withStacks: boolean;
  readonly #doors = new Map<Operable, Door>();
  readonly #waits = new Map<G, Wait>();
  readonly #sites = new Map<G, StackMark>();

  constructor({ withStacks }: Pick<DetectorOptions, "withStacks">) {
    super();
    this.#withStacks = withStacks;
  }

  override site(g: G, kind: OpKind): void {
    if (this.#withStacks && LOCKS.has(kind.edge)) this.#sites.set(g, markStack());
  }
  override exit(g: G): void {
    this.#sites.delete(g);
  }
  override done(g: G, kind: OpKind, object: Operable, _arg: unknown, value: unknown): void {
    if (value !== false) this.#entered(g, kind, object);
  }
  override called(g: G, kind: OpKind, object: Operable): void {
    this.#entered(g, kind, object);
  }

  override park(g: G): void {
    if (g.kind === null || g.object === null) return;
    const edge = edgeOf(g.kind, g.object);
    if (!LOCKS.has(edge)) return;
    const door = this.#door(g.object);
    const isShared = edge === "rLock";
    const fair = (isShared ? door.writes : door.entries) + door.waiting;
    door.waiting++;
    this.#waits.set(g, { door, isShared, fair, sinceNs: g.rt.nowNs, sinceStep: g.rt.steps });
  }

  override wake(g: G): void {
    if (g.kind === null || g.object === null) return;
    const wait = this.#waits.get(g);
    if (wait !== undefined) {
      this.#waits.delete(g);
      wait.door.waiting--;
      this.#judge(g, g.kind, wait, true);
    }
    if (g.value !== false) this.#entered(g, g.kind, g.object);
  }

  override get hasFindings(): boolean {
    for (const [g, wait] of this.#waits) {
      if (g.status === Status.WAITING && g.kind !== null) this.#judge(g, g.kind, wait, false);
    }
    for (const door of this.#doors.values()) if (door.worst !== null) return true;
    return false;
  }

  override findings(rt: Runtime): Finding[] {
    if (!this.hasFindings) return [];
    const names = rt.trace?.names ?? new ObjectNames();
    const found: Finding[] = [];
    for (const [lock, { worst }] of this.#doors) {
      if (worst !== null) found.push(finding(names.nameOf(lock), worst));
    }
    const more = found.length - MOST_FINDINGS;
    if (more <= 0) return found;
    const message = `and ${more} more ${more === 1 ? "lock" : "locks"} from which a goroutine is kept`;
    return [...found.slice(0, MOST_FINDINGS), { verdict: "starvation", message, goroutines: [], at: [] }];
  }

  #entered(g: G, kind: OpKind, object: Operable): void {
    const edge = edgeOf(kind, object);
    if (!LOCKS.has(edge)) return;
    const door = this.#door(object);
    door.entries++;
    if (edge === "lock") door.writes++;
    door.last = g;
  }

  #judge(g: G, kind: OpKind, { door, isShared, fair, sinceNs, sinceStep }: Wait, isOver: boolean): void {
    const times = (isShared ? door.writes : door.entries) - fair; // I1
    if (times <= Math.max(MOST_BYPASSES, door.worst?.times ?? 0)) return; // I2
    door.worst = {
      g,
      kind,
      times,
      by: door.last,
      waitedNs: g.rt.nowNs - sinceNs,
      waitedSteps: g.rt.steps - sinceStep,
      isOver,
      mark: this.#sites.get(g),
    };
  }

  #door(object: Operable): Door {
    let door = this.#doors.get(object);
    if (door === undefined) {
      door = { entries: 0, writes: 0, waiting: 0, last: null, worst: null };
      this.#doors.set(object, door);
    }
    return door;
  }
}

function finding(lock: string, worst: Bypassed): Finding {
  const at = topOf(worst.mark);
  return {
    verdict: "starvation",
    message: starvationText(lock, worst, place(at)),
    goroutines: [worst.g.id, ...(worst.by === null ? [] : [worst.by.id])],
    at: at === undefined ? [] : [at],
  };
}

function starvationText(lock: string, worst: Bypassed, where: string): string {
  const { g, by, kind, times, waitedSteps, waitedNs, isOver } = worst;
  const rows = [
    `starvation: ${called(g)} ${isOver ? "waited" : "waits"} for ${lock} while others went past it ${times} times`,
    `  in ${kind.wait || kind.name}${where}, for ${waitedSteps} steps and ${waitedNs / 1e6} ms`,
  ];
  if (by !== null) rows.push(`  ${called(by)} was the last to get in`);
  return [...rows, adviceFor(lock)].join("\n");
}

function adviceFor(lock: string): string {
  if (lock.startsWith("readersfirst")) {
    return "next: readers that overlap keep a writer out for ever; use an RWMutex or a FairRWMutex, which let it in.";
  }
  return "next: hold the lock for a shorter time, or less often; a lock with a queue, such as FairRWMutex, serves in order.";
}
