// LockRun: how one run used its locks, as plain data that can be compared with that of other runs of the same program.
//
// Invariants:
//  I1. Two runs that used their locks alike give the same data, whatever their schedules.
//  I2. Uses by a goroutine without spawn path, or of a lock without a name, are left out: nobody knows them again.

import type { Operable } from "../runtime/index.js";
import type { LockNames } from "./locknames.js";
import { canMeet, type LockUse } from "./lockuses.js";

/** A lock, and the names by which it is known again. */
export interface LockData {
  readonly label: string;
  /** True when its name is a place in the state: `state.accounts[0].mu`. */
  readonly isInState: boolean;
  readonly names: readonly string[];
  /** Somebody else than its holder unlocked it: it is no lock but a signal. */
  readonly isSignal: boolean;
}

/** A goroutine that takes a lock while it holds others. Locks are places in the list of the run. */
export interface UseData {
  readonly path: string;
  readonly lock: number;
  readonly isShared: boolean;
  readonly held: readonly { readonly lock: number; readonly isShared: boolean }[];
}

/** Plain data. */
export interface LockRun {
  readonly locks: readonly LockData[];
  readonly uses: readonly UseData[];
  /** Places in `uses` of two whose goroutines could be there at once. */
  readonly meets: readonly (readonly [number, number])[];
}

/** What is kept of one run: the uses and locks that come first by name. */
const MOST_USES = 128;
const MOST_LOCKS = 512;

/** A kind of use, and all uses of that kind. */
interface Kind {
  readonly key: string;
  readonly data: UseData;
  readonly uses: LockUse[];
}

/** What a run that used its locks so is to others, and the first use behind each of its `uses`. */
export function lockRun(
  all: Iterable<LockUse>,
  names: LockNames,
  isSignal: (lock: Operable) => boolean,
): { readonly run: LockRun; readonly first: readonly LockUse[] } {
  const locks = lockTable(names, isSignal);
  const kinds = kindsOf(all, names, locks.numbers);
  const meets: [number, number][] = [];
  for (const [i, a] of kinds.entries()) {
    for (let j = i + 1; j < kinds.length; j++) if (couldMeet(a, kinds[j] as Kind)) meets.push([i, j]);
  }
  const run: LockRun = { locks: locks.data, uses: kinds.map(({ data }) => data), meets };
  return { run, first: kinds.map(({ uses }) => uses[0] as LockUse) };
}

/** All locks that have a name, sorted by it (I1). */
function lockTable(
  names: LockNames,
  isSignal: (lock: Operable) => boolean,
): { readonly data: readonly LockData[]; readonly numbers: ReadonlyMap<Operable, number> } {
  const rows = [...names.locks()].map((lock) => ({ lock, key: names.namesOf(lock).join("\n") }));
  rows.sort(byKey);
  rows.splice(MOST_LOCKS);
  const data = rows.map(
    ({ lock }): LockData => ({
      label: lock.label,
      isInState: names.placeOf(lock) !== undefined,
      names: names.namesOf(lock),
      isSignal: isSignal(lock),
    }),
  );
  return { data, numbers: new Map(rows.map(({ lock }, i) => [lock, i])) };
}

/** The uses of goroutines and locks that are known again, sorted by what they are (I1). */
function kindsOf(all: Iterable<LockUse>, names: LockNames, numbers: ReadonlyMap<Operable, number>): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const use of all) {
    const data = dataOf(use, names, numbers);
    if (data === null) continue;
    const key = JSON.stringify(data);
    const kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, { key, data, uses: [use] });
    else kind.uses.push(use);
  }
  return [...kinds.values()].sort(byKey).slice(0, MOST_USES);
}

/** Null when somebody in it would not be known again (I2). */
function dataOf(
  { g, lock, isShared, held }: LockUse,
  names: LockNames,
  numbers: ReadonlyMap<Operable, number>,
): UseData | null {
  const path = names.pathOf(g);
  const taken = numbers.get(lock);
  if (path === undefined || taken === undefined) return null;
  const others: { lock: number; isShared: boolean }[] = [];
  for (const own of held) {
    const number = numbers.get(own.lock);
    if (number === undefined) return null;
    others.push({ lock: number, isShared: own.isShared });
  }
  return { path, lock: taken, isShared, held: others };
}

function couldMeet(a: Kind, b: Kind): boolean {
  if (a.data.path === b.data.path) return false;
  return a.uses.some((use) => b.uses.some((other) => canMeet(use, other)));
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
