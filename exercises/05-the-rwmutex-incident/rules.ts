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
  // TODO: from each `lock` to its `unlock`.
  throw new Error(`not implemented: heldTooLong for ${log.length} lines and ${limitMs} ms`);
}

/** Names the locks that somebody held, for writing or reading, while they fetched. */
export function fetchedUnder(log: readonly Line[]): string[] {
  // TODO: what did the goroutine that fetches hold?
  throw new Error(`not implemented: fetchedUnder for ${log.length} lines`);
}

/**
 * Tells "a before b" for each pair that somebody took against `order`: holding a when they got b,
 * though `order` has b first. Locks that `order` does not name may be taken at any time.
 */
export function againstOrder(log: readonly Line[], order: readonly string[]): string[] {
  // TODO: what did the goroutine hold when it got one more?
  throw new Error(`not implemented: againstOrder for ${log.length} lines and ${order.join(", ")}`);
}
