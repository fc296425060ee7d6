// exercise: 05-the-rwmutex-incident/rules
// Three field rules as checks that can fail. Each reads the log of a service and names what broke
// the rule: every lock that did, none that did not, nothing for a clean log.
// Check: npx hb check 05-the-rwmutex-incident/rules
// Fails: not implemented: heldTooLong

/** One line of a log; lines are in the order of time. `lock` is told of all but fetches. */
export interface Line {
  readonly atMs: number;
  readonly goroutine: number;
  /** `lock` and `rLock`: got it, for writing or reading. `fetch`, `fetched`: I/O begins, ends. */
  readonly what: "lock" | "unlock" | "rLock" | "rUnlock" | "fetch" | "fetched";
  readonly lock?: string;
}

/**
 * Names the locks that somebody held for writing for longer than `limitMs`; one that was never given back
 * was held up to the end of the log.
 */
export function heldTooLong(log: readonly Line[], limitMs: number): string[] {
  const since = new Map<string, number>(); // by lock: a lock has one writer at a time
  const found = new Set<string>();
  for (const { what, lock = "", atMs } of log) {
    if (what === "lock") since.set(lock, atMs);
    const tookAtMs = since.get(lock);
    if (what !== "unlock" || tookAtMs === undefined) continue;
    if (atMs - tookAtMs > limitMs) found.add(lock);
    since.delete(lock);
  }
  const endMs = log.at(-1)?.atMs ?? 0;
  for (const [lock, tookAtMs] of since) if (endMs - tookAtMs > limitMs) found.add(lock);
  return [...found];
}

/** Names the locks that somebody held, for writing or reading, while they fetched. */
export function fetchedUnder(log: readonly Line[]): string[] {
  const holds = new Map<number, string[]>(); // by goroutine: a lock that somebody else holds does not count
  const found = new Set<string>();
  for (const { goroutine, what, lock = "" } of log) {
    const mine = holds.get(goroutine) ?? [];
    if (what === "fetch") for (const held of mine) found.add(held);
    if (what === "lock" || what === "rLock") holds.set(goroutine, [...mine, lock]);
    if (what === "unlock" || what === "rUnlock") {
      const last = mine.lastIndexOf(lock); // a read lock may be held twice
      holds.set(
        goroutine,
        mine.filter((_, i) => i !== last),
      );
    }
  }
  return [...found];
}

/**
 * Tells "a before b" for each pair that somebody took against `order`: holding a when they got b,
 * though `order` has b first. Locks that `order` does not name may be taken at any time.
 */
export function againstOrder(log: readonly Line[], order: readonly string[]): string[] {
  const holds = new Map<number, string[]>();
  const found = new Set<string>();
  for (const { goroutine, what, lock = "" } of log) {
    const mine = holds.get(goroutine) ?? [];
    if (what === "lock" || what === "rLock") {
      const at = order.indexOf(lock); // -1 when `order` does not name it: then nothing stands behind it
      for (const held of mine) if (at >= 0 && order.indexOf(held) > at) found.add(`${held} before ${lock}`);
      holds.set(goroutine, [...mine, lock]);
    }
    if (what === "unlock" || what === "rUnlock") {
      const last = mine.lastIndexOf(lock);
      holds.set(
        goroutine,
        mine.filter((_, i) => i !== last),
      );
    }
  }
  return [...found];
}
