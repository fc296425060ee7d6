// lockacross: lock cycles whose links were seen in different runs of one program.
//
// One run seldom shows every link of a long cycle: who comes second may find the work done and not take its second lock.
//
// Invariants:
//  I1. Two links may stand in one cycle only if some run showed both, and could have had them at once: no lock in common,
//      and nothing but locks orders them (lockuses.ts, canMeet). Two that no run showed together may exclude each other,
//      and two that were ordered or gated in every run that showed both are so for a reason.
//  I2. A lock may have several names. Names that meant one lock in some run mean one lock in all; if they mean two locks
//      in another run, its users choose their locks by what others did, and all that has to do with it is left out.
//  I3. What is a signal in one run (lockorder.ts, I2) is a lock in none.
//
// Source: S. Bensalem, K. Havelund, Dynamic Deadlock Analysis of Multi-Threaded Programs (2005), its guards and order, per
// run; one graph of several runs is the idea of E. Farchi, Y. Nir-Buchbinder, S. Ur, A Cross-Run Lock Discipline Checker
// for Java (PADTAD 2005). I1 is added here. Rejected: joining links that no run showed together: two sides of one `if`.
//
// Limits: three that meet in pairs, but never all at once because a variable says so, are foretold wrongly.

import { type Cycle, lockCycles } from "./lockcycles.js";
import type { LockData, UseData } from "./lockrun.js";
import type { SeenLockRun } from "./lockruns.js";

/** A lock of the program. */
export interface CrossLock {
  readonly label: string;
  /** Where it lies in the state, if it does. */
  readonly place: string | undefined;
}

/** A kind of use, over all runs. */
export interface CrossUse {
  readonly lock: CrossLock;
  readonly isShared: boolean;
  readonly held: readonly { readonly lock: CrossLock; readonly isShared: boolean }[];
  readonly path: string;
  /** Its number among all kinds. */
  readonly number: number;
  /** A run that showed it, and its place in that run's `uses`. */
  readonly witness: SeenLockRun;
  readonly place: number;
}

/** The cycles over all of `runs`, short ones first. */
export function cyclesAcross(runs: readonly SeenLockRun[]): Cycle<CrossUse>[] {
  const locks = new LockTable(runs);
  const uses = new Map<string, CrossUse>();
  const meets = new Set<string>();
  for (const witness of runs) {
    const here = witness.run.uses.map((data, place) => {
      const found = locks.useOf(data, witness.run.locks);
      if (found === null) return null;
      const known = uses.get(found.key);
      if (known !== undefined) return known;
      const use: CrossUse = { ...found.use, path: data.path, number: uses.size, witness, place };
      uses.set(found.key, use);
      return use;
    });
    for (const [i, j] of witness.run.meets) {
      const [a, b] = [here[i], here[j]];
      if (a && b) meets.add(pairOf(a, b)); // I1
    }
  }
  return lockCycles([...uses.values()], (a, b) => meets.has(pairOf(a, b)));
}

function pairOf(a: CrossUse, b: CrossUse): string {
  return a.number < b.number ? `${a.number} ${b.number}` : `${b.number} ${a.number}`;
}

/** Which names mean the same lock (I2). */
class LockTable {
  /** The next name on the way to the one that stands for all. */
  readonly #same = new Map<string, string>();
  /** By the name that stands for all; null: not to be told apart, or a signal. */
  readonly #locks = new Map<string, CrossLock | null>();

  constructor(runs: readonly SeenLockRun[]) {
    for (const { run } of runs) for (const { names } of run.locks) this.#unite(names);
    for (const { run } of runs) this.#note(run.locks);
  }

  /** What `data` is with the locks of the program; null when one of them is left out (I2, I3). */
  useOf(
    { path, lock, isShared, held }: UseData,
    locks: readonly LockData[],
  ): { readonly key: string; readonly use: Pick<CrossUse, "lock" | "isShared" | "held"> } | null {
    const rootOf = (number: number): string => this.#root((locks[number] as LockData).names[0] as string);
    const roots = [lock, ...held.map((own) => own.lock)].map(rootOf);
    const [taken, ...others] = roots.map((root) => this.#locks.get(root));
    if (!taken || others.some((other) => !other)) return null;
    const use = {
      lock: taken,
      isShared,
      held: held.map((own, i) => ({ lock: others[i] as CrossLock, isShared: own.isShared })),
    };
    return { key: JSON.stringify([path, isShared, roots, held.map((own) => own.isShared)]), use };
  }

  #unite([first, ...more]: readonly string[]): void {
    const root = this.#root(first as string);
    for (const name of more) {
      const other = this.#root(name);
      if (other !== root) this.#same.set(other, root);
    }
  }

  #root(name: string): string {
    let root = name;
    for (let next = this.#same.get(root); next !== undefined; next = this.#same.get(root)) root = next;
    return root;
  }

  /** Adds the locks of one run. */
  #note(locks: readonly LockData[]): void {
    const here = new Set<string>();
    for (const { label, isInState, names, isSignal } of locks) {
      const root = this.#root(names[0] as string);
      if (here.has(root) || isSignal) this.#locks.set(root, null);
      else if (!this.#locks.has(root)) this.#locks.set(root, { label, place: isInState ? root : undefined });
      here.add(root);
    }
  }
}
