// RWWatch: what a reader-writer lock that is made or attached while somebody watches or records tells of its holds.
//
// The calls of such a lock, this object only, are replaced by ones that note what was taken, and what is about to be freed: to the lock
// graph (lockgraph.ts) and to the recording (tracewriter.ts). Other locks are not touched, so reading and writing cost them nothing.
// What a lock waits for is told by its slow paths (RWCore.sleep).
//
// Invariants:
//  I1. As lockgraph.ts I2: a hold is noted before its thread can wait for anything else, and off before the lock is free.
//  I2. A call that makes another one of these is told once.
//  I3. When nobody watches or records any more, and no hold is noted, the lock gets its own calls back.
//
// Rejected: a flag in the lock's word, as Mutex has: readers look at that word with one addition, and a flag in it would send them
// all through the slow path, which counts them otherwise.

import { callerLine, isWatching, noteFree, noteHold } from "./lockgraph.js";
import { isTracing, type Kind, traceFreed, traceHeld } from "./tracewriter.js";

/** How a lock is held. */
export type Hold = "read" | "write" | "upgradable";

/** Who waits for what a hold keeps: nobody, somebody, somebody who gets the lock with the unlock. */
export type Awaited = "no" | "yes" | "handed over";

/** What is watched. */
export interface WatchedRW {
  /** What the graph calls it; asked while somebody watches. */
  name(): string;
  readonly words: Int32Array;
  awaited(hold: Hold): Awaited;
}

const TAKES: Readonly<Record<string, Hold>> = {
  rLock: "read",
  tryRLock: "read",
  tryRLockFor: "read",
  rLockAsync: "read",
  lock: "write",
  tryLock: "write",
  tryLockFor: "write",
  lockAsync: "write",
  uLock: "upgradable",
  tryULock: "upgradable",
  tryULockFor: "upgradable",
  uLockAsync: "upgradable",
};
const CHANGES: Readonly<Record<string, Hold>> = {
  upgrade: "write",
  tryUpgrade: "write",
  tryUpgradeFor: "write",
  upgradeAsync: "write",
  downgrade: "upgradable",
};
const FREES: Readonly<Record<string, Hold>> = { rUnlock: "read", unlock: "write", uUnlock: "upgradable" };
const KINDS: Readonly<Record<Hold, Kind>> = { write: 0, read: 1, upgradable: 2 };

type Call = (...args: unknown[]) => unknown;

/** Replaces the calls of `lock`. */
export function watchRW(lock: object, watched: WatchedRW): void {
  const calls = lock as Record<string, Call | undefined>;
  const names = [...Object.keys(TAKES), ...Object.keys(CHANGES), ...Object.keys(FREES), "abandon"];
  const restore = () => {
    for (const name of names) delete calls[name];
  };
  let isInside = false;
  /** I2. */
  const once =
    (call: Call, original: Call): Call =>
    (...args) => {
      if (isInside) return original(...args);
      isInside = true;
      try {
        return call(...args);
      } finally {
        isInside = false;
      }
    };
  const wrap = (name: string, original: Call): Call => {
    if (name === "abandon") return abandoning(original, watched);
    const taken = TAKES[name] ?? CHANGES[name];
    const freed = FREES[name];
    return freed === undefined
      ? taking(original, watched, taken!, name in CHANGES)
      : freeing(original, watched, freed, restore);
  };
  for (const name of names) {
    const original = calls[name]?.bind(lock);
    if (original !== undefined) calls[name] = named(name, once(wrap(name, original), original));
  }
}

/** `call` by its name, which stacks show. */
function named(name: string, call: Call): Call {
  return { [name]: (...args: unknown[]) => call(...args) }[name]!;
}

/** A call that returns false, or a promise of it, when it has not taken the lock. */
function taking(original: Call, watched: WatchedRW, hold: Hold, isChange: boolean): Call {
  const told = (got: unknown, at?: string) => {
    if (got === false) return got;
    if (isWatching()) {
      if (isChange) noteFree(watched.name(), hold === "write" ? "upgradable" : "write");
      noteHold(watched.name(), hold, at);
    }
    if (isTracing() && !isChange) traceHeld(watched.words, KINDS[hold]);
    return got;
  };
  return (...args) => {
    const got = original(...args);
    if (!(got instanceof Promise)) return told(got);
    const at = isWatching() ? callerLine() : undefined;
    return got.then((isIn: unknown) => told(isIn, at));
  };
}

function freeing(original: Call, watched: WatchedRW, hold: Hold, restore: () => void): Call {
  return () => {
    const left = noteFree(watched.name(), hold); // I1
    if (isTracing()) {
      const awaited = watched.awaited(hold);
      traceFreed(watched.words, awaited !== "no", awaited === "handed over", KINDS[hold]);
    }
    original();
    if (left === 0 && !isWatching() && !isTracing()) restore(); // I3
  };
}

/** The body has ended: whatever it held of this lock is given up. */
function abandoning(original: Call, watched: WatchedRW): Call {
  return () => {
    noteFree(watched.name());
    original();
  };
}
