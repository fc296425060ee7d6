// Race: the same work on every thread of a team, timed on the threads.
import { carry, type Shareable, type Thread, team } from "happens-before/threads";
import type { Ran } from "./row.js";

/** The work of one thread. It travels as its source: it sees its parameters and JavaScript's globals. */
export type Work<A extends Shareable[]> = (t: Thread, n: number, ...shared: A) => number;

/** Runs `work(t, n, ...shared)` on `threads` threads that begin together. The numbers they return are added up. */
export async function race<A extends [] | Shareable[]>(
  threads: number,
  n: number,
  shared: A,
  work: Work<A>,
): Promise<Ran> {
  const carried = carry(work as unknown as (...all: never[]) => number);
  const each = await team(threads, timed, { args: [carried, n, ...shared] });
  const ns = Math.max(...each.map(({ endNs }) => endNs)) - Math.min(...each.map(({ startNs }) => startNs));
  return { ns, check: each.reduce((sum, { check }) => sum + check, 0) };
}

// All threads of a process share this clock.
function timed(
  t: Thread,
  work: (...all: never[]) => number,
  n: number,
  ...shared: Shareable[]
): { startNs: number; endNs: number; check: number } {
  t.barrier();
  const startNs = Number(process.hrtime.bigint());
  const check = work(...([t, n, ...shared] as never[]));
  return { startNs, endNs: Number(process.hrtime.bigint()), check };
}

/** Runs `body` and times it from outside. */
export async function elapsed(body: () => Promise<number>): Promise<Ran> {
  const start = process.hrtime.bigint();
  const check = await body();
  return { ns: Number(process.hrtime.bigint() - start), check };
}

/** 0 + 1 + … + (n - 1). */
export const sumBelow = (n: number): number => (n * (n - 1)) / 2;
