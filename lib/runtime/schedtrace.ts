// schedtrace: one line about the scheduler, in Go's format.
//
// Source: Go src/runtime/proc.go (schedtrace), 1.27. Differs: `needspinning` is always 0, since an M that looks for
// work finds it at once.

import { Gmp } from "./gmp.js";
import { running } from "./operate.js";
import type { Runtime } from "./runtime.js";

/** The line for a run; Go prints it with GODEBUG=schedtrace=… */
export function schedtraceOf(rt: Runtime): string {
  if (!(rt.runq instanceof Gmp))
    throw new RangeError("schedtrace: this run has no Ps; ask for the strategy gmp");
  const gmp = rt.runq;
  const sysmon = 1; // a thread of its own
  const queues = gmp.ps.map((p) => p.length + (p.runnext === null ? 0 : 1)).join(" ");
  return [
    `SCHED ${Math.trunc(rt.nowNs / 1e6)}ms: gomaxprocs=${gmp.ps.length}`,
    `idleprocs=${gmp.idleProcs}`,
    `threads=${gmp.ms.length + sysmon}`,
    `spinningthreads=${gmp.spinningThreads}`,
    "needspinning=0",
    `idlethreads=${gmp.idleMs.length}`,
    `runqueue=${gmp.global.length}`,
    `[ ${queues} ]`,
    `schedticks=[ ${gmp.ps.map((p) => p.schedtick).join(" ")} ]`,
  ].join(" ");
}

/**
 * Returns the scheduler's line for the run that is executing now, in Go's format.
 *
 * @throws {RangeError} `schedtrace: this run has no Ps; ask for the strategy gmp`
 * @example
 * await run(function* () {
 *   console.log(schedtrace());
 *   // prints: SCHED 0ms: gomaxprocs=2 idleprocs=0 threads=3 spinningthreads=1 needspinning=0 idlethreads=0 runqueue=0 [ 0 0 ] schedticks=[ 1 0 ]
 * }, { strategy: "gmp", procs: 2, clock: "jump" });
 */
export function schedtrace(): string {
  return schedtraceOf(running("schedtrace").rt);
}
