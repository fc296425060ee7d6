// Waits: who waits for whom at the end of a run, read from its events alone.
import type { EventData, GoroutineData, Report } from "../event/index.js";

/** One goroutine that is blocked at the end. */
export interface Blocked {
  readonly goroutine: GoroutineData;
  /** Locks it holds, as far as the events tell. */
  readonly holds: readonly string[];
  /** Who holds what it waits for. */
  readonly heldBy: readonly number[];
}

const TAKES = ["lock", "rLock"];
const GIVES = ["unlock", "rUnlock"];

/** Returns the blocked goroutines of a report, with what they hold. **Cost:** O(events). */
export function blockedOf(report: Report): Blocked[] {
  const holders = holdersOf(report.events ?? []);
  return report.goroutines
    .filter((g) => g.status === "waiting")
    .map((goroutine) => ({
      goroutine,
      holds: [...holders].filter(([, by]) => by.includes(goroutine.id)).map(([object]) => object),
      heldBy: holders.get(goroutine.waitingOn ?? "") ?? [],
    }));
}

/** Every lock that is held at the end, and by whom; a reader's lock has as many holders as readers. */
function holdersOf(events: readonly EventData[]): Map<string, number[]> {
  const holders = new Map<string, number[]>();
  for (const { what, op, object, g } of events) {
    if (object === undefined || (what !== "done" && what !== "wake")) continue;
    const by = holders.get(object) ?? [];
    if (TAKES.includes(op)) holders.set(object, [...by, g]);
    if (GIVES.includes(op)) {
      // Unlocking is not tied to the goroutine that locked: then the oldest holder's lock is given back.
      const index = Math.max(0, by.indexOf(g));
      holders.set(
        object,
        by.filter((_, i) => i !== index),
      );
    }
  }
  for (const [object, by] of holders) if (by.length === 0) holders.delete(object);
  return holders;
}

/** Returns a cycle of waiting as ids, each waiting for the next and the last for the first; `undefined` if none. */
export function cycleOf(blocked: readonly Blocked[]): number[] | undefined {
  const next = new Map(blocked.map((b) => [b.goroutine.id, b.heldBy]));
  for (const start of next.keys()) {
    const path = search(next, [start]);
    if (path !== undefined) return path;
  }
  return undefined;
}

function search(next: ReadonlyMap<number, readonly number[]>, path: readonly number[]): number[] | undefined {
  for (const g of next.get(path[path.length - 1]!) ?? []) {
    if (g === path[0]) return [...path];
    if (path.includes(g)) continue;
    const found = search(next, [...path, g]);
    if (found !== undefined) return found;
  }
  return undefined;
}
