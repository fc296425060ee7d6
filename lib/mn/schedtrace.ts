// schedtrace: one line about the scheduler of a run, in Go's format, from the words that its threads share.
//
// Source: Go src/runtime/proc.go (schedtrace). Differs: the numbers in brackets count what is in a P's deque, and what is
// ready on the thread that holds it.

import { dequeLength } from "./deque.js";
import { globalLength } from "./globalqueue.js";
import { addressOfP, M, S } from "./layout.js";
import { bits } from "./wake.js";
import type { Words } from "./words.js";

/** The line, `elapsedNs` after the run began. Figures of different threads are read one after the other. */
export function schedLine(words: Words, elapsedNs: number): string {
  const { i32 } = words;
  const procs = i32[S.PROCS] as number;
  const queues = new Array<number>(procs);
  const ticks = new Array<number>(procs).fill(0);
  for (let p = 0; p < procs; p++) queues[p] = dequeLength(i32, addressOfP(p));
  for (let id = 0; id < (i32[S.M_COUNT] as number); id++) {
    const m = words.m(id);
    const p = (i32[m + M.P] as number) - 1;
    if (p < 0) continue;
    queues[p] = (queues[p] as number) + (i32[m + M.QUEUED] as number);
    ticks[p] = i32[m + M.TICKS] as number;
  }
  return [
    `SCHED ${Math.trunc(elapsedNs / 1e6)}ms: gomaxprocs=${procs}`,
    `idleprocs=${bits(i32[S.IDLE_PS] as number)}`,
    `threads=${i32[S.M_COUNT]}`,
    `spinningthreads=${i32[S.SPINNING]}`,
    "needspinning=0",
    `idlethreads=${bits(i32[S.IDLE_MS] as number)}`,
    `runqueue=${globalLength(i32)}`,
    `[ ${queues.join(" ")} ]`,
    `schedticks=[ ${ticks.join(" ")} ]`,
  ].join(" ");
}
