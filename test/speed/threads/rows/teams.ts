// Teams of threads, and the pool of tasks.
import { TaskPool } from "happens-before/mn";
import { team } from "happens-before/threads";
import { elapsed, sumBelow } from "../race.js";
import type { Ran, ThreadRow } from "../row.js";

const WAVE = 100_000;

/** The time from each call until the last body begins. */
async function starts(times: number): Promise<Ran> {
  let ns = 0;
  let check = 0;
  for (let i = 0; i < times; i++) {
    const startNs = Number(process.hrtime.bigint());
    const begun = await team(2, () => Number(process.hrtime.bigint()));
    ns += Math.max(...begun) - startNs;
    check += begun.length;
  }
  return { ns, check };
}

const returns = (times: number): Promise<Ran> =>
  elapsed(async () => {
    let check = 0;
    for (let i = 0; i < times; i++) for (const n of await team(2, () => 1)) check += n;
    return check;
  });

let pool: TaskPool | undefined;

/** Tasks that add one, `size` handed over at once. The pool is kept, as people keep theirs. */
async function tasks(waves: number, size = WAVE): Promise<Ran> {
  pool ??= new TaskPool({ threads: 2 });
  const kept = pool;
  const addOne = (x: number): number => x + 1;
  return elapsed(async () => {
    let sum = 0;
    for (let wave = 0; wave < waves; wave++) {
      const results = Array.from({ length: size }, (_, i) => kept.run(addOne, i));
      for (const result of await Promise.all(results)) sum += result;
    }
    return sum;
  });
}

/** Ends what the pool's row keeps. */
export async function closePool(): Promise<void> {
  await pool?.close();
  pool = undefined;
}

export const teams: readonly ThreadRow[] = [
  {
    name: "pool.trivial",
    unit: "us",
    what: "a task x => x + 1 of a TaskPool of two threads, 100,000 at once; Go: two goroutines and two channels",
    threads: 2,
    batch: WAVE,
    target: { of: "time", atMost: 1.5 },
    go: { row: "pool.trivial" },
    run: (waves) => tasks(waves),
    expected: (waves) => waves * (sumBelow(WAVE) + WAVE),
    small: { run: () => tasks(1, 1000), expected: () => sumBelow(1000) + 1000 },
  },
  {
    name: "team.start",
    unit: "us",
    what: "a team of two kept threads: from the call until both bodies run; Go: two goroutines, to their end",
    threads: 2,
    batch: 1,
    target: { of: "time", atMost: 100 },
    go: { row: "team.start" },
    run: starts,
    expected: (n) => 2 * n,
  },
  {
    name: "team.return",
    unit: "us",
    what: "a team of two kept threads: from the call until its results are back",
    threads: 2,
    batch: 1,
    run: returns,
    expected: (n) => 2 * n,
  },
];
