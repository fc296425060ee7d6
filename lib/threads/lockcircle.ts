// LockCircle: who waits for whom, from what threads hold and wait for, and the circle in it, in words.
//
// Invariants:
//  I1. A wait is for those who hold the lock against it; for those who stand before it, where a reader-writer lock serves in order;
//      and for the writer that keeps readers out, where one did when the wait began. All of these have to go first: what holds
//      one of them up for ever holds the waiter up. So one way back to the waiter is a deadlock.

import { threadName } from "./thread.js";

/** A lock at a place in the program. */
export interface LockPlace {
  /** The class and the number that the watch gave it: `Mutex 2`. */
  readonly lock: string;
  /** The line of the stack that called, as an error's stack has it: `    at body (hb-thread-3.js:4:9)`. */
  readonly at: string;
  /** How a reader-writer lock is held, or wanted; `upgrade`: held upgradable and wanted for writing. Absent for other locks. */
  readonly how?: "read" | "write" | "upgradable" | "upgrade" | undefined;
}

/** A wait, with what the pages know of reader-writer locks. */
export interface Waiting extends LockPlace {
  /** Its place among the waits for a lock that serves in order. */
  readonly turn?: number | undefined;
  /** The writer that kept this reader out; -1 for none. */
  readonly behind?: number | undefined;
}

/** What stands on a thread's page. */
export interface Page {
  readonly holds: readonly LockPlace[];
  readonly waitsFor?: Waiting | undefined;
}

/** That of a thread. */
export interface ThreadPage extends Page {
  readonly thread: number;
}

/** The threads from `first` along what each waits for, when that leads back to `first`. */
export function circleOf(first: number, threads: readonly ThreadPage[]): ThreadPage[] | undefined {
  const seen = new Set<number>();
  const walk = (way: ThreadPage[]): ThreadPage[] | undefined => {
    for (const next of blockersOf(way.at(-1)!, threads)) {
      if (next.thread === first) return way;
      if (seen.has(next.thread)) continue;
      seen.add(next.thread);
      const found = walk([...way, next]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const start = threads.find(({ thread }) => thread === first);
  return start === undefined ? undefined : walk([start]);
}

/** The threads that must go on before this one can: they hold what it wants, or stand before it (I1). */
function blockersOf(waiter: ThreadPage, threads: readonly ThreadPage[]): ThreadPage[] {
  const wait = waiter.waitsFor;
  if (wait === undefined) return [];
  return threads.filter(
    (other) =>
      other !== waiter && (other.holds.some((held) => isAgainst(held, wait)) || isBefore(other, wait)),
  );
}

function isAgainst(held: LockPlace, wait: Waiting): boolean {
  if (held.lock !== wait.lock) return false;
  if (wait.how === "read") return held.how === "write";
  if (wait.how === "upgradable") return held.how !== "read";
  return true;
}

function isBefore({ thread, waitsFor }: ThreadPage, wait: Waiting): boolean {
  if (waitsFor?.lock !== wait.lock) return false;
  if (waitsFor.how === "upgrade") return wait.how === "read"; // it keeps new readers out
  if (wait.behind !== undefined) return thread === wait.behind;
  return wait.turn !== undefined && waitsFor.turn !== undefined && waitsFor.turn < wait.turn;
}

/** The message of an error for the circle that `call` would close. */
export function describeCircle(call: string, circle: readonly ThreadPage[]): string {
  const names = circle.map(({ thread }) => threadName(thread));
  const who = `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  const lines = circle.flatMap(({ thread, holds, waitsFor }, i) => {
    const last = circle.at(i - 1);
    const wanted = last?.waitsFor;
    const held = holds.find((one) => wanted !== undefined && isAgainst(one, wanted));
    const name = threadName(thread);
    const waits = [`  ${name} waits for ${nameOf(waitsFor)}`, waitsFor?.at];
    if (held === undefined)
      return [...waits, `  ${name} came for ${wanted?.lock} before ${threadName(last!.thread)}`];
    return [...waits, `  ${name} holds ${nameOf(held)}, locked`, held.at];
  });
  return [`${call}: would deadlock: ${who} wait for each other`, ...lines].join("\n");
}

/** `Mutex 2`, `RWMutex 1 (read)`. */
function nameOf(place: LockPlace | undefined): string {
  return place?.how === undefined ? `${place?.lock}` : `${place.lock} (${place.how})`;
}
