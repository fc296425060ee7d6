// What several runs together show, on data written by hand.
import { expect, test } from "vitest";
import { cyclesAcross } from "../../lib/detect/lockacross.js";
import type { LockRun } from "../../lib/detect/lockrun.js";
import { LockRuns } from "../../lib/detect/lockruns.js";

interface Told {
  /** By which names each lock is known; those that lie in the state begin with `state`. */
  readonly locks: readonly (readonly string[])[];
  /** Who holds which lock and takes which, by place. */
  readonly uses: readonly (readonly [path: string, held: readonly number[], takes: number])[];
  readonly meets: readonly (readonly [number, number])[];
  readonly signals?: readonly number[];
}

function runOf({ locks, uses, meets, signals = [] }: Told): LockRun {
  return {
    locks: locks.map((names, i) => ({
      label: "mutex",
      isInState: names[0]?.startsWith("state") === true,
      names,
      isSignal: signals.includes(i),
    })),
    uses: uses.map(([path, held, lock]) => ({
      path,
      lock,
      isShared: false,
      held: held.map((own) => ({ lock: own, isShared: false })),
    })),
    meets,
  };
}

/** The paths of the goroutines in each cycle over `runs`. */
function cyclesOf(...runs: readonly Told[]): string[] {
  const seen = runs.map((told, index) => ({ run: runOf(told), index, schedule: `s${index}` }));
  return cyclesAcross(seen).map(({ links }) => links.map(({ use }) => use.path).join(" "));
}

const STATE = [["state.a"], ["state.b"], ["state.c"]];
const AB = ["p", [0], 1] as const;
const BC = ["q", [1], 2] as const;
const CA = ["r", [2], 0] as const;
const first: Told = { locks: STATE, uses: [AB, BC], meets: [[0, 1]] };
const second: Told = { locks: STATE, uses: [BC, CA], meets: [[0, 1]] };
const third: Told = { locks: STATE, uses: [AB, CA], meets: [[0, 1]] };

test("three links of which each two met in some run are a cycle", () => {
  expect(cyclesOf(first, second, third)).toEqual(["p q r"]);
});

test("two links that no run shows together are no part of one cycle", () => {
  expect(cyclesOf(first, second)).toEqual([]);
});

test("two links that were ordered or gated in one run count when they could meet in another, else not", () => {
  const ordered = { ...third, meets: [] };
  expect(cyclesOf(first, second, ordered)).toEqual([]);
  expect(cyclesOf(first, second, ordered, third)).toEqual(["p q r"]);
});

test("under other locks it is another link", () => {
  const locks = [...STATE, ["state.gate"]];
  const gated: Told = { locks, uses: [["p", [3, 0], 1], CA], meets: [[0, 1]] };
  expect(cyclesOf(first, second, gated)).toEqual([]);
});

test("a lock that is a signal in one run is a lock in none", () => {
  const signalling: Told = { locks: STATE, uses: [], meets: [], signals: [2] };
  expect(cyclesOf(first, second, third, signalling)).toEqual([]);
});

test("a lock is known by any of its users, whoever of them a run shows", () => {
  const [a, b, c] = [
    ["p 1", "r 2"],
    ["p 2", "q 1"],
    ["q 2", "r 1"],
  ];
  const locks = [a, b, c] as const;
  const some = (...names: string[]) => locks.map((all) => all.filter((name) => names.includes(name)));
  expect(
    cyclesOf(
      { ...first, locks: some("p 1", "p 2", "q 1", "q 2") },
      { ...second, locks: some("q 1", "q 2", "r 1", "r 2") },
      { ...third, locks: some("p 1", "p 2", "r 1", "r 2") },
      { locks: [a, b, c], uses: [], meets: [] },
    ),
  ).toEqual(["p q r"]);
});

test("locks that cannot be told apart are left out, with all that has to do with them", () => {
  const named: Told[] = [first, second, third].map((told) => ({
    ...told,
    locks: [["p 1"], ["q 1"], ["r 1"]],
  }));
  expect(cyclesOf(...named)).toEqual(["p q r"]);
  const swapped: Told = { locks: [["p 1", "q 1"], ["r 1"]], uses: [], meets: [] };
  expect(cyclesOf(...named, swapped)).toEqual([]);
});

test("of a run in which no lock was taken under another one, only what speaks against others is kept", () => {
  const runs = new LockRuns();
  const plain = { locks: STATE, uses: [], meets: [] };
  const all = [plain, { ...plain, signals: [2] }, { ...plain, locks: [["p 1", "q 1"]] }, first, first];
  for (const [i, told] of all.entries()) runs.add(runOf(told), i, () => `s${i}`);
  expect(runs.list().map(({ schedule }) => schedule)).toEqual(["s1", "s2", "s3"]);
});

test("what is kept of a search does not depend on where it is cut, also beyond the most that is kept", () => {
  const run = (i: number): LockRun => runOf({ locks: [["state.a"], [`state.b${i}`]], uses: [AB], meets: [] });
  const kept = (cut: number) => {
    const [before, after, all] = [new LockRuns(), new LockRuns(), new LockRuns()];
    for (let i = 0; i < 1400; i++) (i < cut ? before : after).add(run(i % 700), i, () => `s${i}`);
    for (const one of [...before.list(), ...after.list()]) all.merge(one);
    return all.list().map(({ index, schedule }) => `${index} ${schedule}`);
  };
  expect(kept(1400)).toHaveLength(500);
  for (const cut of [1, 300, 600, 650, 1000]) expect(kept(cut)).toEqual(kept(1400));
});
